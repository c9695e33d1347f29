"""What providers tell us by webhook: kept as it came, and taken as a reason to go and read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Text,
    Update,
    bindparam,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.models import Booking, Charge, Restaurant, Task, TaskState, Ticket, Webhook
from catering.providers.accounts import Account
from catering.providers.ports import Notice


async def heard(
    session: AsyncSession, account: Account, notice: Notice, raw: bytes, headers: dict[str, str]
) -> bool:
    """Keep the news and have the truth read at once. False when we have heard it before.

    A webhook never moves anything by itself: its words are theirs, it may be late, and some
    signatures prove little. It makes the next poll due now; that reads what is true.
    """
    news = {
        "id": ids.new(), "account_id": account.id, "dedupe_key": notice.dedupe_key, "raw": raw,
        "headers": headers,
    }  # fmt: skip
    if await session.scalar(_KEEP, news) is None:
        return False
    for hint in notice.hints:
        named = "external_id" if hint.reference is None else "reference"
        which = {"account": account.id, "name": getattr(hint, named)}
        await session.execute(_MAKE_DUE[account.port, named], which)
    return True


# Some dozens of webhooks come for each order, so what they need is built once, on the bare tables.
_TASKS: Final = cast(Table, Task.__table__)
_KEEP: Final = (
    insert(cast(Table, Webhook.__table__))
    .on_conflict_do_nothing()
    .returning(Webhook.__table__.columns["id"])
)


def _make_due(kind: str, subjects: Select[UUID]) -> Update:
    """Have their open tasks of this kind done now."""
    those = subjects.subquery()
    names = select(literal(f"{kind}:", Text) + those.c.id.cast(Text))
    return (
        update(_TASKS)
        .where(
            _TASKS.c.dedup.in_(names),
            _TASKS.c.state.in_([TaskState.PENDING, TaskState.RUNNING]),
        )
        .values(due=now(), rung_at=None)
    )


def _named(part: type[Ticket | Booking | Charge], column: str) -> ColumnElement[bool]:
    """By our reference where they repeat it, else by their id."""
    found: ColumnElement[bool] = part.__table__.columns[column] == bindparam("name")
    return found


def _of_a_kitchen(named: str) -> Update:
    tickets = select(Ticket.id).join(Restaurant, Restaurant.id == Ticket.restaurant_id)
    ours = tickets.where(Restaurant.account_id == bindparam("account"))
    return _make_due("poll_ticket", ours.where(_named(Ticket, named)))


def _of_a_company(named: str) -> Update:
    ours = select(Booking.id).where(Booking.account_id == bindparam("account"))
    return _make_due("poll_courier", ours.where(_named(Booking, named)))


def _of_a_bank(named: str) -> Update:
    # What was taken or given back is told with the payment that was authorised.
    ours = select(Charge.order_id).where(Charge.account_id == bindparam("account"))
    orders = ours.where(_named(Charge, named))
    return _make_due("make_charge", select(Charge.id).where(Charge.order_id.in_(orders)))


_OF: Final = {"kitchen": _of_a_kitchen, "courier": _of_a_company, "payment": _of_a_bank}
_MAKE_DUE: Final[Mapping[tuple[str, str], Update]] = {
    (port, named): of(named) for port, of in _OF.items() for named in ("reference", "external_id")
}
