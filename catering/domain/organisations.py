"""What the office writes down of an organisation and of its sites."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from . import pricing
from .accounts import NAME_LENGTH, name_faults
from .baskets import Destination
from .facilities import CutOff
from .opening_hours import CLOCK, BadHours, OpeningHours
from .refusals import InvalidInput

LONGEST_BILLING: Final = 500
LONGEST_CENTRE: Final = 60
MOST_CENTRES: Final = 200
LONGEST_NOTICE: Final = timedelta(days=7)
EARLIEST_CUT_OFF: Final = 7

Money = tuple[int, str]
Week = Mapping[str, Sequence[Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Firm:
    """What is told of an organisation; None is left as it is, and no amount is no approval."""

    name: str | None = None
    billing: str | None = None
    approval_above: Money | None = None
    without_approval: bool = False

    def faults(self, currency: str) -> Iterator[InvalidInput]:
        """All that cannot be."""
        if self.name is not None:
            yield from name_faults("name", "An organisation", self.name, NAME_LENGTH)
        if self.billing is not None and not 1 <= len(self.billing.strip()) <= LONGEST_BILLING:
            message = f"What is printed on its bills, in at most {LONGEST_BILLING} characters."
            yield InvalidInput(message, ("billing",), rule="length")
        if currency not in pricing.EXPONENT:
            known = ", ".join(pricing.EXPONENT)
            yield InvalidInput(f"We know {known}.", ("currency",), rule="currency")
        yield from _amount_faults(self.approval_above, currency)


@dataclass(frozen=True, slots=True)
class Place:
    """What is told of a site; None is left as it is."""

    name: str | None = None
    address: Destination | None = None
    cost_centres: tuple[str, ...] | None = None
    approval_above: Money | None = None
    as_organisation: bool = False

    def faults(self, currency: str) -> Iterator[InvalidInput]:
        """All that cannot be."""
        if self.name is not None:
            yield from name_faults("name", "A facility", self.name, NAME_LENGTH)
        if self.address is not None:
            for fault in self.address.faults():
                yield fault.at("address", *(fault.path or ())[1:])
        yield from _centre_faults(self.cost_centres or ())
        yield from _amount_faults(self.approval_above, currency)


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a site takes deliveries, and how long before they have to be ordered. Without a time
    zone it keeps its own."""

    week: Week
    notice: timedelta
    cut_off: str | None
    cut_off_days_before: int
    time_zone: str | None = None

    def faults(self) -> Iterator[InvalidInput]:
        """All that cannot be."""
        try:
            OpeningHours.read(self.week, time_zone=self.time_zone or "UTC")
        except BadHours as bad:
            yield InvalidInput(str(bad), ("days",), rule="windows")
        if not timedelta(0) <= self.notice <= LONGEST_NOTICE:
            message = f"Between nothing and {LONGEST_NOTICE.days} days."
            yield InvalidInput(message, ("notice",), rule="notice")
        if self.cut_off is not None and not CLOCK.fullmatch(self.cut_off):
            yield InvalidInput("Write it like 16:00.", ("cutOff",), rule="cut_off")
        if not 0 <= self.cut_off_days_before <= EARLIEST_CUT_OFF:
            message = f"Between 0 and {EARLIEST_CUT_OFF} days before."
            yield InvalidInput(message, ("cutOffDaysBefore",), rule="cut_off")


def cut_off(clock: str | None, days_before: int) -> CutOff | None:
    """As it is reckoned with."""
    if clock is None:
        return None
    hours, minutes = clock.split(":")
    return CutOff(days_before, int(hours) * 60 + int(minutes))


def _amount_faults(amount: Money | None, currency: str) -> Iterator[InvalidInput]:
    if amount is None:
        return
    if amount[1] != currency:
        message = f"Name it in {currency}, as its bills are."
        yield InvalidInput(message, ("approvalAbove", "currency"), rule="currency")
    elif amount[0] < 0:
        yield InvalidInput("Nothing or more.", ("approvalAbove", "amount"), rule="amount")


def _centre_faults(centres: Sequence[str]) -> Iterator[InvalidInput]:
    if len(centres) > MOST_CENTRES or len(set(centres)) < len(centres):
        message = f"At most {MOST_CENTRES}, and each once."
        yield InvalidInput(message, ("costCentres",), rule="cost_centres")
    for index, centre in enumerate(centres):
        if not 1 <= len(centre.strip()) <= LONGEST_CENTRE or not centre.isprintable():
            message = f"One line of 1 to {LONGEST_CENTRE} characters."
            yield InvalidInput(message, ("costCentres", str(index)), rule="length")
