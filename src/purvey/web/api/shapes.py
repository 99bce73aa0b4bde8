"""The shapes that fields have in every request: text, codes, amounts, counts. Each with its limit.

Patterns are written so that Rust (which checks them), Python and JavaScript read them alike; each
has a sentence that says what it wants. docs/reference/limits.md lists the limits.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from purvey.domain.money import EXPONENTS, BadAmount, to_minor

_LINE = r"^[^\x00-\x1f\x7f-\x9f]*$"
_WORDS = r"^[^\x00-\x20\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f])?$"
_PARAGRAPHS = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
_AMOUNT = r"^[0-9]{1,10}(\.[0-9]{1,4})?$"
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
_TERMS = r"^net[0-9]{1,3}$"
_CURRENCY = r"^[A-Z]{3}$"

FORMATS = {
    _LINE: "Leave out line breaks and control characters.",
    _WORDS: "Write text without blanks at its ends, line breaks or control characters.",
    _PARAGRAPHS: "Leave out control characters.",
    _AMOUNT: 'Write the amount as a decimal string such as "15.30".',
    _CODE: "Write letters, digits, dots, dashes and underscores; start with a letter or digit.",
    _TERMS: 'Write the terms like "net30".',
    _CURRENCY: "Give an ISO 4217 currency code such as GBP.",
}
MAX_QUANTITY = 1_000_000
MAX_UNITS = 10**9
MAX_LINES = 1_000
MAX_DISCOUNTS = 20
MAX_METADATA_BYTES = 16_384


class Shape(BaseModel):
    """What a request may say. A field that is not listed is a typing error, and refused."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def line(most: int) -> Any:
    """One line of text, possibly empty."""
    return StringConstraints(max_length=most, pattern=_LINE)


def words(most: int) -> Any:
    """One line of text with something in it."""
    return StringConstraints(min_length=1, max_length=most, pattern=_WORDS)


Name = Annotated[str, line(200)]
Sku = Annotated[str, words(64)]
Reason = Annotated[str, StringConstraints(max_length=1000, pattern=_PARAGRAPHS)]
Notes = Annotated[str, StringConstraints(max_length=4000, pattern=_PARAGRAPHS)]
Code = Annotated[str, StringConstraints(max_length=64, pattern=_CODE)]
AmountText = Annotated[
    str, StringConstraints(pattern=_AMOUNT), Field(examples=["15.30"], description="Decimal string")
]
Terms = Annotated[str, StringConstraints(pattern=_TERMS), Field(examples=["net30"])]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]


def _listed(code: str) -> str:
    if code not in EXPONENTS:
        raise PydanticCustomError("unknown_currency", "Give an ISO 4217 currency code such as GBP.")
    return code


Currency = Annotated[
    str,
    StringConstraints(pattern=_CURRENCY),
    AfterValidator(_listed),
    Field(examples=["GBP"], json_schema_extra={"enum": sorted(EXPONENTS)}),
]


class Money(Shape):
    """An amount with its currency, which says how many decimals it may have."""

    amount: AmountText
    currency: Currency

    @property
    def minor(self) -> int:
        """Raises BadAmount."""
        return to_minor(self.amount, self.currency)


def exact(money: Money) -> Money:
    """For a validator: no more decimals than the currency has."""
    try:
        _ = money.minor
    except BadAmount as error:
        raise PydanticCustomError("bad_amount", "{why}", {"why": str(error)}) from None
    return money


Price = Annotated[Money, AfterValidator(exact)]
