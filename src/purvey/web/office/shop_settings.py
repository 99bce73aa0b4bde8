"""Settings > Shop: every setting with its value, where it comes from, and how to change it."""

from starlette.requests import Request
from starlette.responses import Response

from purvey.web.office.door import Visitor, page
from purvey.web.office.html import render
from purvey.web.office.setting_words import shown_settings


@page("/settings/shop", right="settings:write")
def show_shop(request: Request, visitor: Visitor) -> Response:
    chapters = shown_settings(visitor.house.settings)
    return render(visitor, "settings/shop.html", chapters=chapters)
