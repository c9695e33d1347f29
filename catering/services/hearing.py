"""What providers tell us by webhook: kept as it came, and taken as a reason to go and read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.models import Booking, Charge, Restaurant, Task, Ticket, Webhook
from catering.models.base import bare
from catering.models.work import IS_OPEN
from catering.providers.accounts import Account, Port
from catering.providers.ports import Notice


async def heard(
    session: AsyncSession, account: Account, notice: Notice, raw: bytes, headers: dict[str, str]
) -> bool:
    """Keep the news and have the truth read at once. False when we have heard it before.

    A webhook never moves anything by itself: its words are theirs, it may be late, and some
    signatures prove little. It makes the next poll due now; that reads what is true. It is one
    statement, so nothing that was kept is forgotten.
    """
    news = {
        "news": ids.new(), "account": account.id, "dedupe_key": notice.dedupe_key, "raw": raw,
        "headers": headers,
        "references": [hint.reference for hint in notice.hints if hint.reference is not None],
        "external_ids": [hint.external_id for hint in notice.hints if hint.reference is None],
    }  # fmt: skip
    return await session.scalar(_HEARD[account.port], news) is not None


# Some dozens of webhooks come for each order, so what they need is built once, on the bare tables.
_TASKS: Final = bare(Task)
_WEBHOOKS: Final = bare(Webhook)
_ACCOUNT: Final = bindparam("account", type_=Uuid)


def _named(part: type[Ticket | Booking | Charge]) -> ColumnElement[bool]:
    """By our reference where they repeat it, else by their id."""
    columns, names = part.__table__.columns, ARRAY(Text)
    return or_(
        columns["reference"] == any_(bindparam("references", type_=names)),
        columns["external_id"] == any_(bindparam("external_ids", type_=names)),
    )


def _news(kind: str, subjects: Select[UUID]) -> Select[UUID]:
    """Keep it, and have the open tasks of this kind about these subjects done now."""
    kept = (
        insert(_WEBHOOKS)
        .values(
            id=bindparam("news", type_=Uuid),
            account_id=_ACCOUNT,
            dedupe_key=bindparam("dedupe_key"),
            raw=bindparam("raw"),
            headers=bindparam("headers"),
        )
        .on_conflict_do_nothing()
        .returning(_WEBHOOKS.c.id)
        .cte("kept")
    )
    those = subjects.subquery()
    names = select(literal(f"{kind}:", Text) + those.c.id.cast(Text))
    made_due = (
        update(_TASKS)
        .where(_TASKS.c.dedup.in_(names), IS_OPEN, select(kept.c.id).exists())
        .values(due=now(), rung_at=None)
    )
    return select(kept.c.id).add_cte(made_due.cte("made_due"))


def _of_a_kitchen() -> Select[UUID]:
    tickets = select(Ticket.id).join(Restaurant, Restaurant.id == Ticket.restaurant_id)
    ours = tickets.where(Restaurant.account_id == _ACCOUNT)
    return _news("poll_ticket", ours.where(_named(Ticket)))


def _of_a_company() -> Select[UUID]:
    ours = select(Booking.id).where(Booking.account_id == _ACCOUNT)
    return _news("poll_courier", ours.where(_named(Booking)))


def _of_a_bank() -> Select[UUID]:
    # What was taken or given back is told with the payment that was authorised.
    ours = select(Charge.order_id).where(Charge.account_id == _ACCOUNT)
    orders = ours.where(_named(Charge))
    return _news("make_charge", select(Charge.id).where(Charge.order_id.in_(orders)))


_HEARD: Final[Mapping[Port, Select[UUID]]] = {
    "kitchen": _of_a_kitchen(), "courier": _of_a_company(), "payment": _of_a_bank(),
}  # fmt: skip
