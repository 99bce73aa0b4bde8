"""Reading the fields of a form."""

from starlette.datastructures import FormData

MAX_DIGITS = 9


def text(form: FormData, name: str) -> str:
    """A field's text; empty without one, and for a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> list[str]:
    """All values of a field that may be given several times."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def whole(text: str) -> int | None:
    """A whole number from 0 up, as people type it; None for anything else."""
    digits = text.strip()
    fits = digits.isascii() and digits.isdigit() and len(digits) <= MAX_DIGITS
    return int(digits) if fits else None
