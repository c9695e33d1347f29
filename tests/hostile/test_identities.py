"""Who says that he is somebody else, and who asks for what is somebody else's."""

from __future__ import annotations

import base64
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, select

from catering import database
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.people import Role
from catering.models import Driver, Event, SigningKey, User
from catering.services import sessions, tokens
from catering.settings import Settings
from tests.graphql.steps import missing, offered, shown
from tests.world import World

from .conftest import Stranger, codes


@dataclass
class Stolen:
    """All that a thief could know: a token that was good, and our public key."""

    token: str
    public_pem: bytes
    expired: str

    @property
    def claims(self) -> dict[str, Any]:
        claims: dict[str, Any] = jwt.decode(self.token, options={"verify_signature": False})
        return claims

    @property
    def header(self) -> dict[str, Any]:
        return jwt.get_unverified_header(self.token)

    def forged(self, **header: Any) -> list[str]:
        """The same claims, signed by somebody else in every way that has ever worked."""
        kid = {"kid": self.header["kid"], **header}
        mine = Ed25519PrivateKey.generate()
        head, body, seal = self.token.split(".")
        other = _part(self.claims | {"sub": ids.encode(Prefix.USER, ids.new()), "role": "ADMIN"})
        return [
            jwt.encode(self.claims, mine, "EdDSA", headers=kid),
            jwt.encode(self.claims, "", "none", headers=kid),
            # Our public key, which everybody may know, as if it were a shared secret.
            _hs256({"alg": "HS256", "typ": "JWT", **kid}, self.claims, self.public_pem),
            _part({"alg": "NONE", **kid}) + f".{body}.",
            _part({"alg": "RS256", **kid}) + f".{body}.{seal}",
            _part({"alg": "EdDSA", "kid": "0" * 16}) + f".{body}.{seal}",
            _part({"alg": "EdDSA", "kid": "' OR ''='"}) + f".{body}.{seal}",
            _part({"alg": "EdDSA", "kid": ["a"], "jku": "http://evil"}) + f".{body}.{seal}",
            f"{head}.{other}.{seal}", f"{head}.{body}.{'A' * 86}",
            f"{head}.{body}.", f"{head}.{body}", f"{head}.{body}.{seal}A",
            "a.b.c", "..", "x" * 100_000, f"{_part([])}.{body}.{seal}", f"{_part(7)}.{body}.{seal}",
        ]  # fmt: skip


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _hs256(header: dict[str, Any], claims: dict[str, Any], secret: bytes) -> str:
    told = f"{_part(header)}.{_part(claims)}"
    seal = hmac.digest(secret, told.encode(), "sha256")
    return f"{told}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


@pytest.fixture
async def stolen(world: World, settings: Settings) -> Stolen:
    who = world.customer.id
    assert who is not None
    async with world.transaction() as session:
        begun = await sessions.begin(session, who, Role.CUSTOMER, settings)
        family = (await tokens.read(session, begun.access_token)).family
        before = await database.clock(session) - timedelta(seconds=1)
        expired = await tokens.sign(session, who, Role.CUSTOMER, family, before)
        pem = (await session.scalars(select(SigningKey.private_pem))).first()
    assert pem is not None
    key = serialization.load_pem_private_key(pem.encode(), None)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return Stolen(begun.access_token, public, expired)


async def test_a_token_that_is_not_ours_opens_nothing(intruder: Stranger, stolen: Stolen) -> None:
    mine = '{"query": "{ viewer { user { id } } }"}'
    right = await intruder.posts(mine, authorization=f"Bearer {stolen.token}")
    assert right.json()["data"]["viewer"] is not None
    for token in [*stolen.forged(), stolen.expired]:
        response = await intruder.posts(mine, authorization=f"Bearer {token}")
        assert (response.status_code, codes(response)) == (401, {"UNAUTHENTICATED"})


async def test_a_role_in_a_token_is_not_believed(
    intruder: Stranger, stolen: Stolen, world: World
) -> None:
    """Signed by us, but from a day when he was more than he is now."""
    family, who = UUID(stolen.claims["sid"]), world.customer.id
    assert who is not None
    async with world.transaction() as session:
        until = await database.clock(session) + timedelta(minutes=1)
        token = await tokens.sign(session, who, Role.ADMIN, family, until)
    asked = '{"query": "{ drivers { nodes { id } } }"}'
    response = await intruder.posts(asked, authorization=f"Bearer {token}")
    assert codes(response) == {"FORBIDDEN"}


async def test_what_is_somebody_elses_is_not_there(
    intruder: Stranger, world: World, settings: Settings
) -> None:
    order_id = await world.order()
    _, offer = await offered(world, order_id)
    resolution = await missing(world, order_id)
    order, ticket = shown(Prefix.ORDER, order_id), (await world.look(order_id)).tickets[0]
    key = {"idempotencyKey": uuid4().hex}
    attempts: list[tuple[Role, str, dict[str, Any]]] = [
        (Role.CUSTOMER, "cancelOrder", {"orderId": order, "reason": "CHANGED_MIND", **key}),
        (Role.CUSTOMER, "answerResolution",
         {"resolutionId": shown(Prefix.RESOLUTION, resolution), "choice": "REMOVE", **key}),
        (Role.RESTAURANT, "rejectTicket",
         {"ticketId": shown(Prefix.TICKET, ticket.id), "reason": "no", **key}),
        (Role.DRIVER, "acceptOffer", {"offerId": shown(Prefix.OFFER, offer.id), **key}),
    ]  # fmt: skip
    before = await _history(world)
    for role, name, input in attempts:
        kind = name[0].upper() + name[1:]
        document = (
            f"mutation ($i: {kind}Input!) {{ {name}(input: $i) {{ errors {{ __typename }} }} }}"
        )
        body = json.dumps({"query": document, "variables": {"i": input}})
        token = await _somebody(world, settings, role)
        response = await intruder.posts(body, authorization=f"Bearer {token}")
        assert response.json()["data"][name] == {"errors": [{"__typename": "NotFound"}]}, name
    assert await _history(world) == before


async def _somebody(world: World, settings: Settings, role: Role) -> str:
    """The token of a person who has to do with nothing here."""
    async with world.transaction() as session:
        user = User(
            email=f"{uuid4().hex}@t.test", password_hash="-", display_name="Хтось", role=role
        )
        session.add(user)
        await session.flush()
        if role is Role.DRIVER:
            session.add(Driver(id=user.id, vehicle="CAR", approved_at=database.now(), online=True))
        return (await sessions.begin(session, user.id, role, settings)).access_token


async def _history(world: World) -> int:
    async with world.transaction() as session:
        return (await session.execute(select(func.count()).select_from(Event))).scalar_one()


async def test_a_cursor_that_was_altered_is_told_so(
    intruder: Stranger, stolen: Stolen, world: World
) -> None:
    await world.order()
    page = "query ($a: String) { orders(after: $a) { edges { cursor } } }"

    async def after(cursor: str | None) -> Any:
        body = json.dumps({"query": page, "variables": {"a": cursor}})
        return await intruder.posts(body, authorization=f"Bearer {stolen.token}")

    (edge,) = (await after(None)).json()["data"]["orders"]["edges"]
    cursor = edge["cursor"]
    assert "errors" not in (await after(cursor)).json()
    middle = len(cursor) // 2
    altered = cursor[:middle] + ("A" if cursor[middle] != "A" else "B") + cursor[middle + 1 :]
    for wrong in (altered, cursor[:-1], cursor[::-1], cursor * 9, "x" * 200_000, "\x7f"):
        assert codes(await after(wrong)) == {"BAD_USER_INPUT"}
