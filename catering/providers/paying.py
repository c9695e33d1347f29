"""The port to payment companies. As in `ports.py`, an answer is data and never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from catering.providers.ports import (
    Ambiguous,
    CannotTell,
    Found,
    Missing,
    Receipt,
    Reply,
    Unavailable,
)
from catering.providers.values import PaymentReport, PaymentRequest

__all__ = [
    "Charged",
    "Declined",
    "PaymentAnswer",
    "PaymentCapabilities",
    "PaymentCompany",
    "PaymentReport",
    "PaymentRequest",
    "Processing",
]


@dataclass(frozen=True, slots=True)
class Charged:
    """They did it."""

    report: PaymentReport


@dataclass(frozen=True, slots=True)
class Declined:
    """A final no, with their code and words that a customer may read."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Processing:
    """They have it and have not decided: look it up by its reference until they have."""

    report: PaymentReport


PaymentAnswer: TypeAlias = Charged | Declined | Processing | Ambiguous | Unavailable


@dataclass(frozen=True, slots=True)
class PaymentCapabilities:
    """What the core can expect of a payment company; the conformance suite holds it to that."""

    idempotent: bool
    partial_capture: bool
    webhooks: bool
    look_again_after: timedelta = timedelta(seconds=10)


class PaymentCompany(Protocol):
    """Whoever takes cards for us. Amounts are minor units.

    Each request has our own reference, stored before the call. `hold` names, in their words, the
    authorisation that it is about. Repeat an `Ambiguous` one only after `find` said `Missing`.
    """

    @property
    def capabilities(self) -> PaymentCapabilities: ...

    @property
    def acknowledgement(self) -> Reply: ...

    async def authorise(self, wanted: PaymentRequest) -> PaymentAnswer:
        """Have the bank set the amount aside; nothing is taken yet."""
        ...

    async def capture(self, wanted: PaymentRequest) -> PaymentAnswer:
        """Take the amount of what was set aside, once; the rest is let go."""
        ...

    async def void(self, wanted: PaymentRequest) -> PaymentAnswer:
        """Let all of it go."""
        ...

    async def refund(self, wanted: PaymentRequest) -> PaymentAnswer:
        """Give the amount back of what was taken."""
        ...

    async def find(self, wanted: PaymentRequest) -> Found[PaymentReport] | Missing | CannotTell:
        """What became of an earlier request, by our reference alone."""
        ...

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        """What a webhook says, after its signature was checked over these very bytes."""
        ...
