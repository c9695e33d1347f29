"""Passwords are kept as argon2id. Hashing is slow on purpose: call it before the transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from catering.domain.accounts import folded

T = TypeVar("T")

# The OWASP minimum: 30 ms and 19 MiB. Two threads, or sign-ins starve everything else.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_THREADS: Final = ThreadPoolExecutor(2, "argon2")

NOBODYS: Final = (
    "$argon2id$v=19$m=19456,t=2,p=1$jiAdGnz3ELXJAZ+j2UZHsw$"
    "mAm7Sfxq5JNnOQ38V8QHhIlV/JDh3Vh9uyfzeYyskUU"
)
"""A hash of nothing that anybody could type: an unknown e-mail costs the same work."""


async def hashed(password: str) -> str:
    """What to store."""
    return await _in_thread(lambda: _HASHER.hash(folded(password)))


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether this is the password. Takes as long when there is no account."""
    right = await _in_thread(lambda: _verify(password_hash or NOBODYS, password))
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(password_hash)


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, folded(password))
    except (VerificationError, InvalidHashError):
        return False


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
