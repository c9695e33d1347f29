"""Documents and budgets on sockets: the same store, the same purse as over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from ipaddress import ip_network
from uuid import uuid4

import websockets

from catering.settings import Settings
from catering.transport.documents import hashed

from .serving import PROTOCOL, Api, Socket, serving_here

STANDING = "query Standing { rateLimit { remaining cost } }"


async def test_a_hash_stands_for_a_text_on_sockets_and_over_http_alike(api: Api) -> None:
    text = f"query Q{uuid4().hex} {{ __typename }}"
    hash = {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}
    async with api.socket() as socket:
        await socket.say({"id": "1", "type": "subscribe", "payload": {"extensions": hash}})
        refusal = await socket.hear()
        assert refusal["type"] == "error"
        assert refusal["payload"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_FOUND"}

        payload = {"query": text, "extensions": hash}
        await socket.say({"id": "1", "type": "subscribe", "payload": payload})
        assert await socket.next() == "Query"
        assert (await socket.hear())["type"] == "complete"
    assert (await api.post({"extensions": hash})).json() == {"data": {"__typename": "Query"}}


async def test_a_document_of_no_manifest_is_an_error_and_the_socket_goes_on(api: Api) -> None:
    async with api.socket() as socket:
        await socket.say({"id": "1", "type": "subscribe", "payload": {"documentId": "x"}})
        refusal = await socket.hear()
        assert refusal["payload"][0]["extensions"] == {"code": "PERSISTED_QUERY_NOT_IN_LIST"}
        await socket.subscribe("{ __typename }")
        assert await socket.next() == "Query"


async def test_each_operation_on_a_socket_is_paid_for(settings: Settings) -> None:
    here = tuple(map(ip_network, ("127.0.0.1/32",)))
    few = replace(settings, trusted_proxies=here, budget_of_an_address=14, rate_factor=1)
    # An address of its own, so that the others of these tests are not refused.
    there = {"X-Forwarded-For": f"2001:db8:{uuid4().hex[:4]}::7"}
    async with serving_here(few) as api:
        uri = f"ws://127.0.0.1:{api.port}/graphql"
        async with websockets.connect(
            uri, subprotocols=[PROTOCOL], additional_headers=there
        ) as connection:
            socket = Socket(connection)
            await socket.say({"type": "connection_init"})
            assert (await socket.hear())["type"] == "connection_ack"
            told = []
            for _ in range(20):
                await socket.subscribe(STANDING)
                message = await socket.hear()
                told.append(message)
                if message["type"] == "error":
                    break
                assert (await socket.hear())["type"] == "complete"
    left = [each["payload"]["data"]["rateLimit"]["remaining"] for each in told[:-1]]
    assert left == sorted(left, reverse=True)
    assert left[-1] <= 1
    assert told[-1]["payload"][0]["extensions"]["code"] == "RATE_LIMITED", json.dumps(told)
