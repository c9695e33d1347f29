"""Uklon Delivery Gateway, as two independent open clients use it; its own documents were not seen.

Credentials: `app_uid`, `client_id`, `client_secret`, `city` (their number), `product` ("courier"
or "car"). The account's address ends before `/api/v1`. News are asked for; where the account has
webhook secrets, their order webhook is understood too, as a hint to look again.

Booking twice books twice. Our reference is the receiver's `external_tracking_number`, and their
lists are the only way to find it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote as escaped

import httpx

from catering.domain.reports import CourierStatus
from catering.providers.accounts import Account
from catering.providers.answering import told, unclear, understood
from catering.providers.calling import NothingSent, Outcome, Response, call
from catering.providers.couriers.uklon import asking, hearing
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
    Rejected,
    Reply,
    TooLate,
    Trip,
    Unavailable,
)
from catering.providers.reading import fraction, parts, text
from catering.providers.tokens import BearerLine, Token, granted

ENDED_PAGES, PAGE = 5, 50
ON_THE_WAY = frozenset(
    {
        CourierStatus.COURIER_ASSIGNED,
        CourierStatus.AT_PICKUP,
        CourierStatus.PICKED_UP,
        CourierStatus.EN_ROUTE,
        CourierStatus.AT_DROPOFF,
    }
)


class Uklon:
    """Couriers and cars of Uklon."""

    acknowledgement = Reply()

    def __init__(self, account: Account, http: httpx.AsyncClient) -> None:
        self._account, self._http = account, http
        credentials = account.credentials
        self._keys = {
            name: str(credentials[name]) for name in ("app_uid", "client_id", "client_secret")
        }
        self._city = int(credentials["city"])
        self._product = str(credentials.get("product", "courier"))
        self._line = BearerLine(account, http, self._fetch_token)
        self.capabilities = CourierCapabilities(
            quote_needed=True,
            idempotent_book=False,
            resolve_by="list_scan",
            webhooks=bool(account.webhook_secrets),
            cancel=True,
            poll_every=timedelta(seconds=15),
        )

    async def quote(self, trip: Trip) -> Quote | NotServiceable | Unavailable:
        asked = asking.estimate(trip, self._city, self._product)
        outcome = await self._call("POST", "/fares/estimate", json=asked)
        answer = understood(outcome, idempotent=True)
        match answer:
            case Ambiguous(why):
                return Unavailable(why)  # a quote moves nothing, so to ask again is harmless
            case Unavailable():
                return answer
        return hearing.quote(answer, self._product, self._account.currency)

    async def book(self, trip: Trip, quote: Quote | None) -> Booking:
        if quote is None or quote.id is None:
            return Rejected("quote_missing", "Uklon takes no order without a fare.")
        order = asking.order(trip, quote, self._product)
        answer = understood(await self._call("POST", "/orders", json=order), idempotent=False)
        if not isinstance(answer, Response):
            return answer
        if answer.status >= 300:
            return hearing.refusal(answer)
        number = text((answer.document or {}).get("id"))
        if number is None:
            return Ambiguous("they booked and gave no number")
        # They answer with the number only; everything else is there to be read.
        return Booked(
            CourierReport(number, CourierStatus.PENDING, "placed", reference=trip.reference)
        )

    async def find(self, trip: Trip) -> Found[CourierReport] | Missing | CannotTell:
        """Look through what is under way, then what has ended lately.

        The archive is read only so far: what lies deeper has ended, so to miss it and book again
        sends no second courier.
        """
        for listed, pages in (("active", None), ("archived", ENDED_PAGES)):
            found = await self._scan(listed, pages, trip.reference)
            if not isinstance(found, Missing):
                return found
        return Missing()

    async def read(self, external_id: str) -> CourierReport | CannotTell:
        read = told(await self._call("GET", _order(external_id)))
        if isinstance(read, CannotTell):
            return read
        report = hearing.report(read, self._account.currency)
        if report is None:
            return CannotTell("their answer is no order")
        return await self._located(report)

    async def cancel(self, external_id: str, reason: str) -> Cancellation:
        because = {"reason": "plans_changed"}  # all their other reasons blame the driver
        outcome = await self._call("PUT", f"{_order(external_id)}/cancel", json=because)
        if isinstance(outcome, Response) and 200 <= outcome.status < 300:
            return Cancelled()  # 204: there is no body, and no word of a fee
        answer = understood(outcome, idempotent=True)
        if not isinstance(answer, Response):
            return unclear(answer)
        return await self._why_not(external_id, answer)

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Receipt:
        return hearing.news(raw, headers, self._account.webhook_secrets)

    async def _why_not(self, external_id: str, answer: Response) -> Cancellation:
        """A refusal may mean that it is cancelled already."""
        match await self.read(external_id):
            case CourierReport(status=CourierStatus.CANCELLED):
                return Cancelled()
            case CourierReport(word=word):
                return TooLate(f"An order that is {word} cannot be called off.")
        return Ambiguous(f"they answered {answer.status} and cannot be asked why")

    async def _scan(
        self, listed: str, pages: int | None, reference: str
    ) -> Found[CourierReport] | Missing | CannotTell:
        window, page = {"limit": str(PAGE)}, 0
        while pages is None or page < pages:
            read = told(await self._call("GET", f"/orders/{listed}", params=window))
            if isinstance(read, CannotTell):
                return read
            if not isinstance(read.get("items"), list):
                return CannotTell("their answer is no list of orders")
            for order in parts(read, "items"):
                report = hearing.report(order, self._account.currency)
                if report and report.reference == reference:
                    return Found(report)
            following = text(read.get("next_cursor"))
            if following in (None, window.get("cursor")):
                break
            window, page = {**window, "cursor": str(following)}, page + 1
        return Missing()

    async def _located(self, report: CourierReport) -> CourierReport:
        """With the courier's position, which is another call; without it when that fails."""
        if report.status not in ON_THE_WAY:
            return report
        read = told(await self._call("GET", f"{_order(report.external_id)}/driver/location"))
        if isinstance(read, CannotTell):
            return report
        at = fraction(read.get("latitude")), fraction(read.get("longitude"))
        return replace(report, latitude=at[0], longitude=at[1])

    async def _call(self, method: str, path: str, **content: Any) -> Outcome:
        return await self._line.call(method, f"/api/v1{path}", **content)

    async def _fetch_token(self) -> Token | NothingSent:
        url = f"{self._account.base_url.rstrip('/')}/api/v1/auth"
        return granted(await call(self._http, "POST", url, json=self._keys))


adapter = Uklon


def _order(external_id: str) -> str:
    return f"/orders/{escaped(external_id, safe='')}"
