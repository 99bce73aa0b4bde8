"""A route that is served as it is, without what FastAPI puts around one."""

from starlette.routing import Match, Route
from starlette.types import Scope


class PlainRoute(Route):
    """Says that it was chosen, as FastAPI's own routes do."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        match, inner = super().matches(scope)
        return match, {**inner, "route": self}
