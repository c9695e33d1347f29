"""Kasa: cards are authorised first and captured later, in the manner of today's companies.

Invented, because no real one may be copied here as it is: JSON, a secret key, an idempotency key
for everything that moves money, signed webhooks. `docs/simulator.md` describes it.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catering.simulator.kasa.payments import Payment, Payments
from catering.simulator.kasa.reading import AMOUNT, PAYMENT, REFERENCE, Faulty, checked
from catering.simulator.operations import Operations, json_object
from catering.simulator.world import KASA, World

Answer = Callable[[Request], Awaitable[tuple[int, dict[str, Any]]]]
LONGEST_KEY = 255


def application(world: World) -> Starlette:
    kasa = Kasa(world)
    world.at_restart(kasa.clear)
    calls = Operations(world, KASA)
    payment = "/v1/payments/{id}"
    calls.add("create_payment", "POST", "/v1/payments", kasa.known(kasa.once(kasa.create)))
    calls.add("list_payments", "GET", "/v1/payments", kasa.known(kasa.list))
    calls.add("get_payment", "GET", payment, kasa.known(kasa.get))
    calls.add("capture", "POST", f"{payment}/capture", kasa.known(kasa.once(kasa.capture)))
    calls.add("void", "POST", f"{payment}/void", kasa.known(kasa.once(kasa.void)))
    calls.add("refund", "POST", f"{payment}/refunds", kasa.known(kasa.once(kasa.refund)))
    return Starlette(routes=calls.routes)


class Kasa:
    def __init__(self, world: World) -> None:
        self._world = world
        self._payments = Payments(world)
        self._replies: dict[str, tuple[str, int, dict[str, Any]]] = {}

    def clear(self) -> None:
        self._payments.clear()
        self._replies.clear()

    def known(self, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
        """The same call for those who have the key, errors in Kasa's shape."""

        async def serve(request: Request) -> Response:
            right = f"Bearer {self._world.configuration.kasa_key}"
            given = request.headers.get("authorization", "")
            try:
                if not hmac.compare_digest(given.encode(), right.encode()):
                    raise Faulty(401, "unauthorized", "The key is missing or wrong.")
                status, body = await answer(request)
            except Faulty as faulty:
                status, body = faulty.shown()
            return JSONResponse(body, status)

        return serve

    def once(self, answer: Answer) -> Answer:
        """The same call done once for each idempotency key: later ones hear the first answer.

        What was malformed is not remembered, so that it can be mended under the same key.
        """

        async def serve(request: Request) -> tuple[int, dict[str, Any]]:
            key = request.headers.get("idempotency-key", "")
            if not 0 < len(key) <= LONGEST_KEY:
                raise Faulty(400, "idempotency_key_required", "Send an Idempotency-Key.")
            body = json.dumps([request.url.path, await json_object(request)], sort_keys=True)
            if key in self._replies:
                return self._replayed(key, body)
            try:
                status, shown = await answer(request)
            except Faulty as faulty:
                if faulty.status == 400:
                    raise
                status, shown = faulty.shown()
            self._replies[key] = (body, status, shown)
            return status, shown

        return serve

    async def create(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = checked(await json_object(request), PAYMENT)
        if body["currency"] != self._world.configuration.currency:
            raise Faulty(400, "currency_not_supported", "This account has another currency.")
        payment = self._payments.create(body)
        if payment.status == "declined":
            raise Faulty(402, payment.code, payment.reason, payment=payment.shown())
        return 201, payment.shown()

    async def list(self, request: Request) -> tuple[int, dict[str, Any]]:
        reference = request.query_params.get("reference")
        if not reference:
            raise Faulty(400, "invalid_request", "Say which reference.", param="reference")
        found = self._payments.under(reference)
        return 200, {"data": [payment.shown() for payment in found]}

    async def get(self, request: Request) -> tuple[int, dict[str, Any]]:
        return 200, self._payment(request).shown()

    async def capture(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = checked(await json_object(request), AMOUNT)
        payment = self._payment(request)
        self._payments.capture(payment, body["reference"], body["amount"])
        return 200, payment.shown()

    async def void(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = checked(await json_object(request), REFERENCE)
        payment = self._payment(request)
        self._payments.void(payment, body["reference"])
        return 200, payment.shown()

    async def refund(self, request: Request) -> tuple[int, dict[str, Any]]:
        body = checked(await json_object(request), AMOUNT)
        payment = self._payment(request)
        self._payments.refund(payment, body["reference"], body["amount"])
        return 200, payment.shown()

    def _payment(self, request: Request) -> Payment:
        payment = self._payments.find(request.path_params["id"])
        if payment is None:
            raise Faulty(404, "payment_not_found", "There is no such payment.")
        return payment

    def _replayed(self, key: str, body: str) -> tuple[int, dict[str, Any]]:
        before, status, shown = self._replies[key]
        if before != body:
            raise Faulty(409, "idempotency_mismatch", "This key was used for something else.")
        return status, shown
