"""All pages of the back office. A module declares its own at its door; here it is named."""

from starlette.routing import Route

from purvey.web.office import account, api_keys, approvals, door, login, people, welcome

MODULES = (login, welcome, account, people, api_keys, approvals)


def office_routes() -> list[Route]:
    return list(door.ROUTES)
