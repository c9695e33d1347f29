"""What is wanted, where and when: the part that asking for a price and ordering share."""

from __future__ import annotations

from strawberry import ID

from catering.domain.baskets import Basket, Portion, StandBy
from catering.domain.choices import Chosen
from catering.domain.ids import Prefix
from catering.domain.lines import StandByKind
from catering.domain.refusals import InvalidInput, Refusal, Refused
from catering.schema.asking import LONGEST_NOTE, decoded, short
from catering.schema.describing import asks
from catering.schema.values import AddressInput, WindowInput


@asks
class StandByInput:
    """What is to be done when the line runs out while the customer stays silent."""

    kind: StandByKind
    product_id: ID | None = None
    max_price_increase_percent: int | None = None

    def stand_by(self, *path: str) -> StandBy:
        """The same for the domain."""
        percent = self.max_price_increase_percent
        if percent is not None and not 0 <= percent <= 100:
            where = (*path, "maxPriceIncreasePercent")
            raise Refused(InvalidInput("Between 0 and 100 percent.", where, rule="percent"))
        product = self.product_id and decoded(Prefix.PRODUCT, self.product_id, *path, "productId")
        return StandBy(self.kind, product or None, percent)


@asks
class ChosenModifierInput:
    """So much of one modifier, in each portion."""

    modifier_id: ID
    quantity: int = 1

    def chosen(self, *path: str) -> Chosen:
        """The same for the domain."""
        return Chosen(
            decoded(Prefix.MODIFIER, self.modifier_id, *path, "modifierId"), self.quantity
        )


@asks
class OrderLineInput:
    """So much of one product."""

    product_id: ID
    quantity: int = 1
    note: str | None = None
    stand_by: StandByInput | None = None
    variant_id: ID | None = None
    modifiers: list[ChosenModifierInput] | None = None

    def portion(self, index: int) -> Portion:
        """The same for the domain."""
        here = ("lines", str(index))
        return Portion(
            decoded(Prefix.PRODUCT, self.product_id, *here, "productId"),
            self.quantity,
            short(self.note, LONGEST_NOTE, *here, "note"),
            self.stand_by.stand_by(*here, "standBy") if self.stand_by else StandBy(),
            decoded(Prefix.VARIANT, self.variant_id, *here, "variantId")
            if self.variant_id
            else None,
            tuple(
                one.chosen(*here, "modifiers", str(place))
                for place, one in enumerate(self.modifiers or ())
            ),
        )


def basket(
    lines: list[OrderLineInput], destination: AddressInput | None, window: WindowInput | None
) -> Basket:
    """What is wanted, where and when. Raises `Refused` with all that is wrong in the lines."""
    return Basket(
        portions(lines),
        destination.destination() if destination else None,
        window.span() if window else None,
    )


def portions(lines: list[OrderLineInput]) -> tuple[Portion, ...]:
    """All lines. Raises `Refused` with all that is wrong with them at once."""
    read, problems = list[Portion](), list[Refusal]()
    for index, line in enumerate(lines):
        try:
            read.append(line.portion(index))
        except Refused as refused:
            problems += refused.refusals
    if problems:
        raise Refused(*problems)
    return tuple(read)
