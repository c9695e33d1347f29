"""What is just being done, and what it came from: the request, the task, the order.

It stands in every line of the log that is written meanwhile, and in the rows that are made of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_about: ContextVar[Mapping[str, str]] = ContextVar("catering_about", default=_NOTHING)


@contextmanager
def about(**ids: str | None) -> Iterator[None]:
    """What is done inside is about these, besides what it was about already."""
    known = {name: id for name, id in ids.items() if id is not None}
    before = _about.set({**_about.get(), **known})
    try:
        yield
    finally:
        _about.reset(before)


def current() -> Mapping[str, str]:
    """What it is about."""
    return _about.get()


def request_id() -> str | None:
    """The request that it began with, however many tasks ago."""
    return _about.get().get("request")
