"""Reaching the mail server, in the way that the settings ask for."""

import smtplib
import ssl
from contextlib import suppress

from purvey.adapters.smtp.address import to_header
from purvey.adapters.smtp.reply import FOR_GOOD, words_of
from purvey.adapters.smtp.settings import Settings
from purvey.ports.trouble import GiveUp, TryLater


def connect(settings: Settings) -> smtplib.SMTP:
    """Encrypted and logged in where the settings say so. Raises TryLater or GiveUp."""
    where = f"Mail server {settings.host}:{settings.port}"
    try:
        server = _dial(settings)
        try:
            _enter(server, settings)
        except BaseException:
            server.close()
            raise
    except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError) as error:
        raise GiveUp(f"{where}: {error}") from error
    except smtplib.SMTPResponseException as error:
        trouble = GiveUp if _is_refused_login(error) else TryLater
        raise trouble(f"{where}: {error.smtp_code} {words_of(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise TryLater(f"{where}: {error}") from error
    return server


def hang_up(server: smtplib.SMTP) -> None:
    """Politely if that is possible: everything has been delivered already."""
    with suppress(smtplib.SMTPException, OSError):
        server.quit()
    server.close()


def _dial(settings: Settings) -> smtplib.SMTP:
    # Named, since smtplib would ask the DNS who we are, which can take seconds.
    name = to_header(settings.sender).domain
    place, patience = (settings.host, settings.port), settings.timeout_seconds
    if settings.security == "ssl":
        context = _trust(settings)
        return smtplib.SMTP_SSL(*place, local_hostname=name, timeout=patience, context=context)
    return smtplib.SMTP(*place, local_hostname=name, timeout=patience)


def _enter(server: smtplib.SMTP, settings: Settings) -> None:
    if settings.security == "starttls":
        server.starttls(context=_trust(settings))
    server.ehlo_or_helo_if_needed()
    if settings.user:
        server.login(settings.user, settings.password.get_secret_value())


def _trust(settings: Settings) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.ca_file)


def _is_refused_login(error: smtplib.SMTPResponseException) -> bool:
    return isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code >= FOR_GOOD
