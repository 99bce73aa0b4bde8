"""The limits are those that docs/reference/limits.md tells."""

from datetime import timedelta
from pathlib import Path

import pytest

from purvey.adapters.messages import frame, guarded, mjml
from purvey.config import Settings
from purvey.domain import approvals, people
from purvey.domain.money import MAX_MINOR
from purvey.operations.hold import MAX_HOLDS
from purvey.queries import catalogue, figures, order_people, order_search, paging
from purvey.storage import second_factors
from purvey.web import bodies, keys, problems, server
from purvey.web.api import caller, pages, shapes
from purvey.web.office import door, passwords, tries
from purvey.worker import housekeeping

HOUR = timedelta(hours=1)

TEXT = (Path(__file__).parents[2] / "docs" / "reference" / "limits.md").read_text()


@pytest.mark.parametrize(
    "told",
    [
        f"1 MiB ({bodies.MAX_BYTES:,} bytes)",
        f"10 MiB ({bodies.MAX_BATCH_BYTES:,} bytes)",
        f"`requests_waiting_limit`, {Settings().requests_waiting_limit:,} |",
        f"`batch_limit`, {Settings().batch_limit} |",
        f"{caller.MAX_KEY_LENGTH} printable ASCII characters",
        f"kept for {housekeeping.KEPT.days} days",
        f"revoked | {keys.REMEMBERED_SECONDS:.0f} seconds",
        f"names | {problems.MAX_ERRORS} |",
        f"stopped | {server.GRACE_SECONDS} seconds",
        f"| lines | 1 to {shapes.MAX_LINES:,} |",
        f"| quantity of a line | 1 to {shapes.MAX_QUANTITY:,} |",
        f"0 to 10^{len(str(MAX_MINOR)) - 1} minor units",
        f"| discounts | {shapes.MAX_DISCOUNTS},",
        f"| open holds | {MAX_HOLDS} |",
        f"{shapes.MAX_METADATA_BYTES:,} bytes of JSON",
        f"weight in grams | {shapes.MAX_UNITS:,} |",
        f"{pages.USUAL} unless `limit` says otherwise, at most {paging.MAX_PAGE} |",
        f"one page of a search | {order_search.SCAN:,}:",
        f"are found | {order_people.SAME_NAME} |",
        f"| up to {order_people.MANY:,}, all orders",
        f"more than {order_people.BUSY:,} orders, the newest orders are looked at, 2,500",
        f"the newest {figures.SAMPLE:,} of the range",
        f"| locations listed | {catalogue.MAX_LOCATIONS} |",
        f"a password | {passwords.MIN_LENGTH} to {passwords.MAX_LENGTH} characters",
        f"name | {people.MAX_NAME} characters",
        f"{people.IDLE / HOUR:.0f} hours without use, and after {people.ABSOLUTE.days} days",
        f"a one-time link | {people.INVITATION / HOUR:.0f} hours, once",
        f"{tries.OF_ACCOUNT.burst}, then one in {tries.OF_ACCOUNT.every.seconds} seconds",
        f"{tries.OF_ADDRESS.burst}, then one in {tries.OF_ADDRESS.every.seconds} seconds",
        f"checks at once | {passwords.AT_ONCE}, ",
        f"recovery codes of a second factor | {second_factors.RECOVERY_CODES} |",
        f"an approval waits | {approvals.GOOD_FOR.days} days",
        f"{frame.MAX_SOURCE:,} characters, {mjml.MAX_ELEMENTS} elements",
        f"elements, {guarded.MAX_DEPTH} within each other",
        f"{guarded.MAX_OUTPUT:,} characters of HTML",
        f"fields of a form | {door.MAX_FIELDS:,}, ",
    ],
)
def test_a_limit_is_told(told: str):
    assert told in TEXT
