"""Facilities: an organisation's sites, which order under rules of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from uuid import UUID

from .baskets import Destination, Occasion, Span, Wish
from .opening_hours import OpeningHours
from .orders import OrderType, PaymentMethod
from .refusals import InvalidInput
from .windows import FARTHEST, NARROWEST, Hours, Pace, closed_at, quarter

MOST_HEADS: Final = 10_000
APPROVE_BEFORE: Final = timedelta(minutes=30)
"""So long before the last call it has to be approved; and an approver has so long at least."""

LEAST_TO_APPROVE: Final = timedelta(minutes=10)

_TRIES: Final = 200


class MemberPart(StrEnum):
    """What a member does inside an organisation."""

    ORDERER = "ORDERER"
    APPROVER = "APPROVER"


@dataclass(frozen=True, slots=True)
class CutOff:
    """Until which minute of the wall clock, so many days before a window, it can be ordered."""

    days_before: int
    minute: int


@dataclass(frozen=True, slots=True)
class Site:
    """A facility and its rules. `windows` are those in which its door is open to deliveries, on its
    own wall clock; `approval_above` is minor units of `currency`, None where nobody has to approve.
    """

    id: UUID
    organisation_id: UUID
    door: Destination
    currency: str
    windows: OpeningHours
    notice: timedelta
    cut_off: CutOff | None = None
    cost_centres: tuple[str, ...] = ()
    approval_above: int | None = None

    def needs_approval(self, total: int) -> bool:
        """Whether somebody has to say yes to so much."""
        return self.approval_above is not None and total > self.approval_above

    def may_cost(self, total: int) -> int | None:
        """What an order may come to cost before somebody has to be asked; None: anything."""
        return None if self.approval_above is None else max(self.approval_above, total)

    def spans(self, now: datetime) -> Iterator[Span]:
        """Its windows that are not over, in order, as far as one can order ahead."""
        stretches = sorted(self.windows.stretches(now, FARTHEST.days + 2))
        return (Span(start, end) for start, end in stretches if end > now)

    def last_call(self, window: Span, now: datetime) -> datetime | None:
        """Until when it can be ordered for a window; None for one in which nothing is taken."""
        around = (s for s in self.spans(now) if s.start <= window.start and window.end <= s.end)
        return next((self._last_call(span, window.start) for span in around), None)

    def approve_by(self, window: Span, now: datetime, latest: datetime) -> datetime:
        """Until when an order that is placed now has to be approved. `latest` is when the kitchens
        have to begin."""
        call = self.last_call(window, now) or now
        return min(latest, max(call - APPROVE_BEFORE, now + APPROVE_BEFORE))

    def fault(self, window: Span | None, now: datetime) -> str | None:
        """Why nothing can be ordered for this window; None where it can."""
        if window is None:
            return "Say for which of its windows."
        call = self.last_call(window, now)
        if call is None:
            return "Nothing is taken there then."
        zone = self.windows.zone
        return (
            f"It was to be ordered by {call.astimezone(zone):%d.%m. %H:%M}." if call < now else None
        )

    def next_window(
        self,
        kitchens: Sequence[Hours],
        now: datetime,
        pace: Pace,
        fits: Callable[[datetime], bool] = lambda _: True,
    ) -> Span | None:
        """The next window, or the rest of one, that can still be ordered for and cooked for."""
        for _, window in zip(range(_TRIES), self._candidates(now, pace), strict=False):
            here = all(closed_at(hours, window.start, now, pace) is None for hours in kitchens)
            if here and fits(window.start):
                return window
        return None

    def faults(self, occasion: Occasion) -> Iterator[InvalidInput]:
        """What its rules have against an order."""
        centre = occasion.cost_centre
        if self.cost_centres and centre not in self.cost_centres:
            known = ", ".join(self.cost_centres)
            yield InvalidInput(f"Name one of {known}.", ("costCentre",), rule="cost_centre")
        elif centre is not None and not self.cost_centres:
            yield InvalidInput("It has no cost centres.", ("costCentre",), rule="cost_centre")

    def _last_call(self, span: Span, start: datetime) -> datetime:
        noticed = start - self.notice
        if self.cut_off is None:
            return noticed
        day = span.start.astimezone(self.windows.zone).date()
        before = day - timedelta(days=self.cut_off.days_before)
        return min(noticed, self.windows.instant(before, self.cut_off.minute))

    def _candidates(self, now: datetime, pace: Pace) -> Iterator[Span]:
        """Each window whole; of one that it is too late for, what is left, on a quarter."""
        soonest = quarter(now + max(self.notice, pace.lead))
        for span in self.spans(now):
            start = max(span.start, soonest)
            while start == span.start or span.end - start >= NARROWEST:
                if start > now + FARTHEST or self._last_call(span, start) < now:
                    break
                yield Span(start, span.end)
                start = quarter(start + timedelta(minutes=1))


def day_at(zone: tzinfo, day: date) -> tuple[datetime, datetime]:
    """A day on a wall clock, from midnight to midnight: 23, 24 or 25 hours."""
    start, end = (datetime.combine(d, time(), zone) for d in (day, day + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def wish_faults(wish: Wish) -> Iterator[InvalidInput]:
    """What cannot be of the kind of order it is, whichever facility it is for."""
    if wish.type is OrderType.FOR_FACILITY:
        yield from _facility_faults(wish)
    else:
        yield from _customer_faults(wish)


def _customer_faults(wish: Wish) -> Iterator[InvalidInput]:
    for name, value in (
        ("facilityId", wish.occasion.facility_id),
        ("headcount", wish.occasion.headcount),
        ("costCentre", wish.occasion.cost_centre),
    ):
        if value is not None:
            message = "Only of an order FOR_FACILITY. Leave it out, or change the type."
            yield InvalidInput(message, (name,), rule="for_facility")
    if wish.payment_method is PaymentMethod.INVOICE:
        message = "Only a facility is sent an invoice. Pay by CARD or CASH."
        yield InvalidInput(message, ("paymentMethod",), rule="payment_method")


def _facility_faults(wish: Wish) -> Iterator[InvalidInput]:
    occasion = wish.occasion
    if occasion.facility_id is None:
        yield InvalidInput("Say for which facility.", ("facilityId",), rule="required")
    if occasion.headcount is None or not 1 <= occasion.headcount <= MOST_HEADS:
        message = f"Say for how many people: 1 to {MOST_HEADS}."
        yield InvalidInput(message, ("headcount",), rule="headcount")
    if wish.basket.destination is not None:
        message = "It goes to the door of the facility. Leave the destination out."
        yield InvalidInput(message, ("destination",), rule="for_customer")
    if wish.payment_method is not PaymentMethod.INVOICE:
        message = "A facility is sent an invoice. Pay by INVOICE."
        yield InvalidInput(message, ("paymentMethod",), rule="payment_method")
