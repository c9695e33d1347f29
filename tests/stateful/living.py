"""What all rules have in common: a step is taken, time passes, and then all is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from catering.domain.orders import LIVE
from catering.models import Order
from tests.services.acting import Step, done

from .invariants import seen
from .stage import Stage, accepted

T = TypeVar("T")

WHICH = st.integers(0, 7)
"""Which one of several, however many there are."""

FAR_OFF = {"archive_order"}
"""Nobody waits for it: it comes when nothing has happened for a month."""

MOST_DEADLINES = 300
"""So many of them pass at most until everything has ended that nobody does anything about."""


class Living(RuleBasedStateMachine):
    """A world, and what was seen of it when it was looked at last."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self.stage, self.day = stage, stage.begin()
        self.world = self.day.world
        self.workers_are_here, self.is_well = True, False
        self.seen = stage.run(seen(self.world))

    @invariant()
    def all_is_well(self) -> None:
        self.is_well = False
        self.seen = self.stage.run(seen(self.world))
        overdue = self.seen.overdue() if self.workers_are_here else ()
        wrong = [*self.seen.faults(), *overdue]
        assert not wrong, "; ".join(wrong)
        self.is_well = True

    @rule()
    def the_next_deadline_passes(self) -> None:
        self.pass_to_deadline()

    @rule(seconds=st.sampled_from([20, 45, 400]))
    def a_while_passes(self, seconds: int) -> None:
        self._pass_to(self.seen.now + timedelta(seconds=seconds))

    @rule()
    @precondition(lambda self: self.workers_are_here)
    def the_workers_leave(self) -> None:
        """From now on steps of people meet what was not done yet."""
        self.workers_are_here = False

    @rule()
    @precondition(lambda self: not self.workers_are_here)
    def the_workers_come_back(self) -> None:
        self.workers_are_here = True
        self._work()

    @rule(which=WHICH)
    @precondition(lambda self: self.seen.due)
    def one_worker_does_one_task(self, which: int) -> None:
        """Any of those that are due: several workers take them in no order."""
        task = one(self.seen.due, which)
        assert self.stage.run(self.day.runtime.run(task.id))
        self.stage.run(self.day.must_have_gone_well())

    def teardown(self) -> None:
        try:
            if self.is_well:
                self._everything_ends()
        finally:
            self.stage.take_back()

    @property
    def live(self) -> list[Order]:
        return [order for order in self.seen.orders if order.status in LIVE]

    def must(self, take: Step[T]) -> T:
        """A step that nothing stands in the way of."""
        result = self.stage.run(done(self.world, take))
        self._work()
        return result

    def may(self, take: Step[Any]) -> bool:
        """A step that may be too late, or somebody else's; then it is refused, and that is all."""
        taken = self.stage.run(accepted(self.world, take))
        self._work()
        return taken

    def _work(self) -> None:
        if self.workers_are_here:
            self.stage.run(self.day.work())

    def _pass_to(self, then: datetime) -> None:
        time = then - self.seen.now
        if self.workers_are_here:
            self.stage.run(self.day.passes(seconds=time.total_seconds()))
        else:
            self.stage.run(self.world.time_passes(time))

    def pass_to_deadline(self, order_id: UUID | None = None) -> None:
        """The next one; or else to whatever is to be done next."""
        self._pass_to(self._next_deadline(order_id) or self.seen.now + timedelta(minutes=1))

    def _next_deadline(self, order_id: UUID | None = None) -> datetime | None:
        coming = [
            task
            for task in self.seen.open
            if task.due > self.seen.now and task.kind not in FAR_OFF
            if order_id in {None, task.order_id}
        ]
        waits = [task for task in coming if task.is_wait]
        return next((task.due for task in waits or coming), None)

    def _everything_ends(self) -> None:
        """I2: nobody does anything any more, and yet nothing stays as it is."""
        if not self.workers_are_here:
            self.the_workers_come_back()
            self.all_is_well()
        for _ in range(MOST_DEADLINES):
            if (then := self._next_deadline()) is None:
                break
            self._pass_to(then)
            self.all_is_well()
        for_ever = [order.number for order in self.live]
        for_ever += [task.kind for task in self.seen.open if task.kind not in FAR_OFF]
        assert not for_ever, "; ".join(for_ever)


def one(several: Sequence[T], which: int) -> T:
    return several[which % len(several)]
