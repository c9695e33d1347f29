"""The one price list. Amounts are minor units of the order's currency."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

_FIRST_PICKUP: Final = 5_900
_FURTHER_PICKUP: Final = 2_500
_PER_KM: Final = 1_000
_FREE_KM: Final = 2
_DRIVERS_SHARE: Final = Decimal("0.85")

EXPONENT: Final = {"UAH": 2, "EUR": 2, "USD": 2, "PLN": 2}
"""Digits after the point, by ISO 4217 code; also the list of currencies we know."""

MOST_OF_ONE: Final = 99
"""More of one product in one line is a typing mistake."""

MOST_LINES: Final = 100


def delivery_fee(pickups: int, farthest_m: int) -> int:
    """What the customer pays for the journey."""
    beyond = max(0, -(-farthest_m // 1000) - _FREE_KM)
    return _FIRST_PICKUP + _FURTHER_PICKUP * (pickups - 1) + _PER_KM * beyond


def reward(fee: int) -> int:
    """What a driver of ours gets for it."""
    return rounded(fee * _DRIVERS_SHARE)


def rounded(amount: Decimal) -> int:
    """Minor units, half away from zero. The only place where money is rounded."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_minor(amount: Decimal, currency: str) -> int:
    """Minor units of an amount. Raises `ValueError` when it has a fraction of them."""
    minor = amount.scaleb(EXPONENT[currency])
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} {currency} is finer than its smallest coin")
    return int(minor)


def to_amount(minor: int, currency: str) -> Decimal:
    """The amount as people write it."""
    return Decimal(minor).scaleb(-EXPONENT[currency])
