"""Every request has an id: in each answer, in each masked error, in the line in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.types import Scope

HEADER: Final = "x-request-id"

_FIT: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def current() -> str:
    """The id of the request that is being answered."""
    return _current.get() or uuid4().hex


class Marked(logging.Formatter):
    """A line of the log begins with the request that it is about, if it is about one."""

    def format(self, record: logging.LogRecord) -> str:
        line, id = super().format(record), _current.get()
        return line if id is None or id in line else f"[{id}] {line}"


@contextmanager
def identified(scope: Scope) -> Iterator[str]:
    """The id of this request, as long as it is answered. One that a proxy gave is kept."""
    given = Headers(scope=scope).get(HEADER, "")
    id = given if _FIT.fullmatch(given) else uuid4().hex
    before = _current.set(id)
    try:
        yield id
    finally:
        _current.reset(before)
