"""All pages of the back office. A module declares its own at its door; here it is named."""

from starlette.routing import Route

from purvey.web.office import door, login, welcome

MODULES = (login, welcome)


def office_routes() -> list[Route]:
    return list(door.ROUTES)
