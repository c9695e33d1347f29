"""GraphQL over HTTP, with the patience of a client whose server may be restarted."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any, Final

import httpx

from catering.walk.documents import document
from catering.walk.ending import Failed, Unreachable

PATIENCE: Final = 30.0
"""Seconds for which a server that does not answer is asked again."""
LONGEST_PAUSE: Final = 1.0
_BUSY: Final = 429
_BROKEN: Final = 500
_ACCEPT: Final = "application/graphql-response+json, application/json;q=0.9"


def pauses(first: float = 0.05, longest: float = LONGEST_PAUSE) -> Iterator[float]:
    """How long to wait before the next try, and the next: twice as long each time."""
    while True:
        yield first
        first = min(first * 2, longest)


class Api:
    """One instance, by its public address."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = _graphql(url)
        self.live_url = "ws" + self.url.removeprefix("http")
        self._http = http

    async def greet(self) -> None:
        """See that somebody is there. Raises `Unreachable`."""
        try:
            response = await self._send({"query": "{ __typename }"}, None)
        except httpx.HTTPError as error:
            raise Unreachable(f"Nobody answers at {self.url}.") from error
        if response.status_code != httpx.codes.OK:
            raise Unreachable(f"{self.url} answers {response.status_code} instead of GraphQL.")

    async def ask(
        self, operation: str, variables: dict[str, Any], token: str | None = None
    ) -> dict[str, Any]:
        """The data of an answer. Raises `Failed` for an error of the request or of the server."""
        body = {"query": document(operation), "operationName": operation, "variables": variables}
        response = await self._until_answered(operation, body, token)
        answer = _json(operation, response)
        if answer.get("errors"):
            raise Failed(f"{operation} failed: {'; '.join(map(told, answer['errors']))}.")
        data: dict[str, Any] = answer["data"]
        return data

    async def _until_answered(
        self, operation: str, body: dict[str, Any], token: str | None
    ) -> httpx.Response:
        """Whoever was killed meanwhile comes back, and is asked the same again."""
        waited = 0.0
        for pause in pauses():
            try:
                response = await self._send(body, token)
            except httpx.TransportError as error:
                reason, wait = repr(error), pause
            else:
                if response.status_code not in (_BUSY, *range(_BROKEN, 600)):
                    return response
                reason = f"status {response.status_code}"
                wait = float(response.headers.get("Retry-After", pause))
            if waited > PATIENCE:
                break
            await asyncio.sleep(wait)
            waited += wait
        raise Failed(f"{operation} got no answer in {PATIENCE:.0f} s: {reason}.")

    async def _send(self, body: dict[str, Any], token: str | None) -> httpx.Response:
        headers = {"Accept": _ACCEPT} | ({"Authorization": f"Bearer {token}"} if token else {})
        return await self._http.post(self.url, json=body, headers=headers)


def told(error: dict[str, Any]) -> str:
    """A top-level GraphQL error as a person reads it."""
    code = error.get("extensions", {}).get("code")
    path = ".".join(map(str, error.get("path") or ()))
    return f"{error['message']} ({', '.join(filter(None, (code, path)))})"


def _graphql(url: str) -> str:
    url = url.rstrip("/")
    return url if url.endswith("/graphql") else f"{url}/graphql"


def _json(operation: str, response: httpx.Response) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError as error:
        status = response.status_code
        raise Failed(f"{operation} was answered with {status} and no JSON.") from error
    return answer if isinstance(answer, dict) else {"errors": [{"message": repr(answer)}]}
