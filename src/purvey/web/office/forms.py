"""Reading the fields of a form."""

from starlette.datastructures import FormData


def text(form: FormData, name: str) -> str:
    """A field's text; empty without one, and for a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """All values of a field that may be given several times."""
    return [value for value in form.getlist(name) if isinstance(value, str)]
