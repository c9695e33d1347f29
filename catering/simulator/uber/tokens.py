"""OAuth client credentials, with the limits that make a careless client lock itself out."""

from __future__ import annotations

import secrets
from collections import deque
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from catering.simulator.world import World

LIFE = 30 * 86_400.0
LIVE_AT_ONCE = 100
AN_HOUR, AN_HOURS_REQUESTS = 3_600.0, 100


class Tokens:
    def __init__(self, world: World) -> None:
        self._world = world
        self._live: dict[str, float] = {}
        self._asked: deque[float] = deque()

    def clear(self) -> None:
        self._live.clear()
        self._asked.clear()

    def known(self, authorization: str) -> bool:
        kind, _, token = authorization.partition(" ")
        ends = self._live.get(token, 0.0)
        return kind == "Bearer" and self._world.clock.elapsed < ends

    async def grant(self, request: Request) -> Response:
        """A token for thirty simulated days; `expires_in` tells how long that is in real ones."""
        body = parse_qs((await request.body()).decode(errors="replace"))
        form = {name: values[0] for name, values in body.items()}
        if self._too_often():
            return _refused(429, "too_many_requests")
        if error := self._error(request, form):
            return _refused(*error)
        return JSONResponse(
            {
                "access_token": self._issue(),
                "expires_in": int(self._world.clock.told(LIFE)),
                "token_type": "Bearer",
                "scope": form["scope"],
            }
        )

    def _issue(self) -> str:
        while len(self._live) >= LIVE_AT_ONCE:
            self._live.pop(next(iter(self._live)))
        token = secrets.token_urlsafe(32)
        self._live[token] = self._world.clock.elapsed + LIFE
        return token

    def _too_often(self) -> bool:
        now = self._world.clock.elapsed
        while self._asked and self._asked[0] <= now - AN_HOUR:
            self._asked.popleft()
        self._asked.append(now)
        return len(self._asked) > AN_HOURS_REQUESTS

    def _error(self, request: Request, form: dict[str, str]) -> tuple[int, str] | None:
        configuration = self._world.configuration
        kind = request.headers.get("content-type", "").split(";")[0]
        if kind != "application/x-www-form-urlencoded" or "grant_type" not in form:
            return 400, "invalid_request"
        if form["grant_type"] != "client_credentials":
            return 400, "unsupported_grant_type"
        right = (configuration.uber_client_id, configuration.uber_client_secret)
        if (form.get("client_id"), form.get("client_secret")) != right:
            return 401, "invalid_client"
        return None if form.get("scope") == "eats.deliveries" else (400, "invalid_scope")


def _refused(status: int, error: str) -> Response:
    return JSONResponse({"error": error, "error_description": error.replace("_", " ")}, status)
