"""Kitchen tickets, lines, and negotiations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import strawberry
from strawberry import ID

from catering import models
from catering.domain.ids import Prefix
from catering.domain.lines import (
    GONE,
    LineStatus,
    ResolutionChoice,
    ResolutionStatus,
    StandByKind,
)
from catering.domain.resolving import CHOICES_FOR_LINE, CHOICES_FOR_PART
from catering.domain.tickets import TicketStatus
from catering.models.work import OPEN_STATES

from .directives import about
from .exposing import Info, Node, View, encoded, exposes
from .menus import Product, Restaurant, works_at
from .prices import currency_of
from .providers import ProviderLink
from .values import Money

if TYPE_CHECKING:
    from .orders import Order


@strawberry.type(description="What is done when the line runs out and the customer stays silent.")
class StandBy:
    """Chosen at checkout, for each line."""

    kind: StandByKind
    max_price_increase_percent: int | None
    line: strawberry.Private[Any]

    @strawberry.field(description="The product for SPECIFIC.")
    async def product(self, info: Info) -> Product | None:
        found = await info.context.loaders.one(models.Product, self.line.stand_by_product_id)
        return Product.maybe(found)


@strawberry.type(description="What was added to each portion, as called and priced on the day.")
class ChosenModifier:
    """One of a group."""

    group: str
    name: str
    quantity: int
    price: Money


@exposes(models.Line)
class OrderLine(View):
    """A product, a quantity, and the price agreed on the day."""

    name: str
    quantity: int
    note: str | None
    status: LineStatus

    @strawberry.field(description="Opaque.")
    def id(self) -> ID:
        return encoded(Prefix.LINE, self.row.id)

    @strawberry.field(description="The variant that was chosen, as it was called on the day.")
    def variant(self) -> str | None:
        return self.row.variant_name  # type: ignore[no-any-return]

    @about(5)
    @strawberry.field(description="What was chosen with it; in the price already.")
    async def modifiers(self, info: Info) -> list[ChosenModifier]:
        currency = await self._currency(info) if self.row.modifiers else ""
        return [
            ChosenModifier(
                group=one["group"],
                name=one["name"],
                quantity=one["quantity"],
                price=Money.of(one["price"], currency),
            )
            for one in self.row.modifiers
        ]

    @strawberry.field(description="The product as it is today.")
    async def product(self, info: Info) -> Product:
        return Product.of(await info.context.loaders.one(models.Product, self.row.product_id))

    @strawberry.field(description="The price of one with its modifiers, as agreed.")
    async def unit_price(self, info: Info) -> Money:
        return Money.of(self.row.unit_price, await self._currency(info))

    @strawberry.field(description="What it costs; nothing once it is gone.")
    async def total(self, info: Info) -> Money:
        gone = self.row.status in GONE
        minor = 0 if gone else self.row.quantity * self.row.unit_price
        return Money.of(minor, await self._currency(info))

    @strawberry.field(description="What the customer chose for the case that it runs out.")
    def stand_by(self) -> StandBy:
        return StandBy(
            kind=self.row.stand_by,
            max_price_increase_percent=self.row.stand_by_percent,
            line=self.row,
        )

    @strawberry.field(description="The line that came instead of this one.")
    async def substitute(self, info: Info) -> OrderLine | None:
        found = await info.context.loaders.of(models.Line, "substitute_of_id", self.row.id)
        return OrderLine.of(found[0]) if found else None

    @strawberry.field(description="The order in which it comes, where it was postponed.")
    async def postponed_to(self, info: Info) -> Annotated[Order, strawberry.lazy(".orders")] | None:
        from .orders import Order

        return Order.maybe(await info.context.loaders.one(models.Order, self.row.postponed_to_id))

    async def _currency(self, info: Info) -> str:
        ticket = await info.context.loaders.one(models.Ticket, self.row.ticket_id)
        assert ticket is not None
        return await currency_of(info, ticket.restaurant_id)


@exposes(models.Ticket)
class KitchenTicket(View, Node):
    """The part of an order that one restaurant prepares."""

    prefix: ClassVar = Prefix.TICKET

    status: TicketStatus
    ready_at: datetime | None

    @strawberry.field(description="Who prepares it.")
    async def restaurant(self, info: Info) -> Restaurant:
        found = await info.context.loaders.one(models.Restaurant, self.row.restaurant_id)
        return Restaurant.of(found)

    @about(20)
    @strawberry.field(description="What is to be prepared.")
    async def lines(self, info: Info) -> list[OrderLine]:
        return OrderLine.each(await info.context.loaders.of(models.Line, "ticket_id", self.row.id))

    @strawberry.field(description="The ticket in the restaurant's own system.")
    async def provider(self, info: Info) -> ProviderLink | None:
        home = await info.context.loaders.one(models.Restaurant, self.row.restaurant_id)
        account = await info.context.loaders.one(
            models.ProviderAccount, home.account_id if home else None
        )
        if account is None or self.row.external_id is None:
            return None
        return ProviderLink.to(account, self.row.external_id, self.row.provider_version)

    @about(1)
    @strawberry.field(description="Why the restaurant's system cannot be told of it just now.")
    async def held_up_by(self, info: Info) -> str | None:
        tasks = await info.context.loaders.of(models.Task, "order_id", self.row.order_id)
        mine = (t for t in tasks if t.subject_id == self.row.id and t.state in OPEN_STATES)
        return next((task.held_up_by for task in mine if task.held_up_by), None)

    async def is_own(self, info: Info) -> bool:
        return await works_at(info, self.row.restaurant_id)


@exposes(models.Resolution)
class Resolution(View, Node):
    """The negotiation about one line that cannot be had, or about a restaurant's whole part."""

    prefix: ClassVar = Prefix.RESOLUTION

    status: ResolutionStatus
    deadline: datetime
    choice: ResolutionChoice | None

    @strawberry.field(description="The part of the order that it is about.")
    async def ticket(self, info: Info) -> KitchenTicket:
        found = await info.context.loaders.one(models.Ticket, self.row.ticket_id)
        return KitchenTicket.of(found)

    @strawberry.field(description="The line that cannot be had; null where it is the whole part.")
    async def line(self, info: Info) -> OrderLine | None:
        return OrderLine.maybe(await info.context.loaders.one(models.Line, self.row.line_id))

    @strawberry.field(description="What was chosen instead; while it is open, the bank is asked.")
    async def product(self, info: Info) -> Product | None:
        return Product.maybe(await info.context.loaders.one(models.Product, self.row.product_id))

    @strawberry.field(description="What can be answered; whether it still works out is seen then.")
    def choices(self) -> list[ResolutionChoice]:
        return list(CHOICES_FOR_PART if self.row.line_id is None else CHOICES_FOR_LINE)

    @about(5)
    @strawberry.field(description="What could be had instead, best first.")
    async def proposals(self, info: Info) -> list[Product]:
        return Product.each(await info.context.loaders.each(models.Product, self.row.proposals))
