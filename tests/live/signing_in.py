"""People who come in, and their tokens."""

from __future__ import annotations

from uuid import UUID, uuid4

from catering.database import Transaction
from catering.domain.accounts import Newcomer
from catering.domain.people import Role
from catering.domain.refusals import (
    StaleSession,
)
from catering.services import passwords, registering, sessions, tokens
from catering.services.sessions import Tokens
from catering.settings import Settings

PASSWORD = "варення з малини"


def somebody(**different: str) -> Newcomer:
    form = {
        "email": f"{uuid4().hex}@example.test",
        "password": PASSWORD,
        "display_name": "Анна",
        "phone": "067 100 00 03",
    }
    return Newcomer(**{**form, **different})


async def registered(transaction: Transaction, newcomer: Newcomer) -> UUID:
    admitted = registering.admitted(newcomer)
    password_hash = await passwords.hashed(admitted.password)
    async with transaction() as session:
        return await registering.register_customer(session, admitted, password_hash)


async def signed_in(transaction: Transaction, settings: Settings) -> Tokens:
    user_id = await registered(transaction, somebody())
    async with transaction() as session:
        return await sessions.begin(session, user_id, Role.CUSTOMER, settings)


async def refreshed(
    transaction: Transaction, settings: Settings, token: str
) -> Tokens | StaleSession:
    async with transaction() as session:
        return await sessions.refresh(session, token, settings)


async def caller(transaction: Transaction, token: str) -> tokens.Caller:
    async with transaction() as session:
        return await tokens.read(session, token)
