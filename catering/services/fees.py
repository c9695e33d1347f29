"""What calling an order off would cost just now, and whom."""

from __future__ import annotations

from catering.domain import cancellation, ledger
from catering.domain.cancellation import Begun
from catering.domain.ledger import Share
from catering.domain.tickets import LOST
from catering.models import Order


def cancellation_fee(order: Order) -> tuple[Share, ...]:
    """What its customer would pay for changing his mind."""
    return cancellation.fee(
        _begun(order),
        delivery_fee=order.delivery_fee,
        promised=order.promised_at,
        expected=cancellation.expected(
            order.now,
            order.estimated_at,
            (t.ready_at for t in order.tickets if t.status not in LOST),
        ),
    )


def no_show_fee(order: Order) -> tuple[Share, ...]:
    """What its customer pays when he is not at his door: what came, and the journey."""
    return (*work_done(order), Share(None, order.delivery_fee))


def work_done(order: Order) -> tuple[Share, ...]:
    """What its restaurants have coming, whoever pays."""
    return cancellation.work_done(_begun(order))


def pay_for_what_was_begun(order: Order, fee: tuple[Share, ...]) -> None:
    """Its restaurants are paid: by the customer where he owes a fee, and otherwise by us."""
    if fee:
        order.payment.charge_fee(fee)
    else:
        order.book.write(ledger.compensated(work_done(order)))


def _begun(order: Order) -> tuple[Begun, ...]:
    return tuple(
        Begun(ticket.restaurant_id, ticket.status, sum(line.total for line in ticket.lines))
        for ticket in order.tickets
    )
