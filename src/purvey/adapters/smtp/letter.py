"""A notice as a mail: text and HTML side by side, headers that nobody can add lines to."""

import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import blake2b

from purvey.adapters.smtp.address import to_header
from purvey.ports.notifier import Notice


def letter(
    notice: Notice, *, sender: Address, reply_to: Address | None, now: datetime
) -> EmailMessage:
    """Raises ValueError when the notice is not to one address."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = to_header(notice.to)
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Subject"] = _one_line(notice.subject)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = message_id(key=notice.key, domain=sender.domain)
    if notice.about:
        mail["References"] = message_id(key=notice.about, domain=sender.domain)
    # Holiday notes and the like do not answer a machine (RFC 3834). No List-... headers: nobody
    # subscribed to this, and what tells of one's own order is not to be unsubscribed from.
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"
    mail.set_content(notice.text, cte="quoted-printable")
    mail.add_alternative(notice.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = notice.language
    return mail


def message_id(*, key: str, domain: str) -> str:
    """The same for the same notice at every attempt, so that a double can be seen."""
    return f"<{blake2b(key.encode(), digest_size=16).hexdigest()}@{domain}>"


def _one_line(text: str) -> str:
    shown = "".join(" " if unicodedata.category(x) in ("Cc", "Zl", "Zp") else x for x in text)
    return " ".join(shown.split())
