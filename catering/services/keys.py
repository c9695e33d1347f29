"""The keys that access tokens are signed with: one signs, those before it verify for a while.

Every replica reads them from the database, so a change is everywhere with its commit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from jwt.utils import base64url_encode
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.events import EventKind
from catering.domain.people import SYSTEM
from catering.domain.refusals import ForbiddenStep, NotFound, Refused
from catering.models import SigningKey

from .recording import happened

ALGORITHM: Final = "EdDSA"
SLACK: Final = timedelta(minutes=1)
"""A token may be signed just while its key is replaced; nobody signs for longer than this."""

_LOCK: Final = int.from_bytes(b"keys", "big")


async def current(session: AsyncSession) -> SigningKey:
    """The key that signs; the first one is made here, by whichever replica comes first."""
    key = await session.scalar(_SIGNS)
    if key is None:
        await _alone(session)
        key = await session.scalar(_SIGNS) or await _made(session)
    return key


async def rotate(session: AsyncSession, token_life: timedelta) -> SigningKey:
    """Let a new key sign. The one before verifies until the last token it signed is over."""
    await _alone(session)
    before = await session.scalar(_SIGNS)
    if before is not None:
        before.verifies_until = await database.clock(session) + token_life + SLACK
        await session.flush()
    key = await _made(session)
    await _tell(session, EventKind.KEY_ROTATED, key.kid)
    return key


async def retire(session: AsyncSession, kid: str) -> SigningKey:
    """Let a key verify no more, at once: whoever came with it has to refresh his session.

    Raises `Refused` for a key that is not there, and for the one that signs.
    """
    await _alone(session)
    key = await session.get(SigningKey, kid)
    if key is None:
        raise Refused(NotFound("There is no such key."))
    if key.verifies_until is None:
        raise Refused(ForbiddenStep("This key signs. Rotate first.", current="signs"))
    if key.retired_at is None:
        key.retired_at = await database.clock(session)
        await _tell(session, EventKind.KEY_RETIRED, kid)
    return key


async def every(session: AsyncSession) -> Sequence[SigningKey]:
    """All keys there ever were, the newest first."""
    return (await session.scalars(select(SigningKey).order_by(SigningKey.created_at.desc()))).all()


async def published(session: AsyncSession) -> list[dict[str, str]]:
    """The public halves of the keys that verify, as RFC 8037 writes them."""
    found = await session.execute(
        select(SigningKey.kid, SigningKey.private_pem)
        .where(verifies())
        .order_by(SigningKey.created_at.desc())
    )
    return [
        {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": ALGORITHM,
            "use": "sig",
            "kid": kid,
            "x": base64url_encode(public(private_pem).public_bytes_raw()).decode(),
        }
        for kid, private_pem in found
    ]


def verifies() -> ColumnElement[bool]:
    """Whether tokens that a key signed are believed."""
    until = SigningKey.verifies_until
    return SigningKey.retired_at.is_(None) & (until.is_(None) | (until > database.now()))


@lru_cache(maxsize=8)
def public(private_pem: str) -> Ed25519PublicKey:
    """The half that verifies."""
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("A signing key is an Ed25519 key.")
    return key.public_key()


_SIGNS: Final = select(SigningKey).where(
    SigningKey.verifies_until.is_(None), SigningKey.retired_at.is_(None)
)


async def _alone(session: AsyncSession) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


async def _made(session: AsyncSession) -> SigningKey:
    key = SigningKey(kid=secrets.token_hex(8), private_pem=_new_pem())
    session.add(key)
    await session.flush()
    return key


async def _tell(session: AsyncSession, kind: EventKind, kid: str) -> None:
    # A key is no row with a UUID: the subject is its id, as wide as one.
    facts: dict[str, Any] = {"data": {"kid": kid}}
    await happened(session, kind, UUID(int=int(kid, 16)), by=SYSTEM, **facts)


def _new_pem() -> str:
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )
