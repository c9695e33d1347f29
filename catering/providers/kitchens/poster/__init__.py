"""Poster, a point-of-sale system: https://dev.joinposter.com/en/docs/v3 (read as of 2023-11).

Credentials: `token`, which goes into the address; `account`, the word before `.joinposter.com`.
The webhook secret is the application's. The account's address ends before `/api`.

Poster knows no idempotency, no cancelling and no "ready", so our reference lives in the order's
comment. It sends numbers as text or not, as it likes, and an error may come with any HTTP status.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from catering.domain.reports import KitchenStatus
from catering.providers.accounts import Account
from catering.providers.answering import told, understood
from catering.providers.calling import Outcome, Response, call
from catering.providers.kitchens.poster import asking, hearing
from catering.providers.ports import (
    Cancellation,
    CannotTell,
    Change,
    Found,
    KitchenCapabilities,
    KitchenReport,
    KitchenTicket,
    Missing,
    Receipt,
    Rejected,
    Reply,
    Submission,
    Unsupported,
)
from catering.providers.reading import parts, whole


class Poster:
    """The cash desk of a restaurant that runs on Poster."""

    capabilities = KitchenCapabilities(
        idempotent_submit=False,
        resolve_by="list_scan",
        cancel=False,
        tells_ready=False,
        webhooks=True,
        poll_every=timedelta(seconds=30),
    )
    acknowledgement = Reply(200, b'{"status":"accept"}', "application/json")

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self._account, self._http = account, http
        self._token = {"token": str(account.credentials["token"])}
        self._name = str(account.credentials["account"])
        self._zone = ZoneInfo(account.time_zone)

    async def submit(self, ticket: KitchenTicket) -> Submission:
        if ticket.currency != self._account.currency:
            return Rejected("currency_mismatch", f"This account takes {self._account.currency}.")
        order = asking.order(ticket, self._zone)
        outcome = await self._call("POST", "incomingOrders.createIncomingOrder", json=order)
        answer = understood(outcome, idempotent=False)
        if not isinstance(answer, Response):
            return answer
        return hearing.submission(answer.document or {}, ticket, self._zone)

    async def find(self, ticket: KitchenTicket) -> Found[KitchenReport] | Missing | CannotTell:
        since = asking.search_from(ticket.submitted_after, self._zone)
        read = await self._ask("incomingOrders.getIncomingOrders", date_from=since)
        if isinstance(read, CannotTell):
            return read
        if not isinstance(read["response"], list):
            return CannotTell("their answer is no list of orders")
        ours = hearing.ours(parts(read, "response"), ticket.reference)
        if ours is None:
            return Missing()
        report = await self._report(ours)
        return Found(report) if report else CannotTell("our order is there, but has no number")

    async def read(self, external_id: str, reference: str) -> KitchenReport | CannotTell:
        read = await self._ask("incomingOrders.getIncomingOrder", incoming_order_id=external_id)
        if isinstance(read, CannotTell):
            return read
        return await self._report(hearing.only(read)) or CannotTell("their answer is no order")

    async def cancel(self, external_id: str, reference: str, reason: str) -> Cancellation:
        return Unsupported()

    async def change(self, external_id: str, ticket: KitchenTicket) -> Change:
        return Unsupported()

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        return hearing.news(raw, self._name, self._account.webhook_secrets)

    async def _report(self, order: Mapping[str, Any]) -> KitchenReport | None:
        """The order, and behind a taken one its bill: only that tells that the food has left."""
        report, bill = hearing.report(order, self._zone), hearing.bill(order)
        if report is None or bill is None or report.status is not KitchenStatus.ACCEPTED:
            return report
        read = await self._ask("dash.getTransaction", transaction_id=bill)
        paid = None if isinstance(read, CannotTell) else whole(hearing.only(read).get("status"))
        return hearing.with_bill(report, paid)

    async def _ask(self, method: str, **parameters: str) -> dict[str, Any] | CannotTell:
        read = told(await self._call("GET", method, params=parameters))
        if isinstance(read, CannotTell) or "response" in read:
            return read
        return CannotTell(f"they answered with error {hearing.error(read)}")

    async def _call(
        self, verb: str, method: str, *, params: Mapping[str, str] | None = None, **content: Any
    ) -> Outcome:
        url = f"{self._account.base_url.rstrip('/')}/api/{method}"
        asked = {**self._token, **(params or {})}
        return await call(self._http, verb, url, params=asked, **content)


adapter = Poster
