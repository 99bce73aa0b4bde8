"""Settling a return above the shop's limit: asked by one, approved by another."""

from collections.abc import Callable

import pytest

from purvey.domain.approvals import Approval, Kind
from purvey.domain.order import Order, Return
from purvey.domain.states import ReturnState
from purvey.kit.process import Refusal
from purvey.operations.approvals import Question, Verdict, ask, decide_approvals
from purvey.operations.inspect_returns import Found
from purvey.testing import Shop
from tests.operations.returning import code, delivered, inspect, inspected, settle, settled


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    """Refunds above 10.00 need two people."""
    shop = new_shop(refund_approval_above="10.00")
    shop.stock(100, "A", price=500)
    return shop


def question(shop: Shop, returned: Return, actor: str = "Ann") -> Approval | Refusal:
    wish = Question(kind=Kind.RETURN, subject_id=returned.id, reason="all of it is here")
    [answer] = shop.house.do(ask, [wish], actor=actor, shard=shop.shard)
    return answer


def verdict(shop: Shop, asked: Approval | Refusal, actor: str) -> Approval | Refusal:
    assert isinstance(asked, Approval), asked
    wish = Verdict(approval_id=asked.id, kind=asked.kind, approve=True)
    [answer] = shop.house.do(decide_approvals, [wish], actor=actor, shard=shop.shard)
    return answer


def refused(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    return answer.code


def state(shop: Shop, order: Order) -> ReturnState:
    return shop.look(order).returns[-1].state


def test_up_to_the_limit_one_person_is_enough(shop: Shop):
    returned = inspected(shop, delivered(shop, (4, "A")), (1, 2))
    assert refused(question(shop, returned)) == "approval_not_needed"
    assert code(settle(shop, returned)) == "settled"


def test_above_it_nobody_settles_alone(shop: Shop):
    order = delivered(shop, (4, "A"))
    returned = inspected(shop, order, (1, 3))
    assert code(settle(shop, returned)) == "approval_needed"
    asked = question(shop, returned)
    assert refused(verdict(shop, asked, "Ann")) == "own_approval"
    assert isinstance(verdict(shop, asked, "Bob"), Approval)
    assert state(shop, order) == ReturnState.SETTLED
    query = "select actor from history where shard = :shard and target = 'settled'"
    assert [row.actor for row in shop.rows(query)] == ["Ann, approved by Bob"]


def test_two_halves_are_a_whole(shop: Shop):
    order = delivered(shop, (4, "A"))
    settled(shop, order, (1, 2))
    assert code(settle(shop, inspected(shop, order, (1, 1)))) == "approval_needed"


def test_what_was_found_anew_has_to_be_asked_for_again(shop: Shop):
    order = delivered(shop, (4, "A"))
    returned = inspected(shop, order, (1, 3))
    asked = question(shop, returned)
    worn = Found(no=1, quantity=3, condition="opened", disposition="scrap", percent=90)
    inspect(shop, returned, [worn])
    assert refused(verdict(shop, asked, "Bob")) == "changed_meanwhile"
    assert state(shop, order) == ReturnState.INSPECTED


def test_what_is_not_inspected_cannot_be_asked_for(shop: Shop):
    order = delivered(shop, (4, "A"))
    settled(shop, order, (1, 1))
    [returned] = shop.look(order).returns
    assert refused(question(shop, returned)) == "not_allowed"
