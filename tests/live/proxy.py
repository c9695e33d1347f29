"""A door in front of a server that can be open, closed, a black hole, or shut on an answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit, urlunsplit


class Proxy:
    """Passes bytes on to a port of this machine; `port` stays the same while it is closed."""

    def __init__(self, target: int) -> None:
        self.port = 0
        self._target = target
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.Task[None]] = set()
        self._fatal: tuple[bytes, ...] = ()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        """Let connections in, and let through what they say."""
        self._flowing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut every connection and refuse new ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for pipe in list(self._pipes):
            pipe.cancel()
        await asyncio.gather(*self._pipes, return_exceptions=True)

    def freeze(self) -> None:
        """Stay connected, take everything, answer nothing."""
        self._flowing.clear()

    def cut_off_after(self, *words: bytes) -> None:
        """The next client who says all of these, one after the other, is cut off when the server
        has answered to the last: it was done, and he does not know."""
        self._fatal = words

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:  # it is down; whoever knocks is told the same way
            writer.close()
            return
        line = _Line(reader, writer, there, back)
        for pipe in (self._ask(line), self._answer(line)):
            task = asyncio.create_task(pipe)
            self._pipes.add(task)
            task.add_done_callback(self._pipes.discard)

    async def _ask(self, line: _Line) -> None:
        with suppress(OSError):
            try:
                while data := await line.asking.read(4096):
                    await self._flowing.wait()
                    if line.says(data, self._fatal):
                        self._fatal, line.is_cut = (), True
                    line.asked.write(data)
                    await line.asked.drain()
            finally:
                line.asked.close()

    async def _answer(self, line: _Line) -> None:
        with suppress(OSError):
            try:
                while (data := await line.answering.read(4096)) and not line.is_cut:
                    await self._flowing.wait()
                    line.answered.write(data)
                    await line.answered.drain()
            finally:
                line.answered.close()


@dataclass
class _Line:
    """One connection, seen from both sides."""

    asking: asyncio.StreamReader
    answered: asyncio.StreamWriter
    answering: asyncio.StreamReader
    asked: asyncio.StreamWriter
    is_cut: bool = False
    _said: bytes = b""

    def says(self, data: bytes, words: tuple[bytes, ...]) -> bool:
        """Whether all of the words have been said by now."""
        if not words:
            self._said = b""
            return False
        self._said += data
        at = 0
        for word in words:
            at = self._said.find(word, at) + len(word)
            if at < len(word):
                return False
        return True


def through(proxy: Proxy, url: str) -> str:
    """The same server, with the same password, by way of the proxy."""
    parts = urlsplit(url)
    who, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{who}{at}127.0.0.1:{proxy.port}"))
