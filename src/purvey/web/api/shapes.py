"""The shapes that fields have in every request: text, codes, amounts, counts. Each with its limit.

Patterns are written so that Rust (which checks them), Python and JavaScript read them alike; each
has a sentence that says what it wants. docs/reference/limits.md lists the limits.
"""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from purvey.domain.money import EXPONENTS, BadAmount, to_minor

LINE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*$"
WORDS_PATTERN = r"^[^\x00-\x20\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\x9f])?$"
PARAGRAPHS_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$"
AMOUNT_PATTERN = r"^[0-9]{1,10}(\.[0-9]{1,4})?$"
CODE_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9_.-]*$"
LANGUAGE_PATTERN = r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$"
EVENT_TYPE_PATTERN = r"^[a-z_]+\.([a-z_]+|\*)$"
TERMS_PATTERN = r"^net[0-9]{1,3}$"
CURRENCY_PATTERN = r"^[A-Z]{3}$"

FORMATS = {
    LINE_PATTERN: "Leave out line breaks and control characters.",
    WORDS_PATTERN: "Write text without blanks at its ends, line breaks or control characters.",
    PARAGRAPHS_PATTERN: "Leave out control characters.",
    AMOUNT_PATTERN: 'Write the amount as a decimal string such as "15.30".',
    CODE_PATTERN: "Write letters, digits, and dots, dashes or underscores between them.",
    LANGUAGE_PATTERN: 'Write a language code such as "de" or "fr-CH".',
    EVENT_TYPE_PATTERN: 'Write an event type such as "order.shipped", or "order.*".',
    TERMS_PATTERN: 'Write the terms like "net30".',
    CURRENCY_PATTERN: "Give an ISO 4217 currency code such as GBP.",
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
    return StringConstraints(max_length=most, pattern=LINE_PATTERN)


def words(most: int) -> Any:
    """One line of text with something in it."""
    return StringConstraints(min_length=1, max_length=most, pattern=WORDS_PATTERN)


Name = Annotated[str, line(200)]
Sku = Annotated[str, words(64)]
Reason = Annotated[str, StringConstraints(max_length=1000, pattern=PARAGRAPHS_PATTERN)]
Notes = Annotated[str, StringConstraints(max_length=4000, pattern=PARAGRAPHS_PATTERN)]
Code = Annotated[str, StringConstraints(max_length=64, pattern=CODE_PATTERN)]
AmountText = Annotated[
    str,
    StringConstraints(pattern=AMOUNT_PATTERN),
    Field(examples=["15.30"], description="Decimal string"),
]
Terms = Annotated[str, StringConstraints(pattern=TERMS_PATTERN), Field(examples=["net30"])]
Quantity = Annotated[int, Field(ge=1, le=MAX_QUANTITY)]
Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]


def _listed(code: str) -> str:
    if code not in EXPONENTS:
        raise PydanticCustomError("unknown_currency", "Give an ISO 4217 currency code such as GBP.")
    return code


Currency = Annotated[
    str,
    StringConstraints(pattern=CURRENCY_PATTERN),
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
