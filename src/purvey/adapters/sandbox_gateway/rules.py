"""What may be done with a charge. Pure: it reads an account and says what would move."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One charge as the books hold it. `state`: open, waiting (for the customer) or declined."""

    no: int
    payment_id: str
    key: str
    token: str
    currency: str
    state: str
    requested: int
    authorised: int
    captured: int
    refunded: int
    voided: int

    @property
    def held(self) -> int:
        return self.authorised - self.captured - self.voided


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What changes. `outcome`: captured, voided, refunded, or refused with its reason."""

    outcome: str
    captured: int = 0
    voided: int = 0
    refunded: int = 0
    reason: str | None = None

    @property
    def amount(self) -> int:
        return self.captured + self.voided + self.refunded


def capture(account: Account, amount: int) -> Movement:
    if amount > account.held:
        return refused("More was asked for than the bank still holds.")
    return Movement(outcome="captured", captured=amount)


def refund(account: Account, amount: int) -> Movement:
    if amount > account.captured - account.refunded:
        return refused("More was to be given back than was taken.")
    return Movement(outcome="refunded", refunded=amount)


def void(account: Account, _: int) -> Movement:
    """Everything that is still held; a payment that waits for the customer is called off."""
    if account.held == 0 and account.state != "waiting":
        return refused("Nothing is held for this payment.")
    return Movement(outcome="voided", voided=account.held)


def refused(reason: str) -> Movement:
    return Movement(outcome="refused", reason=reason)
