"""Several at once: what is good once is good once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from purvey.domain.approvals import Kind
from purvey.domain.draft import PaymentChoice
from purvey.kit.process import Refusal
from purvey.operations.approvals import Question, Verdict, ask, decide_approvals
from purvey.storage.invitations import invite
from purvey.storage.second_factors import new_recovery_codes, set_factor, use_recovery_code
from purvey.storage.throttle import count_try
from purvey.testing import Shop
from purvey.web.office.tries import OF_ACCOUNT
from tests.office.conftest import PASSWORD, Office

THREADS = 8


def at_once(work: Callable[[int], Any], many: int) -> list[Any]:
    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(work, range(many)))


def test_many_tries_at_once_are_all_counted(office: Office):
    now = office.house.clock()
    waits = at_once(
        lambda _: office.run(lambda tx: count_try(tx.sql, OF_ACCOUNT, "ann", now=now)),
        OF_ACCOUNT.burst + 6,
    )
    assert sum(not wait for wait in waits) == OF_ACCOUNT.burst


def test_a_link_is_used_by_one(office: Office):
    link = office.run(lambda tx: invite(tx.sql, None, now=office.house.clock()))
    browsers = [office.browser() for _ in range(4)]

    def use(no: int) -> int:
        fields = {"name": f"Ann {no}", "email": f"ann{no}@shop.example", "password": PASSWORD}
        return browsers[no].post(f"/welcome/{link}", **fields).status_code

    assert sorted(at_once(use, 4)) == [303, 404, 404, 404]


def test_a_recovery_code_is_used_by_one(office: Office):
    ann, codes = office.person(), new_recovery_codes()
    office.run(lambda tx: set_factor(tx.sql, ann.id, secret="A", step=0, codes=codes))
    used = at_once(lambda _: office.run(lambda tx: use_recovery_code(tx.sql, ann.id, codes[0])), 4)
    assert sorted(used) == [False, False, False, True]


def test_two_managers_approve_at_the_same_moment(new_shop: Callable[..., Shop]):
    shop = new_shop(refund_approval_above="1.00")
    shop.stock(9, "A", price=500)
    order = shop.order((4, "A"), channel="store", payment=PaymentChoice(method="cash"))
    payment = shop.payment(order)
    question = Question(kind=Kind.REFUND, subject_id=payment.id, amount=1000, reason="broken")
    [approval] = shop.house.do(ask, [question], actor="Ann", shard=shop.shard)
    wish = Verdict(approval_id=approval.id, kind=Kind.REFUND, approve=True)

    def decide(no: int) -> Any:
        return shop.house.do(decide_approvals, [wish], actor=f"Bob {no}", shard=shop.shard)[0]

    answers = at_once(decide, 6)
    assert sum(not isinstance(answer, Refusal) for answer in answers) == 1
    assert shop.payment(order).refunded == 1000
