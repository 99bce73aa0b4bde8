"""The OpenAPI document is whole, and the server keeps to it whatever is sent."""

import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from purvey.storage.api_keys import SCOPES
from tests.web.conftest import Api

EXAMPLES = 5  # of each operation, once fitting and once not
# The second is asked in test_keys.py: here the key goes with every request.
NOT_ASKED = [positive_data_acceptance, ignored_auth]


def test_every_operation_says_what_it_needs(small_api: Api):
    document = small_api.client.get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    names = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            names.append(operation["operationId"])
            [need] = operation["security"]
            [scope] = need["HTTPBearer"]
            assert scope in SCOPES, f"{method} {path}"
            assert operation["description"], f"{method} {path}"
            assert {"401", "403", "422", "503"} <= operation["responses"].keys()
    assert len(set(names)) == len(names)


def test_every_reference_leads_somewhere(small_api: Api):
    text = small_api.client.get("/api/v1/openapi.json").text
    names = set(re.findall(r"#/components/schemas/(\w+)", text))
    assert names == small_api.document.content["components"]["schemas"].keys()


@pytest.mark.timeout(300)
def test_whatever_is_sent(small_api: Api):
    """No crash, no answer that the document does not know, nothing wrong taken for right.

    What has the right shape may still be refused: there is no such sku, no such order.
    """
    schema = schemathesis.openapi.from_url(f"{small_api.address}/api/v1/openapi.json")
    headers = {"authorization": f"Bearer {small_api.key}"}
    for found in schema.get_all_operations():
        for mode in GenerationMode:
            check(found.ok(), mode, headers)


def check(operation: APIOperation, mode: GenerationMode, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def each(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=NOT_ASKED)

    each()
