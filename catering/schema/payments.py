"""The money of an order: how it is paid, and its ledger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry
from strawberry import ID

from catering import models
from catering.domain import cancellation
from catering.domain.cancellation import Begun
from catering.domain.ids import Prefix
from catering.domain.ledger import Bearer
from catering.domain.lines import GONE
from catering.domain.orders import ENDS, PaymentMethod, PaymentStatus
from catering.domain.refunds import RefundReason
from catering.domain.tickets import LOST

from .directives import about
from .exposing import Info, View, encoded, exposes
from .tickets import OrderLine
from .values import Money


@exposes(models.LedgerLine)
class LedgerEntry(View):
    """What one pot of money got, or gave where it is negative. All of one `entry` sum to zero."""

    entry: int
    account: str
    reason: str
    bearer: str | None
    occurred_at: datetime

    @strawberry.field(description="Opaque, and unique across all types.")
    def id(self) -> ID:
        return encoded(Prefix.LEDGER_ENTRY, self.row.id)

    @strawberry.field(description="What the pot got.")
    def amount(self) -> Money:
        return Money.of(self.row.amount, self.row.currency)

    @strawberry.field(description="The line of the order that it is about.")
    async def line(self, info: Info) -> OrderLine | None:
        return OrderLine.maybe(await info.context.loaders.one(models.Line, self.row.line_id))


@exposes(models.Refund)
class Refund(View):
    """An amount that the office gave back after the end, why, and who bears it."""

    reason: RefundReason
    bearer: Bearer
    note: str | None
    created_at: datetime

    @strawberry.field(description="How much.")
    def amount(self) -> Money:
        return Money.of(self.row.amount, self.row.currency)

    @strawberry.field(description="The line that it is about; null: all of the order.")
    async def line(self, info: Info) -> OrderLine | None:
        return OrderLine.maybe(await info.context.loaders.one(models.Line, self.row.line_id))


@strawberry.type(description="How an order is paid, and where the money is.")
class Payment:
    """Amounts of one order."""

    method: PaymentMethod
    status: PaymentStatus
    authorized: Money
    captured: Money
    refunded: Money
    order_id: strawberry.Private[Any]

    @staticmethod
    def of(row: Any) -> Payment:
        """The payment of an order."""
        return Payment(
            method=row.payment_method,
            status=row.payment_status,
            authorized=Money.of(row.authorized, row.currency),
            captured=Money.of(row.captured, row.currency),
            refunded=Money.of(row.refunded, row.currency),
            order_id=row.id,
        )

    @about(20)
    @strawberry.field(description="The ledger, in order. The office sees all, others their own.")
    async def entries(self, info: Info) -> list[LedgerEntry]:
        found = await info.context.loaders.of(models.LedgerLine, "order_id", self.order_id)
        return LedgerEntry.each(found)


async def cancellation_fee(order: Any, info: Info) -> int:
    """What calling an order off costs its customer, in minor units."""
    if order.status in ENDS:
        return int(order.cancellation_fee)
    loaders = info.context.loaders
    tickets = await loaders.of(models.Ticket, "order_id", order.id)
    lines = await loaders.of_each(models.Line, "ticket_id", [ticket.id for ticket in tickets])
    shares = cancellation.fee(
        (Begun(t.restaurant_id, t.status, _food(t, lines)) for t in tickets),
        delivery_fee=order.delivery_fee,
        promised=order.promised_at,
        expected=cancellation.expected(
            order.now, order.estimated_at, (t.ready_at for t in tickets if t.status not in LOST)
        ),
    )
    return sum(share.amount for share in shares)


def _food(ticket: Any, lines: list[Any]) -> int:
    coming = (line for line in lines if line.ticket_id == ticket.id and line.status not in GONE)
    return sum(line.quantity * line.unit_price for line in coming)
