"""What an order costs and what was paid for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from catering.domain import orders
from catering.domain.orders import OrderStatus, PaymentMethod, PaymentStatus

from .base import word


class Paid:
    """The columns of an order that are money; all amounts in minor units of its currency."""

    currency: Mapped[str]
    subtotal: Mapped[int] = mapped_column(comment="Minor units; of the lines that will come.")
    delivery_fee: Mapped[int]
    payment_method: Mapped[PaymentMethod] = word(PaymentMethod)
    payment_status: Mapped[PaymentStatus] = word(PaymentStatus)
    payment_token: Mapped[str | None] = mapped_column(
        comment="The card, as the payment company calls it."
    )
    authorized: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    captured: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    cancellation_fee: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="What is paid though it will not come."
    )
    entries: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="Number of the last entry in the ledger."
    )
    fee_posted: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="What the ledger says of the delivery fee."
    )
    waived: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="What the office gave back after its end."
    )
    written_off: Mapped[int] = mapped_column(
        default=0, server_default=text("0"), comment="What nobody can get; negative: was not paid."
    )

    if TYPE_CHECKING:
        # How far the order is: its own column.
        status: Mapped[OrderStatus]

    @property
    def waits_for_card(self) -> bool:
        """Whether its card has not said yes."""
        unpaid = self.payment_status is PaymentStatus.PENDING
        return self.payment_method is PaymentMethod.CARD and unpaid

    @property
    def total(self) -> int:
        """What the customer pays, in minor units."""
        return orders.to_pay(self.status, self.subtotal, self.delivery_fee, self.cancellation_fee)
