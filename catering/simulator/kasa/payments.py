"""The payments of a card company: what banks set aside, what was taken and given back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from catering.simulator.kasa import hooks
from catering.simulator.kasa.reading import Faulty
from catering.simulator.ledger import Effect
from catering.simulator.world import KASA, World

LIMIT = 5_000_000
DECLINES = {
    "tok_declined": ("insufficient_funds", "There is not enough money on the card."),
    "tok_lost": ("lost_card", "The card was reported lost."),
    "tok_expired": ("expired_card", "The card has expired."),
}
"""Cards that no bank honours. All other tokens are good, up to `LIMIT`."""

SLOW = {"tok_slow": "tok_visa", "tok_slow_declined": "tok_declined", "tok_silent": None}
"""Cards whose bank takes its time: the card that it turns out to be, or None for ever."""


@dataclass(slots=True)
class Payment:
    id: str
    body: dict[str, Any]
    effect: Effect
    status: str = "processing"
    code: str = ""
    reason: str = ""
    captured: int = 0
    refunded: int = 0
    operations: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "reference": self.body["reference"],
            "status": self.status,
            "amount": self.body["amount"],
            "currency": self.body["currency"],
            "captured": self.captured,
            "refunded": self.refunded,
            "decline": {"code": self.code, "message": self.reason} if self.code else None,
            "operations": [dict(operation) for operation in self.operations],
        }

    def note(self, kind: str, reference: str, amount: int) -> None:
        number = f"{self.id}-{len(self.operations) + 1}"
        self.operations.append(
            {"id": number, "kind": kind, "reference": reference, "amount": amount}
        )


class Payments:
    """Every payment that was ever tried."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._payments: dict[str, Payment] = {}

    def clear(self) -> None:
        self._payments.clear()

    def find(self, id: str) -> Payment | None:
        return self._payments.get(id)

    def under(self, reference: str) -> list[Payment]:
        return [p for p in self._payments.values() if p.body["reference"] == reference]

    def create(self, body: dict[str, Any]) -> Payment:
        """Ask the bank. Most answer at once."""
        id = f"pay_{self._world.number()}"
        effect = self._world.ledger.payment(KASA, body["reference"], id, "processing")
        payment = self._payments[id] = Payment(id, body, effect)
        token, seconds = body["card_token"], self._world.bank.decide_seconds
        if token in SLOW:
            card = SLOW[token]
            if card is not None:
                self._world.clock.after(seconds, lambda: self._decide(payment, card))
        else:
            self._decide(payment, token)
        return payment

    def capture(self, payment: Payment, reference: str, amount: int) -> None:
        """Take it once; what is not taken is let go."""
        _must_be(payment, "authorized")
        if amount > payment.body["amount"]:
            raise Faulty(409, "amount_too_large", "More than was authorised.")
        if self._world.bank.refuse_captures:
            self._world.bank.refuse_captures -= 1
            raise Faulty(409, "capture_refused", "The bank has let the money go.")
        payment.captured = amount
        payment.note("capture", reference, amount)
        self._become(payment, "captured")

    def void(self, payment: Payment, reference: str) -> None:
        _must_be(payment, "authorized", "processing")
        payment.note("void", reference, payment.body["amount"])
        self._become(payment, "voided", live=False)

    def refund(self, payment: Payment, reference: str, amount: int) -> None:
        _must_be(payment, "captured", "partially_refunded")
        if payment.refunded + amount > payment.captured:
            raise Faulty(409, "refund_too_large", "More than was captured.")
        payment.refunded += amount
        payment.note("refund", reference, amount)
        whole = payment.refunded == payment.captured
        self._become(payment, "refunded" if whole else "partially_refunded", live=not whole)

    def _decide(self, payment: Payment, token: str) -> None:
        if payment.status != "processing":
            return
        code, reason = DECLINES.get(token, ("", ""))
        if payment.body["amount"] > LIMIT:
            code, reason = "limit_exceeded", "That is more than this card may pay."
        if self._world.bank.decline_next:
            self._world.bank.decline_next -= 1
            code, reason = "do_not_honor", "The bank does not say why."
        payment.code, payment.reason = code, reason
        self._become(payment, "declined" if code else "authorized", live=not code)

    def _become(self, payment: Payment, status: str, *, live: bool = True) -> None:
        payment.status = status
        payment.effect.become(status, live=live)
        hooks.announce(self._world, f"payment.{status}", payment.shown())


def _must_be(payment: Payment, *statuses: str) -> None:
    if payment.status not in statuses:
        raise Faulty(409, "wrong_status", f"A payment that is {payment.status} cannot do that.")
