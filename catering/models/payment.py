"""The money of one order: what a payment company is asked for, and the ledger of all of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    false,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from catering.domain import ids, ledger
from catering.domain.events import EventKind
from catering.domain.ledger import CARRIERS, CUSTOMERS, Bearer, Entry, LedgerAccount, LedgerReason
from catering.domain.payments import CHARGE, ChargeKind, ChargeStatus
from catering.domain.people import STAFF, Actor, Role

from .account import ProviderAccount
from .base import Base, moment, word
from .parts import Part
from .people import Staff

if TYPE_CHECKING:
    from .order import Order


class Charge(Part, Base):
    """One thing that a payment company is asked for: to set aside, take, let go or give back."""

    __tablename__ = "charges"
    life: ClassVar = CHARGE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey(ProviderAccount.id))
    kind: Mapped[ChargeKind] = word(ChargeKind)
    status: Mapped[ChargeStatus] = word(ChargeStatus)
    amount: Mapped[int] = mapped_column(BigInteger, comment="Minor units.")
    hold_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("charges.id"), comment="The authorisation that it takes from or gives back."
    )
    resolution_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("resolutions.id"), comment="The dearer swap that it is to pay for."
    )
    reference: Mapped[str] = mapped_column(
        unique=True, comment="Ours, stored before the company is called."
    )
    external_id: Mapped[str | None] = mapped_column(index=True, comment="Theirs.")
    provider_word: Mapped[str | None] = mapped_column(comment="Their last status word, as it came.")
    escalated: Mapped[bool] = mapped_column(
        default=False, server_default=false(), comment="A manager was told; it hangs still."
    )
    created_at: Mapped[datetime] = moment()

    order: Mapped[Order] = relationship(lazy="raise_on_sql", back_populates="charges")

    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index(
            "uq_charges_open", "order_id", unique=True,
            postgresql_where=status == ChargeStatus.REQUESTED.value,
        ),
    )  # fmt: skip

    def become(self, status: ChargeStatus, *, by: Actor, note: str | None = None) -> None:
        """Change status and record it; what was answered needs nobody any more."""
        self.escalated = False
        super().become(status, by=by, note=note)

    def escalate(self, *, by: Actor) -> None:
        """Tell a manager that the company does not answer; it is asked on."""
        self.escalated = True
        note = f"{self.reference}: the payment company does not answer."
        self.order.record(EventKind.CHARGE_ESCALATED, self, by=by, note=note)

    def whole(self) -> Order:
        return self.order


class LedgerLine(Base):
    """One posting of one entry. The lines of an entry sum to zero; the database sees to it."""

    __tablename__ = "ledger"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    entry: Mapped[int] = mapped_column(comment="Its place in the order; without gaps.")
    rank: Mapped[int] = mapped_column(comment="Its place in the entry.")
    account: Mapped[LedgerAccount] = word(LedgerAccount)
    amount: Mapped[int] = mapped_column(BigInteger, comment="What the pot gets, in minor units.")
    currency: Mapped[str]
    reason: Mapped[LedgerReason] = word(LedgerReason)
    bearer: Mapped[Bearer | None] = word(Bearer)
    party_id: Mapped[UUID | None] = mapped_column(
        index=True, comment="Which restaurant, driver or courier company."
    )
    line_id: Mapped[UUID | None] = mapped_column(comment="The line of the order that it is about.")
    occurred_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("order_id", "entry", "rank", name="uq_ledger_entry"),
        CheckConstraint("amount <> 0", name="amount_not_zero"),
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> Select[Self]:
        """The office sees all; customers their own side of it; restaurants what they earn."""
        from .order import Order

        if actor.role is None or actor.role in STAFF:
            return select(cls)
        if actor.role is Role.CUSTOMER:
            mine = Order.visible_to(actor).with_only_columns(Order.id)
            return select(cls).where(cls.order_id.in_(mine), cls.account.in_(CUSTOMERS))
        if actor.role is Role.RESTAURANT:
            ours = select(Staff.restaurant_id).where(Staff.user_id == actor.id)
            return select(cls).where(
                cls.account == LedgerAccount.RESTAURANT, cls.party_id.in_(ours)
            )
        if actor.role is Role.DRIVER:
            return select(cls).where(cls.account.in_(CARRIERS), cls.party_id == actor.id)
        return select(cls).where(false())


class Book:
    """The ledger of one order, as far as this transaction writes it."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def open(self) -> None:
        """The customer has agreed: from here on, every change is posted."""
        self._post(ledger.ordered(self._changes()))

    def write(self, entry: Entry) -> None:
        """Post an entry. An order from before there was a ledger has none, and gets none."""
        if self._order.entries:
            self._post(entry)

    def follow(self) -> None:
        """Post what lines and journey cost now, where that is not what they cost before."""
        if self._order.entries and (changes := self._changes()):
            self._post(ledger.changed(changes))

    def _changes(self) -> tuple[ledger.Change, ...]:
        order = self._order
        changes = list[ledger.Change]()
        for line in (line for ticket in order.tickets for line in ticket.lines):
            changes.append(ledger.Change(line.id, line.posted or 0, line.total))
            line.posted = line.total
        changes.append(ledger.Change(None, order.fee_posted or 0, order.delivery_fee))
        order.fee_posted = order.delivery_fee
        return tuple(change for change in changes if change.before != change.after)

    def _post(self, entry: Entry) -> None:
        order = self._order
        if not entry.postings:
            return
        order.entries += 1
        lines = order.ledger
        for rank, posting in enumerate(entry.postings):
            lines.append(
                LedgerLine(
                    order_id=order.id, entry=order.entries, rank=rank, account=posting.account,
                    amount=posting.amount, currency=order.currency, reason=entry.reason,
                    bearer=posting.bearer, party_id=posting.party_id, line_id=posting.line_id,
                    occurred_at=order.now,
                )
            )  # fmt: skip
