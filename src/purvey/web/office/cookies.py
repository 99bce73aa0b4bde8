"""The one cookie: it names the session. No script can read it, no other site can send it."""

from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.people import ABSOLUTE
from purvey.web.office.html import is_secure
from purvey.wiring import House

PLAIN, SECURE = "purvey", "__Host-purvey"


def session_token(request: Request) -> str:
    """Empty without one."""
    return request.cookies.get(_name(request.app.state.house), "")


def set_session(response: Response, house: House, *, token: str) -> None:
    response.set_cookie(
        _name(house),
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=is_secure(house.settings.web_address),
        httponly=True,
        samesite="lax",
    )


def clear_session(response: Response, house: House) -> None:
    response.delete_cookie(
        _name(house),
        path="/",
        secure=is_secure(house.settings.web_address),
        httponly=True,
        samesite="lax",
    )


def _name(house: House) -> str:
    return SECURE if is_secure(house.settings.web_address) else PLAIN
