"""A ticket in the hands of simulated people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum

from catering.simulator.clock import Step
from catering.simulator.world import Staff, World

BEFORE_THE_STOVE = 30.0


class Work(StrEnum):
    """How far the kitchen is."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    COOKING = "cooking"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    CANCELLED = "cancelled"


OVER = {Work.HANDED_OVER, Work.REFUSED, Work.CANCELLED}


class Job:
    """Goes from waiting to packed by itself, or as the staff was told to behave.

    `changed` is called after each change of `work`.
    """

    def __init__(self, world: World, staff: Staff, key: str, changed: Callable[[], None]) -> None:
        self._world, self._staff, self._changed = world, staff, changed
        self._next: Step | None = None
        dice = world.dice(f"kitchen:{key}")
        self._accept_after = _chosen(staff.accept_seconds, dice.uniform(40, 90))
        self._cook_for = _chosen(staff.cook_seconds, dice.uniform(600, 900))
        self._abandoned = self._misses = False
        self.short = False
        self.work = Work.WAITING
        self.reason: str | None = None
        self.ready_at: datetime | None = None

    def begin(self, *, cannot: str | None = None, can_ask: bool = False) -> None:
        """Somebody will look at it. `cannot` is why they will have to say no; `can_ask` is whether
        they can say that something of it is gone, and wait."""
        reason = cannot
        if self._staff.reject_next:
            self._staff.reject_next -= 1
            reason = self._staff.reason
        if self._staff.abandon_next and not reason:
            self._staff.abandon_next -= 1
            self._abandoned = True
        if self._staff.miss_next and can_ask and not reason:
            self._staff.miss_next -= 1
            self._misses = True
        if self._staff.never_answer or not self._staff.auto_accept:
            return
        self._later(self._accept_after, lambda: self.refuse(reason) if reason else self.accept())

    def accept(self) -> None:
        clock = self._world.clock
        self.ready_at = clock.instant(clock.elapsed + self._cook_for)
        self._become(Work.CONFIRMED)
        self._later(min(BEFORE_THE_STOVE, self._cook_for), self.cook)

    def cook(self) -> None:
        self.short, self._misses = self._misses, False
        self._become(Work.COOKING)
        if self.short:
            return  # until somebody says what to cook instead
        if self._abandoned:
            self._later(BEFORE_THE_STOVE, lambda: self.refuse(self._staff.reason))
            return
        self._later(max(self._cook_for - BEFORE_THE_STOVE, 0.0), self.pack)

    def go_on(self) -> None:
        """Cook on: what is to be cooked instead is known."""
        if self.short:
            self.short = False
            self._later(max(self._cook_for - BEFORE_THE_STOVE, 0.0), self.pack)
        self._changed()

    def pack(self) -> None:
        self.ready_at = self._world.clock.now()
        self._become(Work.PACKED)
        if self._staff.hand_over_seconds is not None:
            self._later(self._staff.hand_over_seconds, self.hand_over)

    def hand_over(self) -> None:
        self._become(Work.HANDED_OVER)

    def refuse(self, reason: str) -> None:
        self.reason = reason
        self._become(Work.REFUSED)

    def cancel(self, reason: str) -> None:
        self.reason = reason
        self._become(Work.CANCELLED)

    def _become(self, work: Work) -> None:
        if self._next:
            self._next.call_off()
        self.work = work
        self._changed()

    def _later(self, seconds: float, then: Callable[[], None]) -> None:
        self._next = self._world.clock.after(seconds, then)


def _chosen(told: float | None, chance: float) -> float:
    return chance if told is None else told
