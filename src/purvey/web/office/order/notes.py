"""Notes for colleagues."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.operations.add_notes import NewNote, add_notes
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text
from purvey.web.office.order.bound import do
from purvey.web.office.order.found import PATH


@deed(PATH + "/notes", right="orders:write")
def add_note(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: note. It is bound to no version: it overwrites nothing."""

    def wish(order: Order) -> NewNote:
        return NewNote(order_id=order.id, body=text(form, "note").replace("\r\n", "\n"))

    return do(request, visitor, form, operation=add_notes, wish=wish, told="Noted.")
