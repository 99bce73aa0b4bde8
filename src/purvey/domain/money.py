"""Money as integer minor units and an ISO 4217 currency. One rounding rule for everything.

Source of the exponents: ISO 4217 list one, without the metals and testing codes.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

MAX_MINOR = 10**15  # 10 trillion pounds; beyond it an amount is a typing error

_BY_EXPONENT = {
    0: """
        BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF
    """,
    2: """
        AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD
        BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD
        EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR
        IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP
        MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN
        QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
        TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD YER ZAR ZMW ZWG
    """,
    3: """
        BHD IQD JOD KWD LYD OMR TND
    """,
    4: """
        CLF UYW
    """,
}
EXPONENTS = {code: exponent for exponent, codes in _BY_EXPONENT.items() for code in codes.split()}


class BadAmount(ValueError):
    """The text is not an amount of that currency; the message says what would be right."""


def to_minor(text: str | Decimal, currency: str) -> int:
    """ "15.30" and "GBP" -> 1530. Raises BadAmount when it has more decimals than the currency."""
    exponent = exponent_of(currency)
    try:
        scaled = Decimal(text).scaleb(exponent)
    except InvalidOperation:
        raise BadAmount('Write the amount as a decimal string such as "15.30".') from None
    if not scaled.is_finite() or abs(scaled) > MAX_MINOR:
        raise BadAmount("The amount is out of range.")
    if scaled != scaled.to_integral_value():
        raise BadAmount(f"{currency} has {exponent} decimals; the amount has more.")
    return int(scaled)


def to_text(minor: int, currency: str) -> str:
    """1530 and "GBP" -> "15.30"."""
    exponent = exponent_of(currency)
    if exponent == 2 and minor >= 0:  # nearly always: at half the cost
        return f"{minor // 100}.{minor % 100:02d}"
    if not exponent:
        return str(minor)
    whole, part = divmod(abs(minor), 10**exponent)
    return f"{'-' if minor < 0 else ''}{whole}.{part:0{exponent}d}"


def exponent_of(currency: str) -> int:
    """How many decimals the currency has. Raises BadAmount for a code not in ISO 4217."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise BadAmount("Give an ISO 4217 currency code such as GBP.") from None


def shares(amount: int, weights: Sequence[int]) -> list[int]:
    """Split `amount` by `weights` so that the parts add up to it: by largest remainder.

    Weights are not negative; the first comes first, and takes everything when all are zero.
    """
    if not weights:
        return []
    total = sum(weights)
    if total == 0:
        return [amount, *([0] * (len(weights) - 1))]
    sign = -1 if amount < 0 else 1
    floors = [abs(amount) * weight // total for weight in weights]
    remainders = [abs(amount) * weight % total for weight in weights]
    left = abs(amount) - sum(floors)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:left]:
        floors[index] += 1
    return [sign * part for part in floors]
