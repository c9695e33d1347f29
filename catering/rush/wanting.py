"""What people want, and for when."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from catering.domain.baskets import Basket, Destination, Portion, Span, StandBy, Wish
from catering.domain.lines import StandByKind
from catering.domain.orders import OrderType, PaymentMethod
from catering.rush.dice import pick
from catering.rush.stage import Stage
from catering.rush.town import PHONE, Dish, Kitchen, somewhere

_STAND_BY: Final = (
    (StandByKind.ASK_ME, 50), (StandByKind.BEST_MATCH, 20), (StandByKind.REMOVE, 15),
    (StandByKind.SPECIFIC, 8), (StandByKind.CANCEL_ORDER, 7),
)  # fmt: skip
_CARDS: Final = (("tok_visa", 90), ("tok_slow", 5), ("tok_declined", 5))
_FIRST: Final = 0.25
_BY_CARD: Final = 0.5
_FOR_LATER: Final = 0.1
_QUARTER: Final = timedelta(minutes=15)


def wish_of(
    number: int, kitchens: list[Kitchen], stage: Stage, dice: Random, *, modest: bool
) -> Wish:
    """A lunch to somebody's own door. Whoever is modest leaves out what is soon sold out."""
    menus = [kitchen.dishes[2:] if modest else kitchen.dishes for kitchen in kitchens]
    portions = [portion for menu in menus for portion in _portions(menu, dice)]
    at = somewhere(stage.dice.of("door", number), 3_000)
    card, later = dice.random() < _BY_CARD, dice.random() < _FOR_LATER
    return Wish(
        type=OrderType.FOR_CUSTOMER,
        basket=Basket(
            tuple(portions), Destination(f"House {number + 1}, Kyiv", at),
            in_the_afternoon(stage, dice) if later else None,
        ),
        contact_phone=PHONE,
        payment_method=PaymentMethod.CARD if card else PaymentMethod.CASH,
        payment_token=pick(dice, _CARDS) if card else None,
    )  # fmt: skip


def in_the_afternoon(stage: Stage, dice: Random) -> Span:
    """Half an hour of it, from an hour and a half to four hours from now."""
    start = _full_quarter(stage.now + timedelta(minutes=dice.randrange(90, 240)))
    return Span(start, start + 2 * _QUARTER)


def _portions(dishes: tuple[Dish, ...], dice: Random) -> list[Portion]:
    """One to three dishes; the first of a menu is what most come for."""
    chosen = dice.sample(dishes, dice.choice((1, 2, 2, 3)))
    if dice.random() < _FIRST and dishes[0] not in chosen:
        chosen[0] = dishes[0]
    return [
        Portion(dish.id, dice.choice((1, 1, 1, 2)), None, _stand_by(dish, dishes, dice))
        for dish in chosen
    ]


def _stand_by(dish: Dish, dishes: tuple[Dish, ...], dice: Random) -> StandBy:
    kind = pick(dice, _STAND_BY)
    others = [other.id for other in dishes if other.id != dish.id]
    return StandBy(kind, dice.choice(others) if kind is StandByKind.SPECIFIC else None)


def _full_quarter(at: datetime) -> datetime:
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)
