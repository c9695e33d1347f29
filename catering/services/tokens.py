"""Access tokens: short-lived JWTs (EdDSA), made and read with the keys in the database.

A token is believed only while its family of sessions lives and under the role that the account
has today, so reading one costs one statement.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from catering.models import Session, SigningKey, User

ISSUER: Final = "catering"
_ALGORITHM: Final = "EdDSA"
_CLAIMS: Final = ["sub", "role", "sid", "iat", "exp", "iss", "aud"]
_KID: Final = re.compile("[0-9a-f]{16}")
_LOCK: Final = int.from_bytes(b"keys", "big")


class BadToken(Exception):
    """The token is forged, expired, or of a session that was ended."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token speaks for, and for how long. `family` is the sign-in it came from."""

    actor: Actor
    family: UUID
    expires_at: datetime
    seconds_left: float


async def sign(
    session: AsyncSession, user_id: UUID, role: Role, family: UUID, expires_at: datetime
) -> str:
    """A token for this user until then."""
    key = await _current_key(session)
    claims = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": ids.encode(Prefix.USER, user_id),
        "role": role,
        "sid": family.hex,
        "iat": await session.scalar(select(now())),
        "exp": expires_at,
    }
    return jwt.encode(claims, key.private_pem, _ALGORITHM, headers={"kid": key.kid})


async def read(session: AsyncSession, token: str) -> Caller:
    """Whom it speaks for, on the database's clock. Raises `BadToken`."""
    try:
        kid = _KID.fullmatch(jwt.get_unverified_header(token)["kid"])
        claimed = jwt.decode(token, options={"verify_signature": False})
        _, user_id = ids.decode(claimed["sub"])
        family = UUID(claimed["sid"])
        alive = await _alive(session, str(kid and kid[0]), user_id, family)
        claims = _verified(token, alive.private_pem)
        expires_at = datetime.fromtimestamp(claims["exp"], UTC)
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise BadToken("The token is not valid.") from error
    left = (expires_at - alive.now).total_seconds()
    if left <= 0:
        raise BadToken("The token has expired.")
    return Caller(Actor(user_id, alive.role), family, expires_at, left)


async def _alive(session: AsyncSession, kid: str, user_id: UUID, family: UUID) -> Any:
    living = exists().where(
        Session.family_id == family,
        Session.user_id == user_id,
        Session.spent_at.is_(None),
        Session.revoked_at.is_(None),
    )
    query = (
        select(User.role, SigningKey.private_pem, now().label("now"))
        .join(SigningKey, SigningKey.kid == kid)
        .where(User.id == user_id, living)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise BadToken("The session was ended.")
    return row


def _verified(token: str, private_pem: str) -> dict[str, Any]:
    # The clock is the database's, so the times are compared by the caller.
    return jwt.decode(
        token,
        _public(private_pem),
        algorithms=[_ALGORITHM],
        audience=ISSUER,
        issuer=ISSUER,
        options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )


@lru_cache(maxsize=8)
def _public(private_pem: str) -> Ed25519PublicKey:
    key = serialization.load_pem_private_key(private_pem.encode(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError("A signing key is an Ed25519 key.")
    return key.public_key()


async def _current_key(session: AsyncSession) -> SigningKey:
    """The newest key; the first one is made here, by whichever replica comes first."""
    newest = (
        select(SigningKey)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.created_at.desc())
        .limit(1)
    )
    key = await session.scalar(newest)
    if key is None:
        await session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        key = await session.scalar(newest)
    if key is None:
        key = SigningKey(kid=secrets.token_hex(8), private_pem=_new_pem())
        session.add(key)
        await session.flush()
    return key


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
