"""What a good log-in ends with: a session, its cookie, and the page that was wanted."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.people import Person, email_key
from purvey.storage.sessions import start_session
from purvey.storage.throttle import forgive
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.cookies import set_session
from purvey.web.office.tries import OF_ACCOUNT
from purvey.wiring import DEFAULT_SHARD, House, new_id

MAX_NEXT = 500


def enter(request: Request, person: Person, *, next_page: str) -> Response:
    """The session is always a new one: nobody can have put it into the browser before."""
    house: House = request.app.state.house
    agent = browser(request.headers.get("user-agent", ""))
    now = house.clock()

    def start(tx: SqlTransaction) -> str:
        forgive(tx.sql, OF_ACCOUNT, email_key(person.email))
        _, token = start_session(tx.sql, person, agent=agent, new_id=new_id, now=now)
        return token

    answer = RedirectResponse(local(next_page), 303)
    set_session(answer, house, token=house.database.run(DEFAULT_SHARD, start))
    return answer


def local(address: str) -> str:
    """A page of ours to go on to; nobody is sent elsewhere from here."""
    if not address.startswith("/") or address.startswith(("//", "/\\")):
        return "/"
    good = address.isprintable() and len(address) <= MAX_NEXT and not urlsplit(address).netloc
    return address if good else "/"


_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """ "Firefox on Linux": enough to tell one's own sessions apart."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "Another program")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{name} on {system}" if system else name
