"""What providers tell us by webhook: kept as it came, and taken as a reason to go and read."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.models import Booking, Charge, Restaurant, Task, TaskState, Ticket, Webhook
from catering.providers.accounts import Account
from catering.providers.ports import Hint, Notice


async def heard(
    session: AsyncSession, account: Account, notice: Notice, raw: bytes, headers: dict[str, str]
) -> bool:
    """Keep the news and have the truth read at once. False when we have heard it before.

    A webhook never moves anything by itself: its words are theirs, it may be late, and some
    signatures prove little. It makes the next poll due now; that reads what is true.
    """
    new = await session.scalar(
        insert(Webhook)
        .values(
            id=ids.new(), account_id=account.id, dedupe_key=notice.dedupe_key, raw=raw,
            headers=headers,
        )
        .on_conflict_do_nothing()
        .returning(Webhook.id)
    )  # fmt: skip
    if new is None:
        return False
    for kind, subject in await _subjects(session, account, notice.hints):
        await session.execute(
            update(Task)
            .where(
                Task.dedup == f"{kind}:{subject}",
                Task.state.in_([TaskState.PENDING, TaskState.RUNNING]),
            )
            .values(due=now(), rung_at=None)
        )
    return True


async def _subjects(
    session: AsyncSession, account: Account, hints: Iterable[Hint]
) -> list[tuple[str, UUID]]:
    found = list[tuple[str, UUID]]()
    for hint in hints:
        if account.port == "kitchen":
            tickets = select(Ticket.id).join(Restaurant).where(Restaurant.account_id == account.id)
            named = _named(Ticket, hint)
            found += [("poll_ticket", id) for id in await session.scalars(tickets.where(named))]
        elif account.port == "payment":
            # What was taken or given back is told with the payment that was authorised.
            known = select(Charge.order_id).where(
                Charge.account_id == account.id, _named(Charge, hint)
            )
            charges = select(Charge.id).where(Charge.order_id.in_(known))
            found += [("make_charge", id) for id in await session.scalars(charges)]
        else:
            bookings = select(Booking.id).where(Booking.account_id == account.id)
            named = _named(Booking, hint)
            found += [("poll_courier", id) for id in await session.scalars(bookings.where(named))]
    return found


def _named(part: type[Ticket | Booking | Charge], hint: Hint) -> ColumnElement[bool]:
    """By our reference where they repeat it, else by their id."""
    if hint.reference is not None:
        return part.reference == hint.reference
    return part.external_id == hint.external_id
