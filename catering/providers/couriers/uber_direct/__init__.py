"""Uber Direct: https://developer.uber.com/docs/deliveries and Uber's own OpenAPI (1.0.1).

Credentials: `client_id`, `client_secret`, `customer_id`, and `region`, the rest of every address
(`city`, `state`, `zip_code`, `country`). The webhook secrets are the signing keys of the
webhook, not the client secret. Tokens come from `/oauth/v2/token` below the account's address.

Our reference is both `external_id`, unique for ever, and `idempotency_key`, kept for an hour:
booking twice gives the same delivery, or a refusal that names the delivery we already have.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import quote as escaped

import httpx

from catering.domain.reports import CourierStatus
from catering.providers.accounts import Account
from catering.providers.answering import told, unclear, understood
from catering.providers.calling import NothingSent, Response, call
from catering.providers.couriers.uber_direct import asking, hearing
from catering.providers.ports import (
    Ambiguous,
    Booked,
    Booking,
    Cancellation,
    Cancelled,
    CannotTell,
    CourierCapabilities,
    CourierReport,
    Found,
    Missing,
    NotServiceable,
    Quote,
    Receipt,
    Reply,
    TooLate,
    Trip,
    Unavailable,
)
from catering.providers.reading import parts, text
from catering.providers.tokens import BearerLine, Token, granted

PAGE, PAGES = 100, 10


class UberDirect:
    """Couriers of Uber Direct."""

    capabilities = CourierCapabilities(
        quote_needed=False,
        idempotent_book=True,
        resolve_by="replay",
        webhooks=True,
        cancel=True,
        poll_every=timedelta(seconds=60),
    )
    acknowledgement = Reply()

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self._account, self._http = account, http
        self._grant = {
            "grant_type": "client_credentials",
            "scope": "eats.deliveries",
            "client_id": str(account.credentials["client_id"]),
            "client_secret": str(account.credentials["client_secret"]),
        }
        self._home = f"/v1/customers/{escaped(str(account.credentials['customer_id']), safe='')}"
        self._region: Mapping[str, str] = account.credentials.get("region", {})
        self._line = BearerLine(account, http, self._fetch_token)

    async def quote(self, trip: Trip) -> Quote | NotServiceable | Unavailable:
        asked = asking.quote(trip, self._region)
        outcome = await self._line.call("POST", f"{self._home}/delivery_quotes", json=asked)
        answer = understood(outcome, idempotent=True)
        match answer:
            case Unavailable():
                return hearing.no_courier(outcome) or answer
            case Ambiguous(why):
                return Unavailable(why)  # a quote moves nothing, so to ask again is harmless
        return hearing.quote(answer, self._account.currency)

    async def book(self, trip: Trip, quote: Quote | None) -> Booking:
        asked = asking.delivery(trip, quote, self._region)
        outcome = await self._line.call("POST", f"{self._home}/deliveries", json=asked)
        answer = understood(outcome, idempotent=True)
        if not isinstance(answer, Response):
            return hearing.no_courier_to_book(outcome) or answer
        if answer.status < 300:
            report = hearing.report(answer.document or {})
            return Booked(report) if report else Ambiguous("they booked and gave no number")
        if existing := hearing.duplicate(answer):
            return await self._booked_before(existing, trip)
        return hearing.refusal(answer)

    async def find(self, trip: Trip) -> Found[CourierReport] | Missing | CannotTell:
        """Look through their deliveries, newest first as far as anybody has seen.

        After so many we stop. A wrong `Missing` does no harm here: who books again is told which
        delivery there is.
        """
        for page in range(PAGES):
            window = {"limit": str(PAGE), "offset": str(page * PAGE)}
            outcome = await self._line.call("GET", f"{self._home}/deliveries", params=window)
            read = told(outcome)
            if isinstance(read, CannotTell):
                return read
            if not isinstance(read.get("data"), list):
                return CannotTell("their answer is no list of deliveries")
            for report in map(hearing.report, parts(read, "data")):
                if report and report.reference == trip.reference:
                    return Found(report)
            if not text(read.get("next_href")):
                break
        return Missing()

    async def read(self, external_id: str) -> CourierReport | CannotTell:
        read = told(await self._line.call("GET", self._delivery(external_id)))
        if isinstance(read, CannotTell):
            return read
        return hearing.report(read) or CannotTell("their answer is no delivery")

    async def cancel(self, external_id: str, reason: str) -> Cancellation:
        path = f"{self._delivery(external_id)}/cancel"
        answer = understood(await self._line.call("POST", path, json={}), idempotent=True)
        if not isinstance(answer, Response):
            return unclear(answer)
        if answer.status >= 300 and hearing.code(answer) != "noncancelable_delivery":
            return Ambiguous(f"they answered {answer.status} {hearing.code(answer)}")
        # The refusal does not say why, and "it is cancelled already" is one of the reasons.
        report = hearing.report(answer.document or {}) or await self.read(external_id)
        match report:
            case CourierReport(status=CourierStatus.CANCELLED):
                return Cancelled()  # they do not say here what it costs
            case CourierReport(word=word) if answer.status >= 300:
                return TooLate(f"A delivery that is {word} cannot be called off.")
        return Ambiguous("they did not say whether it is called off")

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        return hearing.news(raw, headers, self._account.webhook_secrets)

    async def _booked_before(self, external_id: str, trip: Trip) -> Booking:
        """A duplicate is success in disguise, when it is ours."""
        report = await self.read(external_id)
        if isinstance(report, CannotTell):
            return Ambiguous(f"it is booked as {external_id}, but {report.why}")
        if report.reference not in (None, trip.reference):
            return Ambiguous(f"they take {external_id} for it, which is another trip")
        return Booked(report)

    async def _fetch_token(self) -> Token | NothingSent:
        url = f"{self._account.base_url.rstrip('/')}/oauth/v2/token"
        return granted(await call(self._http, "POST", url, data=self._grant))

    def _delivery(self, external_id: str) -> str:
        return f"{self._home}/deliveries/{escaped(external_id, safe='')}"


adapter = UberDirect
