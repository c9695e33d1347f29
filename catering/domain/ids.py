"""Names that never repeat: time-ordered UUIDs inside, `ord_01k…` outside."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from uuid import UUID

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford: no i, l, o, u
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_LENGTH = 26  # 130 bits, the first two of them zero


class Prefix(StrEnum):
    """The kind of thing an id names; ids of different kinds can never be equal."""

    USER = "usr"
    DRIVER = "drv"
    RESTAURANT = "rst"
    CATEGORY = "cat"
    PRODUCT = "prd"
    VARIANT = "var"
    MODIFIER_GROUP = "mgr"
    MODIFIER = "mod"
    ORDER = "ord"
    TICKET = "tkt"
    LINE = "lin"
    RESOLUTION = "res"
    DELIVERY = "dlv"
    STOP = "stp"
    OFFER = "ofr"
    LEDGER_ENTRY = "led"
    RATING = "rtg"
    ORGANISATION = "org"
    FACILITY = "fac"


class NotAnId(ValueError):
    """The text is no id of ours."""


Draw = Callable[[], tuple[int, int]]
"""Milliseconds, and 80 bits of noise."""


def _by_chance() -> tuple[int, int]:
    return time.time_ns() // 1_000_000, int.from_bytes(os.urandom(10), "big")


_draw: Draw = _by_chance


@contextmanager
def drawn(draw: Draw) -> Iterator[None]:
    """Names from elsewhere than the hour and chance, in this process and for the time of a `with`:
    what is played twice has to go the same way twice."""
    global _draw  # noqa: PLW0603 - one source for the process, like the chance that it replaces
    before, _draw = _draw, draw
    try:
        yield
    finally:
        _draw = before


def new() -> UUID:
    """A UUIDv7 (RFC 9562): sorts by the millisecond it was made in."""
    milliseconds, noise = _draw()
    value = milliseconds << 80 | noise
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)


def encode(prefix: Prefix, id: UUID) -> str:
    """What clients see; they may not take it apart."""
    letters = (_ALPHABET[id.int >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
    return f"{prefix}_{''.join(letters)}"


def decode(text: str) -> tuple[Prefix, UUID]:
    """The kind and the UUID behind an id. Raises `NotAnId`."""
    head, _, letters = text.partition("_")
    if len(letters) != _LENGTH:  # before the work: a client may send a megabyte of letters
        raise NotAnId(text[:_LENGTH])
    try:
        value = 0
        for letter in letters:
            value = value << 5 | _VALUE[letter]
        if value >> 128:
            raise NotAnId(text)
        return Prefix(head), UUID(int=value)
    except (KeyError, ValueError) as error:
        raise NotAnId(text) from error
