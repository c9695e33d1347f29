"""Access tokens: short-lived JWTs (EdDSA), made and read with the keys in the database.

A token is believed only while its family of sessions lives and under the role that the account
has today, so reading one costs one statement.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import jwt
from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from catering.database import now
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Actor, Role
from catering.models import Session, SigningKey, User

from . import keys
from .keys import ALGORITHM

ISSUER: Final = "catering"
_CLAIMS: Final = ["sub", "role", "sid", "iat", "exp", "iss", "aud"]
_KID: Final = re.compile("[0-9a-f]{16}")


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
    key = await keys.current(session)
    claims = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": ids.encode(Prefix.USER, user_id),
        "role": role,
        "sid": family.hex,
        "iat": await session.scalar(select(now())),
        "exp": expires_at,
    }
    return jwt.encode(claims, key.private_pem, ALGORITHM, headers={"kid": key.kid})


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
        .join(SigningKey, (SigningKey.kid == kid) & keys.verifies())
        .where(User.id == user_id, User.suspended_at.is_(None), living)
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        raise BadToken("The session was ended.")
    return row


def _verified(token: str, private_pem: str) -> dict[str, Any]:
    # The clock is the database's, so the times are compared by the caller.
    return jwt.decode(
        token,
        keys.public(private_pem),
        algorithms=[ALGORITHM],
        audience=ISSUER,
        issuer=ISSUER,
        options={"require": _CLAIMS, "verify_exp": False, "verify_iat": False, "verify_nbf": False},
    )
