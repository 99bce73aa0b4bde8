"""One worker owns a shard at a time."""

import subprocess
import sys

from purvey.testing import Clock, Shop
from purvey.worker.lease import give_up_lease, owner_name, take_lease

SOMEBODY_ELSEWHERE = "another-host:1"


def test_a_lease_is_taken_once_and_kept_by_its_owner(shop: Shop):
    assert take_lease(shop.house, shop.shard, owner=owner_name())
    assert take_lease(shop.house, shop.shard, owner=owner_name())
    assert not take_lease(shop.house, shop.shard, owner=SOMEBODY_ELSEWHERE)


def test_a_lease_of_another_host_is_waited_for(shop: Shop, clock: Clock):
    assert take_lease(shop.house, shop.shard, owner=SOMEBODY_ELSEWHERE)
    assert not take_lease(shop.house, shop.shard, owner=owner_name())
    clock.forward(minutes=2)
    assert take_lease(shop.house, shop.shard, owner=owner_name())


def test_a_lease_of_a_dead_process_of_this_host_is_taken_over_at_once(shop: Shop):
    child = subprocess.run(
        [sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True
    )
    host = owner_name().rpartition(":")[0]
    assert take_lease(shop.house, shop.shard, owner=f"{host}:{int(child.stdout)}")
    assert take_lease(shop.house, shop.shard, owner=owner_name())


def test_a_lease_can_be_given_up(shop: Shop):
    take_lease(shop.house, shop.shard, owner=SOMEBODY_ELSEWHERE)
    give_up_lease(shop.house, shop.shard, owner=SOMEBODY_ELSEWHERE)
    assert take_lease(shop.house, shop.shard, owner=owner_name())
