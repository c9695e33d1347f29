"""Somebody who uses the instance: signed in, asking, doing, following a feed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from catering.walk.ending import Refused
from catering.walk.listening import Feed, Hear
from catering.walk.talking import Api
from catering.walk.telling import Part, Timeline

PASSWORD: Final = "catering-demo"  # noqa: S105 - of the demo accounts, printed by `make run`


@dataclass
class Person:
    """A name in the timeline and a session at the instance."""

    part: Part
    name: str
    api: Api
    timeline: Timeline
    token: str = ""
    feeds: list[Feed] = field(default_factory=list)

    def tells(self, text: str) -> None:
        self.timeline.tell(self.part, self.name, text)

    async def ask(self, operation: str, **variables: Any) -> Any:
        """The root field of a query."""
        (answer,) = (await self.api.ask(operation, variables, self.token or None)).values()
        return answer

    async def do(self, operation: str, **input: Any) -> dict[str, Any]:
        """The payload of a mutation. Raises `Refused`."""
        payload: dict[str, Any] = await self.ask(operation, input=input)
        if payload["errors"]:
            raise Refused(self.name, operation, payload["errors"])
        return payload

    async def do_once(self, operation: str, **input: Any) -> dict[str, Any]:
        """The same for what moves money, food or drivers: safe to be sent again."""
        return await self.do(operation, **input, idempotencyKey=str(uuid4()))

    async def sign_in(self, account: str) -> None:
        """As one of the demo accounts."""
        email = f"{account}@demo.catering.test"
        self.enter(await self.do("SignIn", email=email, password=PASSWORD))

    async def register(self, operation: str, **more: Any) -> dict[str, Any]:
        """As somebody new."""
        payload = await self.do(
            operation, email=f"walk-{uuid4().hex[:12]}@example.com", password=PASSWORD,
            displayName=self.name, **more,
        )  # fmt: skip
        self.enter(payload)
        return payload

    def enter(self, payload: dict[str, Any]) -> None:
        self.token = payload["session"]["accessToken"]

    def follow(
        self, operation: str, hear: Hear, after: str | None = None, **variables: Any
    ) -> Feed:
        """A feed to be followed as this person."""
        feed = Feed(self.api.live_url, self.token, operation, variables, hear, after=after)
        self.feeds.append(feed)
        return feed
