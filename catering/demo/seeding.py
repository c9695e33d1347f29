"""`catering seed`: a town to try everything in. Seeding again only mends what is missing.

Connections, restaurants and menus become what the files say; people are left as they are.
"""

from __future__ import annotations

import asyncio
from uuid import UUID

import click
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering import database
from catering.domain.accounts import Newcomer
from catering.domain.people import SYSTEM, Role
from catering.models import ProviderAccount, Restaurant, Staff, User
from catering.services import driving, importing, passwords, registering
from catering.settings import Settings

from . import reading
from .enriching import enrich
from .facilities import organise
from .reading import Row


def seed(settings: Settings, *, force: bool = False) -> None:
    """Bring the demo data in. Raises `ClickException` outside development, unless forced."""
    if not settings.development and not force:
        raise click.ClickException(
            "Demo accounts have a password that everybody knows, so they are for development. "
            "`catering seed --force` adds them here all the same."
        )
    asyncio.run(_seed(settings))


async def _seed(settings: Settings) -> None:
    # One hash for everybody: hashing is slow on purpose, and this password is no secret.
    password_hash = await passwords.hashed(reading.PASSWORD)
    engine = database.engine(settings.database_url, size=1)
    try:
        async with database.transactions(engine)() as session:
            await settle(session, settings.simulator_url, password_hash)
    finally:
        await engine.dispose()


async def settle(session: AsyncSession, simulator: str, password_hash: str) -> None:
    """Everything and everybody of the demo, in one transaction."""
    accounts = await _connect(session, simulator)
    restaurants = await _open(session, accounts)
    for row in reading.restaurants():
        menu = reading.menu(row["slug"], row["currency"])
        await importing.import_menu(session, row["slug"], menu, by=SYSTEM)
    await enrich(session, restaurants)
    strangers = await _strangers(session)
    for person in strangers:
        await _welcome(session, person, restaurants, password_hash)
    await organise(session)
    emails = [person["email"] for person in strangers]
    known = update(User).where(func.lower(User.email).in_(emails))
    await session.execute(known.values(email_verified_at=database.now()))


async def _connect(session: AsyncSession, simulator: str) -> dict[str, UUID]:
    """The accounts, at the address where the simulator listens now; their ids by name."""
    rows = [{**row, "base_url": simulator + row["path"]} for row in reading.accounts()]
    return await _put(session, ProviderAccount, "name", rows)


async def _open(session: AsyncSession, accounts: dict[str, UUID]) -> dict[str, UUID]:
    """The restaurants; their ids by slug."""
    rows = [
        {**row, "account_id": accounts[row["account"]] if row["account"] else None}
        for row in reading.restaurants()
    ]
    return await _put(session, Restaurant, "slug", rows)


async def _put(
    session: AsyncSession,
    kind: type[ProviderAccount] | type[Restaurant],
    key: str,
    rows: list[Row],
) -> dict[str, UUID]:
    """Insert or update rows of a table, keeping what the files do not tell; ids by `key`."""
    columns = kind.__table__.columns.keys() & rows[0].keys()
    adding = insert(kind).values([{name: row[name] for name in columns} for row in rows])
    putting = adding.on_conflict_do_update(
        index_elements=[key], set_={name: adding.excluded[name] for name in columns - {key}}
    )
    named = putting.returning(getattr(kind, key), kind.id)
    return dict((await session.execute(named)).all())


async def _strangers(session: AsyncSession) -> list[Row]:
    """The people who have no account yet."""
    people = reading.people()
    query = select(func.lower(User.email)).where(
        func.lower(User.email).in_([person["email"] for person in people])
    )
    known = set(await session.scalars(query))
    return [person for person in people if person["email"] not in known]


async def _welcome(
    session: AsyncSession, person: Row, restaurants: dict[str, UUID], password_hash: str
) -> None:
    if person["role"] == Role.DRIVER:
        return await _employ(session, person, password_hash)
    user_id = await registering.add_user(
        session, Role(person["role"]), person["email"], person["display_name"], person["phone"],
        password_hash,
    )  # fmt: skip
    if slug := person.get("restaurant"):
        session.add(Staff(user_id=user_id, restaurant_id=restaurants[slug]))
    return None


async def _employ(session: AsyncSession, person: Row, password_hash: str) -> None:
    """A driver whom a manager has seen: approved, offline, last met at a place in town."""
    newcomer = Newcomer(person["email"], reading.PASSWORD, person["display_name"], person["phone"])
    driver_id = await registering.add_driver(session, newcomer, person["vehicle"], password_hash)
    driver = await driving.approve(session, driver_id, by=SYSTEM)
    driver.latitude, driver.longitude = person["latitude"], person["longitude"]
    driver.position_at = driver.approved_at
