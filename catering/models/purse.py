"""How an order is paid, as a part of it: one method in which its status changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

from catering.domain import ids, ledger
from catering.domain.bookings import CARRIES
from catering.domain.events import became
from catering.domain.ledger import Bearer, Share
from catering.domain.orders import ENDS, OrderStatus, PaymentMethod, PaymentStatus
from catering.domain.payments import (
    CHARGE,
    PAYMENT,
    ChargeAction,
    ChargeKind,
    ChargeStatus,
    Hold,
    PaymentAction,
    Standing,
    next_charge,
)
from catering.domain.people import SYSTEM, Actor
from catering.domain.tickets import TicketStatus

from .parts import Part
from .payment import Charge

if TYPE_CHECKING:
    from .order import Order

_SPENT = frozenset({ChargeKind.CAPTURE, ChargeKind.VOID})


class Payment(Part):
    """The payment of one order. Its columns are the order's own, and so is its id."""

    life: ClassVar = PAYMENT

    def __init__(self, order: Order) -> None:
        self._order = order

    @property
    def id(self) -> UUID:
        return self._order.id

    @property
    def status(self) -> PaymentStatus:
        return self._order.payment_status

    @status.setter
    def status(self, status: PaymentStatus) -> None:
        self._order.payment_status = status

    def become(self, status: PaymentStatus, *, by: Actor, note: str | None = None) -> None:
        """Change status and record it. The kind of the event tells it: the subject is the order,
        whose own status is another."""
        self.status = status
        self._order.settle(self.id)
        self._order.record(became(status), self, by=by, note=note)

    def whole(self) -> Order:
        return self._order

    @property
    def asked(self) -> Charge | None:
        """What the payment company has not answered yet."""
        open = (c for c in self._order.charges if c.status is ChargeStatus.REQUESTED)
        return next(open, None)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """What the bank has set aside, each time that it was asked to."""
        done = (c for c in self._order.charges if c.status is ChargeStatus.DONE)
        return tuple(self._hold(c) for c in done if c.kind is ChargeKind.AUTHORIZE)

    @property
    def held(self) -> int:
        """What the bank still sets aside."""
        return sum(hold.held for hold in self.holds)

    @property
    def paid(self) -> int:
        """What the customer has paid and not got back."""
        return self._order.captured - self._order.refunded

    @property
    def owed(self) -> int:
        """What the customer has to pay and to leave with us."""
        return self._order.total - (self._order.waived or 0)

    @property
    def covers(self) -> int:
        """What the order may cost before its card has to be asked again."""
        return self.held + self.paid

    @property
    def account_id(self) -> UUID | None:
        """The payment company that has set money aside for it."""
        done = (c for c in self._order.charges if c.status is ChargeStatus.DONE)
        return next((c.account_id for c in done if c.kind is ChargeKind.AUTHORIZE), None)

    @property
    def is_stuck(self) -> bool:
        """The company will not give it back, so a person has to."""
        refused = (c for c in self._order.charges if c.status is ChargeStatus.REFUSED)
        return any(c.kind is ChargeKind.REFUND for c in refused)

    def ask(
        self,
        kind: ChargeKind,
        amount: int,
        account_id: UUID,
        *,
        hold: UUID | None = None,
        resolution: UUID | None = None,
    ) -> None:
        """Have the payment company asked for something; its name is stored before the call."""
        id = ids.new()
        charge = Charge(
            id=id, account_id=account_id, kind=kind, status=CHARGE.first, amount=amount,
            hold_id=hold, resolution_id=resolution, reference=f"pay-{id.hex}",
            created_at=self._order.now,
        )  # fmt: skip
        self._order.charges.append(charge)
        self._order.changed(charge, by=SYSTEM)

    def charged(self, charge: Charge) -> None:
        """The payment company did what it was asked for."""
        order, held = self._order, self._held_for(charge)
        charge.perform(ChargeAction.FINISH, by=SYSTEM)
        match charge.kind:
            case ChargeKind.AUTHORIZE:
                order.authorized += charge.amount
                order.book.write(ledger.authorised(charge.amount))
                self._step(PaymentAction.AUTHORIZE)  # not where it was called off meanwhile
            case ChargeKind.CAPTURE:
                order.captured += charge.amount
                order.book.write(ledger.captured(held, charge.amount))
                self._step(PaymentAction.CAPTURE)
            case ChargeKind.VOID:
                order.book.write(ledger.voided(held))
                self._step(PaymentAction.VOID)
            case ChargeKind.REFUND:
                order.refunded += charge.amount
                order.book.write(ledger.refunded(charge.amount))
                self._refund_step()
        self.settle_up()

    def refused(self, charge: Charge, why: str) -> None:
        """The payment company will not do it, whenever it is asked."""
        held = self._held_for(charge)
        charge.perform(ChargeAction.REFUSE, by=SYSTEM, note=why)
        match charge.kind:
            case ChargeKind.AUTHORIZE:
                if self.status is PaymentStatus.PENDING:  # and not only a dearer swap
                    self._step(PaymentAction.DECLINE, why)
            case ChargeKind.CAPTURE:
                self._order.book.write(ledger.voided(held))
                if not self.covers:  # what else is set aside or was taken is still good
                    self._step(PaymentAction.DECLINE, why)
            case ChargeKind.VOID:  # it is gone already, or the bank will let it go by itself
                self._order.book.write(ledger.voided(held))
                self._step(PaymentAction.VOID)
        self.settle_up()

    def charge_fee(self, shares: tuple[Share, ...]) -> None:
        """The customer pays for what was begun, though it will not come."""
        self._order.cancellation_fee = sum(share.amount for share in shares)
        self._order.book.write(ledger.cancellation_fee(shares))

    def settle_up(self) -> None:
        """Ask for what is to be asked next; when nothing is left to ask, close the books."""
        if self.asked is not None:
            return
        errand = None if self.is_stuck else next_charge(self._standing())
        if errand is not None and self.account_id is not None:
            self.ask(errand.kind, errand.amount, self.account_id, hold=errand.hold)
        elif self._order.status in ENDS:
            self._write_off(self.paid - self.owed - (self._order.written_off or 0))

    def end(self) -> None:
        """The order has ended: who has earned what, and who still has to get something."""
        delivered = self._order.status is OrderStatus.DELIVERED
        if delivered:
            self._order.book.follow()
            self._order.book.write(ledger.earned(self._earned()))
        else:
            self._order.book.write(ledger.called_off(self._agreed()))
        self._pay_carriers()
        if self.status is PaymentStatus.PENDING and not self._bill():
            self._collect() if delivered else self._drop()
        self.settle_up()

    def give_back(
        self, amount: int, bearer: Bearer, party_id: UUID | None, line_id: UUID | None
    ) -> None:
        """The office gives back so much of what was paid, by the way that it came."""
        order = self._order
        order.waived = (order.waived or 0) + amount
        order.book.write(ledger.granted(amount, bearer, party_id, line_id))
        if order.payment_method is PaymentMethod.CARD:
            self.settle_up()
            return
        owing = order.organisation_id
        order.refunded += amount
        order.book.write(ledger.credited(amount, owing) if owing else ledger.refunded(amount))
        self._refund_step()

    def _refund_step(self) -> None:
        part = self._order.refunded < self._order.captured
        self._step(PaymentAction.REFUND_PART if part else PaymentAction.REFUND)

    def _write_off(self, rest: int) -> None:
        """What nobody can get any more, once."""
        if rest:
            self._order.book.write(ledger.written_off(rest))
            self._order.written_off = (self._order.written_off or 0) + rest

    def _step(self, action: PaymentAction, note: str | None = None) -> None:
        if self.can(action):
            self.perform(action, by=SYSTEM, note=note)

    def _collect(self) -> None:
        """Cash, at the door."""
        if self._order.payment_method is PaymentMethod.CASH:
            order, journey = self._order, self._order.delivery
            order.captured = order.total
            order.book.write(ledger.collected(order.total, journey.driver_id if journey else None))
            self.perform(PaymentAction.COLLECT, by=SYSTEM)

    def _bill(self) -> bool:
        """What an organisation owes, for what came or for having called it off."""
        order, owing = self._order, self._order.organisation_id
        if order.payment_method is not PaymentMethod.INVOICE or owing is None or not order.total:
            return False
        order.captured = order.total
        order.book.write(ledger.invoiced(order.total, owing))
        self.perform(PaymentAction.COLLECT, by=SYSTEM)
        return True

    def _drop(self) -> None:
        """Nobody was asked for money, so there is no event to tell of it."""
        self.status = self.life.advance(self.status, PaymentAction.VOID, SYSTEM.role)

    def _standing(self) -> Standing:
        order = self._order
        return Standing(
            method=order.payment_method,
            holds=self.holds,
            owed=self.owed,
            collected=any(t.status is TicketStatus.PICKED_UP for t in order.tickets),
            ended=order.status in ENDS,
        )

    def _hold(self, hold: Charge) -> Hold:
        mine = [c for c in self._order.charges if c.hold_id == hold.id]
        spent = any(c.kind in _SPENT and c.status is not ChargeStatus.REQUESTED for c in mine)
        kept = dict.fromkeys(ChargeKind, 0)
        for charge in mine:
            kept[charge.kind] += charge.amount if charge.status is ChargeStatus.DONE else 0
        left = kept[ChargeKind.CAPTURE] - kept[ChargeKind.REFUND]
        return Hold(hold.id, held=0 if spent else hold.amount, kept=left)

    def _held_for(self, charge: Charge) -> int:
        """What is set aside of the hold that a charge is about."""
        return next((hold.held for hold in self.holds if hold.id == charge.hold_id), 0)

    def _earned(self) -> tuple[Share, ...]:
        order = self._order
        food = (Share(t.restaurant_id, sum(li.total for li in t.lines)) for t in order.tickets)
        return (*food, Share(None, order.delivery_fee))

    def _agreed(self) -> int:
        """What stands in escrow."""
        lines = sum(line.posted or 0 for ticket in self._order.tickets for line in ticket.lines)
        return lines + self._order.fee_posted

    def _pay_carriers(self) -> None:
        """Whoever has carried it is paid, also when nobody opened the door."""
        journey = self._order.delivery
        if journey is None or not journey.started:
            return
        for booking in journey.bookings:
            if booking.fee and booking.status in CARRIES:
                self._order.book.write(ledger.courier_cost(booking.fee, booking.account_id))
        if journey.driver_id is not None:
            self._order.book.write(ledger.courier_cost(journey.reward, journey.driver_id))
