"""A real mail server on this machine, and what has come to it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP


@dataclass
class Postbox:
    """The letters that came, and for whom none is taken: `turned_away` is address → answer."""

    letters: list[EmailMessage] = field(default_factory=list)
    turned_away: dict[str, str] = field(default_factory=dict)
    port: int = 0

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def token(self) -> str:
        """That of the latest letter."""
        found = re.search(r"Token: (\S+)", self.letters[-1].get_content())
        assert found is not None
        return found[1]

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, _: Any, __: Any, envelope: Any, address: str, ___: Any
    ) -> str:
        if address in self.turned_away:
            return self.turned_away[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:  # noqa: N802 - the same
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@asynccontextmanager
async def open_postbox() -> AsyncIterator[Postbox]:
    """A postbox whose server runs for the time of a `with`."""
    box = Postbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(box, hostname="mail.test", loop=loop), "127.0.0.1", 0
    )
    box.port = server.sockets[0].getsockname()[1]
    async with server:
        yield box
