"""The live screens: what each shows, and what it says about an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain.deliveries import CARRIED
from catering.domain.offers import OfferStatus
from catering.domain.orders import LIVE, OrderStatus
from catering.domain.people import STAFF, Actor, Role
from catering.domain.refusals import NotFound, Refused
from catering.domain.tickets import TICKET
from catering.models import Category, Delivery, Offer, Order, Product, Restaurant, Staff, Ticket
from catering.schema.live import (
    PRESENT,
    AssignmentChanged,
    BoardCardChanged,
    BoardCardRemoved,
    OfferChanged,
    OrderChanged,
    ProductChanged,
    RestaurantChanged,
    TicketChanged,
)
from catering.services import following
from catering.services.following import Feed

from .streaming import Moment


@dataclass(slots=True)
class OrderScreen:
    """One order, for whoever may see it."""

    id: UUID
    actor: Actor
    over: bool = False

    @property
    def feed(self) -> Feed:
        return following.of_order(self.id)

    async def check(self, session: AsyncSession) -> None:
        await must_be(session, self._visible(), "order")

    async def present(self, session: AsyncSession, moment: Moment) -> Sequence[OrderChanged]:
        await self.check(session)
        return [OrderChanged.told(moment, kind=PRESENT, order_id=self.id)]

    async def tell(
        self, session: AsyncSession, event: Row[Any], moment: Moment
    ) -> OrderChanged | None:
        self.over = not await _is(session, self._visible())
        if self.over:
            return None
        return OrderChanged.told(moment, kind=event.kind, order_id=self.id)

    def _visible(self) -> Select[Any]:
        return Order.visible_to(self.actor).where(Order.id == self.id)


@dataclass(slots=True)
class KitchenScreen:
    """The tickets of one restaurant, for those who work there and for the office."""

    restaurant_id: UUID
    actor: Actor
    over: bool = False

    @property
    def feed(self) -> Feed:
        return following.of_kitchen(self.restaurant_id)

    async def check(self, session: AsyncSession) -> None:
        await must_be(session, self._workplace(), "restaurant")

    async def present(self, session: AsyncSession, moment: Moment) -> Sequence[TicketChanged]:
        query = (
            select(Ticket.id)
            .where(Ticket.restaurant_id == self.restaurant_id, Ticket.status.not_in(TICKET.ends()))
            .order_by(Ticket.ready_at, Ticket.id)
        )
        tickets = (await session.scalars(query)).all()
        return [TicketChanged.told(moment, kind=PRESENT, ticket_id=id) for id in tickets]

    async def tell(
        self, session: AsyncSession, event: Row[Any], moment: Moment
    ) -> TicketChanged | None:
        self.over = not await _is(session, self._workplace())
        if self.over:
            return None
        return TicketChanged.told(moment, kind=event.kind, ticket_id=event.ticket_id)

    def _workplace(self) -> Select[Any]:
        restaurant = select(Restaurant.id).where(Restaurant.id == self.restaurant_id)
        if self.actor.role in STAFF:
            return restaurant
        works = exists().where(Staff.restaurant_id == Restaurant.id, Staff.user_id == self.actor.id)
        return restaurant.where(works)


@dataclass(slots=True)
class DriverScreen:
    """A driver's own work: what he is offered, and what he carries."""

    actor: Actor
    over: bool = False

    @property
    def feed(self) -> Feed:
        assert self.actor.id is not None
        return following.of_driver(self.actor.id)

    async def check(self, session: AsyncSession) -> None:  # noqa: ARG002
        if self.actor.role is not Role.DRIVER:
            raise Refused(NotFound("You are not registered as a driver."))

    async def present(self, session: AsyncSession, moment: Moment) -> Sequence[Any]:
        carried = self._mine().where(Delivery.status.in_(CARRIED))
        sent = Offer.visible_to(self.actor).where(Offer.status == OfferStatus.SENT)
        offers = await session.scalars(sent.with_only_columns(Offer.id).order_by(Offer.id))
        return [
            AssignmentChanged.told(moment, delivery_id=await session.scalar(carried)),
            *(OfferChanged.told(moment, offer_id=id) for id in offers),
        ]

    async def tell(
        self, session: AsyncSession, event: Row[Any], moment: Moment
    ) -> AssignmentChanged | OfferChanged | None:
        if event.kind.startswith("OFFER_"):
            return OfferChanged.told(moment, offer_id=event.subject_id)
        if event.delivery_id is None:
            return None
        mine = self._mine().where(Delivery.id == event.delivery_id)
        return AssignmentChanged.told(moment, delivery_id=await session.scalar(mine))

    def _mine(self) -> Select[Any]:
        return select(Delivery.id).where(Delivery.driver_id == self.actor.id)


@dataclass(slots=True)
class BoardScreen:
    """The live orders, for the office all of them, for a restaurant its own.

    `matching` is the subscriber's filter. A card that was shown, or may have been shown before
    the subscriber came back, is taken away when it matches no more.
    """

    actor: Actor
    matching: Sequence[ColumnElement[bool]]
    any_status: bool = False
    came_back: bool = False
    over: bool = False
    _shown: dict[UUID, bool] = field(default_factory=dict)

    @property
    def feed(self) -> Feed:
        return following.of_board()

    async def check(self, session: AsyncSession) -> None:  # noqa: ARG002
        if self.actor.role not in {*STAFF, Role.RESTAURANT}:
            raise Refused(NotFound("There is no board for you."))

    async def present(self, session: AsyncSession, moment: Moment) -> Sequence[BoardCardChanged]:
        cards = self._cards().order_by(Order.placed_at, Order.id)
        orders = (await session.scalars(cards.with_only_columns(Order.id))).all()
        self._shown = dict.fromkeys(orders, True)
        return [BoardCardChanged.told(moment, previous_status=None, order_id=id) for id in orders]

    async def tell(
        self, session: AsyncSession, event: Row[Any], moment: Moment
    ) -> BoardCardChanged | BoardCardRemoved | None:
        id = event.order_id
        was_shown = self._shown.get(id, self.came_back)
        if await _is(session, self._cards().where(Order.id == id)):
            self._shown[id] = True
            before = OrderStatus(event.previous_status) if event.previous_status else None
            return BoardCardChanged.told(moment, previous_status=before, order_id=id)
        if not was_shown or not await _is(session, self._known(id)):
            return None
        self._shown[id] = False
        return BoardCardRemoved.told(moment, removed_id=id)

    def _cards(self) -> Select[Any]:
        cards = Order.visible_to(self.actor).where(*self.matching)
        return cards if self.any_status else cards.where(Order.status.in_(LIVE))

    def _known(self, id: UUID) -> Select[Any]:
        return Order.visible_to(self.actor).where(Order.id == id)


@dataclass(slots=True)
class MenuScreen:
    """What a restaurant sells, for everybody."""

    restaurant_id: UUID
    over: bool = False

    @property
    def feed(self) -> Feed:
        return following.of_menu(self.restaurant_id)

    async def check(self, session: AsyncSession) -> None:
        known = select(Restaurant.id).where(Restaurant.id == self.restaurant_id)
        await must_be(session, known, "restaurant")

    async def present(self, session: AsyncSession, moment: Moment) -> Sequence[ProductChanged]:
        query = (
            select(Product.id)
            .join(Category, Category.id == Product.category_id)
            .where(Product.restaurant_id == self.restaurant_id, Product.removed_at.is_(None))
            .order_by(Category.rank, Product.rank, Product.id)
        )
        products = (await session.scalars(query)).all()
        return [ProductChanged.told(moment, product_id=id) for id in products]

    async def tell(
        self, session: AsyncSession, event: Row[Any], moment: Moment
    ) -> ProductChanged | RestaurantChanged | None:
        if event.subject_id == self.restaurant_id:
            return RestaurantChanged.told(moment, kind=event.kind, restaurant_id=event.subject_id)
        if not await _is(session, select(Product.id).where(Product.id == event.subject_id)):
            return None
        return ProductChanged.told(moment, product_id=event.subject_id)


async def _is(session: AsyncSession, query: Select[Any]) -> bool:
    return bool(await session.scalar(select(query.exists())))


async def must_be(session: AsyncSession, query: Select[Any], what: str) -> None:
    """Raises `Refused(NotFound)` where the query finds nothing."""
    if not await _is(session, query):
        raise Refused(NotFound(f"There is no such {what}.", ("id",)))
