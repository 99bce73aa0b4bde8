"""What can be said about the lines of an order without knowing the products."""

from collections.abc import Iterator

from purvey.domain.draft import Draft, Finding
from purvey.domain.policies import Policies


def quantity_above_limit(draft: Draft, policies: Policies) -> Iterator[Finding]:
    """The wholesaler's 74,215 storage jars (invoice 541431) were cancelled 16 minutes later."""
    limit = policies.quantity_limit
    if limit is None:
        return
    code = "quantity_above_limit"
    for index, line in enumerate(draft.lines):
        if line.quantity > limit:
            sentence = f"More than {limit:,} units of one product: a person confirms such orders."
            pointer = f"/lines/{index}/quantity"
            yield Finding(code, pointer, sentence, policies.severity(code, "hold"))
