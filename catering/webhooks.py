"""Inbound HTTP from providers: find the account, verify raw bytes, parse, hand over to a service.

The address names the account by an unguessable key, before anything in the body is believed.
"""

from __future__ import annotations

import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from catering.database import Transaction
from catering.providers import registry
from catering.providers.calling import Client
from catering.providers.ports import Forged, Malformed
from catering.services import accounts, hearing
from catering.settings import Settings
from catering.transport import budgeting
from catering.transport.counting import Counter
from catering.watching import tracing

log = logging.getLogger(__name__)

LARGEST_BODY = 256 * 1024
_KEPT_HEADERS = ("content-type", "user-agent", "x-request-id")


def routes(
    transaction: Transaction, http: Client, counter: Counter, settings: Settings
) -> list[Route]:
    """The one address for all providers."""

    async def receive(request: Request) -> Response:
        raw = await _body(request)
        if raw is None:
            return PlainTextResponse("The body is too large.", 413)
        async with transaction(apart=True) as session:
            account = await accounts.by_webhook_key(session, request.path_params["key"])
        if account is None:
            return PlainTextResponse("There is no such address.", 404)
        if limited := await budgeting.heard(counter, settings, account.id):
            log.warning("%s calls too often", account.name)
            return PlainTextResponse(limited.message, 429, budgeting.retry(limited))
        adapter = registry.open(account, http)
        notice = adapter.receive(raw, dict(request.headers))
        if isinstance(notice, Forged):
            log.warning("forged webhook for %s: %s", account.name, notice.why)
            return PlainTextResponse("The signature is not yours.", 401)
        if isinstance(notice, Malformed):
            log.warning("malformed webhook for %s: %s", account.name, notice.why)
            return PlainTextResponse("The body cannot be read.", 400)
        kept = {name: request.headers[name] for name in _KEPT_HEADERS if name in request.headers}
        with tracing.span(f"webhook {account.provider}", "server"):
            async with transaction(apart=True) as session:
                await hearing.heard(session, account, notice, raw, kept)
        reply = adapter.acknowledgement
        return Response(reply.body, reply.status, media_type=reply.content_type)

    return [Route("/webhooks/{key}", receive, methods=["POST"])]


async def _body(request: Request) -> bytes | None:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)
