"""Whatever a process may promise, somebody does."""

from purvey.domain.effects import Effect
from purvey.lifecycle import PROCESSES
from purvey.operations.advance import AT_ONCE
from purvey.worker.handlers import HANDLERS

TIMERS_AND_FILLS = {"hold.expire", "payment.expire", "order.close", "return.expire", "stock.fill"}


def test_every_effect_of_every_step_is_done_at_once_or_by_a_handler():
    promised = {
        effect for process in PROCESSES for step in process.steps for effect in step.effects
    }
    promised |= {effect for process in PROCESSES for row in process.late.values() for effect in row}
    assert promised - set(AT_ONCE) <= set(HANDLERS)


def test_no_handler_waits_for_an_effect_that_nobody_promises():
    assert set(HANDLERS) - {"inbox.process"} <= {str(effect) for effect in Effect}


def test_timers_have_handlers():
    assert set(HANDLERS) >= TIMERS_AND_FILLS
