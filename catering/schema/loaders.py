"""Reading: plain rows, in batches, each batch one short statement under the caller's own rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, false, func, select, true
from strawberry.dataloader import DataLoader

from catering.database import Transaction, now
from catering.domain.people import STAFF, Actor
from catering.models import (
    Base,
    Booking,
    Category,
    Delivery,
    Driver,
    DriverDocument,
    Event,
    Line,
    Modifier,
    ModifierGroup,
    Order,
    Product,
    ProviderAccount,
    Rating,
    Resolution,
    Restaurant,
    Staff,
    Stop,
    Task,
    Ticket,
    User,
    Variant,
)

from .reading import Reading, Rows

Model: TypeAlias = type[Base]

_PUBLIC: tuple[Model, ...] = (
    Restaurant, Category, Product, Variant, ModifierGroup, Modifier, ProviderAccount
)  # fmt: skip
_PARENT: dict[Model, tuple[Model, str]] = {
    Line: (Ticket, "ticket_id"),
    Resolution: (Ticket, "ticket_id"),
    Task: (Order, "order_id"),
    Stop: (Delivery, "delivery_id"),
    Booking: (Delivery, "delivery_id"),
}


def visible(model: Model, actor: Actor | None) -> ColumnElement[bool]:
    """Which rows of a table this caller may know about."""
    if model in _PUBLIC:
        return true()
    if model is Rating and actor is None:
        return Rating.restaurant_id.is_not(None)
    if actor is None or actor.role is None:
        return false()  # nobody is signed in; the system itself does not ask through the API
    if model in _PARENT:
        parent, column = _PARENT[model]
        known = select(_id(parent)).where(visible(parent, actor))
        return model.__table__.columns[column].in_(known)
    if model in (User, Driver):
        return true()  # what of a person is shown is decided field by field
    if model is Staff:
        return true() if actor.role in STAFF else Staff.user_id == actor.id
    if model is DriverDocument:
        return true() if actor.role in STAFF else DriverDocument.driver_id == actor.id
    if model is Event:
        return _of_history(actor)
    mine: ColumnElement[bool] = _id(model).in_(_ids(model, actor))
    return mine


def rows(model: Model, actor: Actor | None) -> Select[Any]:
    """The plain rows of a table that this caller may know about; `now` is when they were read."""
    return select(*model.__table__.columns, now().label("now")).where(visible(model, actor))


class Loaders:
    """What one operation, or one event of a subscription, has read so far."""

    def __init__(self, transaction: Transaction, actor: Actor | None) -> None:
        self._reading, self._actor = Reading(transaction), actor
        self._made: dict[Hashable, DataLoader[Any, Any]] = {}

    async def one(self, model: Model, id: UUID | None) -> Row[Any] | None:
        """The row with this id, or None when there is none that the caller may know of."""
        if id is None:
            return None
        found: Rows = await self._loader(model, "id").load(id)
        return found[0] if found else None

    async def each(self, model: Model, ids: Sequence[UUID]) -> list[Row[Any]]:
        """The rows with these ids, in this order, without those that are not there."""
        found = await self._loader(model, "id").load_many(list(ids))
        return [rows[0] for rows in found if rows]

    async def of(self, model: Model, column: str, id: UUID) -> Rows:
        """The rows that belong to a parent, in their natural order."""
        found: Rows = await self._loader(model, column).load(id)
        return found

    async def latest(self, model: Model, column: str, id: UUID, by: str, most: int) -> Rows:
        """The newest rows that belong to a parent, newest first; `by` says when each is from."""

        async def load(keys: list[UUID]) -> list[Rows]:
            key, at = (model.__table__.columns[name] for name in (column, by))
            place = func.row_number().over(partition_by=key, order_by=at.desc()).label("place")
            all_of_them = rows(model, self._actor).add_columns(place).where(key.in_(keys))
            every = all_of_them.subquery()
            query = select(every).where(every.c.place <= most).order_by(every.c.place)
            return _by(column, keys, await self.read(query))

        found: Rows = await self.batched((model, column, by, most), load).load(id)
        return found

    async def of_each(self, model: Model, column: str, ids: Sequence[UUID]) -> list[Row[Any]]:
        """The rows that belong to any of these parents, parent by parent."""
        found = await self._loader(model, column).load_many(list(ids))
        return [row for rows in found for row in rows]

    def batched(
        self, same: Hashable, load: Callable[[list[Any]], Awaitable[list[Any]]]
    ) -> DataLoader[Any, Any]:
        """What loads for all who ask the same, at once."""
        if same not in self._made:
            self._made[same] = DataLoader(load_fn=load)
        return self._made[same]

    async def read(self, query: Select[Any]) -> Rows:
        """The rows of any query; one that begins with `rows`."""
        return await self._reading.rows(query)

    def _loader(self, model: Model, column: str) -> DataLoader[Any, Any]:
        async def load(keys: list[UUID]) -> list[Rows]:
            return await self._load(model, column, keys)

        return self.batched((model, column), load)

    async def _load(self, model: Model, column: str, keys: list[UUID]) -> list[Rows]:
        key = model.__table__.columns[column]
        query = rows(model, self._actor).where(key.in_(keys)).order_by(*_natural(model))
        return _by(column, keys, await self.read(query))


def _by(column: str, keys: list[UUID], rows: Rows) -> list[Rows]:
    found = defaultdict[UUID, list[Row[Any]]](list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return [found[key] for key in keys]


def _natural(model: Model) -> Sequence[ColumnElement[Any]]:
    columns = model.__table__.columns
    order = ("entry", "rank", "created_at", "sequence", "id")
    return [columns[name] for name in order if name in columns]


def _ids(model: Model, actor: Actor) -> Select[Any]:
    narrowed: Select[Any] = model.visible_to(actor)  # type: ignore[attr-defined]
    return narrowed.with_only_columns(_id(model))


def _id(model: Model) -> Any:
    return model.__table__.columns["id"]


def _of_history(actor: Actor) -> ColumnElement[bool]:
    """Customers and the office read all that happened, the others what concerns them."""
    seen = Event.order_id.in_(_ids(Order, actor)) & Event.position.is_not(None)
    if actor.role in STAFF or actor.role == "CUSTOMER":
        return seen
    concerns = Event.driver_id == actor.id
    if actor.role == "RESTAURANT":
        concerns = Event.ticket_id.in_(_ids(Ticket, actor))
    return seen & concerns
