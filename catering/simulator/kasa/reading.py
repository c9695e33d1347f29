"""What Kasa accepts, and the errors it answers otherwise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from catering.simulator.checks import Check, broken, maybe, text, whole

LARGEST = 10**9
_TYPES = {400: "invalid_request", 401: "authentication", 402: "card_declined", 404: "not_found"}


class Faulty(Exception):
    """One of Kasa's errors: `{"error": {"type", "code", "message", …}}`."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.more = status, code, message, more

    def shown(self) -> tuple[int, dict[str, Any]]:
        kind = _TYPES.get(self.status, "invalid_state")
        error = {"type": kind, "code": self.code, "message": self.message}
        return self.status, {"error": error | self.more}


def _currency(value: Any) -> str | None:
    good = isinstance(value, str) and re.fullmatch("[A-Z]{3}", value)
    return None if good else "must be an upper-case ISO 4217 code"


def _token(value: Any) -> str | None:
    good = isinstance(value, str) and re.fullmatch("tok_[a-z0-9_]{1,60}", value)
    return None if good else "is no card token"


REFERENCE: Mapping[str, Check] = {"reference": text(64)}
AMOUNT: Mapping[str, Check] = {**REFERENCE, "amount": whole(1, LARGEST)}
PAYMENT: Mapping[str, Check] = {
    **AMOUNT,
    "currency": _currency,
    "card_token": _token,
    "description": maybe(text(200)),
}


def checked(body: dict[str, Any] | None, rules: Mapping[str, Check]) -> dict[str, Any]:
    """The body, as it was. Raises `Faulty` for the first field that is wrong."""
    if body is None:
        raise Faulty(400, "invalid_request", "The body must be a JSON object.")
    for field, rule in broken(body, rules).items():
        raise Faulty(400, "invalid_request", f"{field} {rule}.", param=field)
    return body
