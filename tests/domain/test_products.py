from datetime import UTC, datetime, timedelta

import pytest

from catering.domain.products import Availability, availability

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("unavailable", "snoozed_until", "stock", "told"),
    [
        (False, None, None, Availability.AVAILABLE),
        (False, None, 3, Availability.LIMITED),
        (False, None, 0, Availability.UNAVAILABLE),
        (False, LATER, None, Availability.SNOOZED),
        (False, LATER, 3, Availability.SNOOZED),
        (False, LATER, 0, Availability.UNAVAILABLE),
        (True, None, None, Availability.UNAVAILABLE),
        (True, LATER, 3, Availability.UNAVAILABLE),
    ],
)
def test_a_customer_is_told_what_can_be_had(
    unavailable: bool, snoozed_until: datetime | None, stock: int | None, told: Availability
) -> None:
    now = availability(unavailable=unavailable, snoozed_until=snoozed_until, stock=stock, now=NOON)

    assert now is told


def test_a_snooze_ends_by_itself() -> None:
    woken = availability(unavailable=False, snoozed_until=NOON, stock=None, now=NOON)

    assert woken is Availability.AVAILABLE
