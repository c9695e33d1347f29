"""Opening accounts: customers and drivers by themselves, an admin from the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

import phonenumbers
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from catering.domain import accounts, documents
from catering.domain.accounts import Newcomer
from catering.domain.documents import Paper
from catering.domain.events import EventKind
from catering.domain.letters import Purpose
from catering.domain.people import Actor, Role
from catering.domain.refusals import InvalidInput, Refused
from catering.models import Driver, User

from . import letters, papers
from .recording import happened

HOME = "UA"
"""The country of a phone number that names none."""

_WHATEVER_DAY = date.min  # whether a document is over, is seen on the clock of the database


def admitted(newcomer: Newcomer, *more: InvalidInput) -> Newcomer:
    """The newcomer as he is stored. Raises `Refused(InvalidInput, …)` with all that is wrong.

    To be asked before the password is hashed, which is before the transaction.
    """
    phone = e164(newcomer.phone)
    wrong = [*accounts.faults(newcomer), *more]
    if phone is None:
        wrong.append(InvalidInput("This is not a phone number.", ("phone",), rule="phone"))
    if wrong or phone is None:
        raise Refused(*wrong)
    return replace(
        newcomer,
        email=newcomer.email.strip(),
        display_name=newcomer.display_name.strip(),
        phone=phone,
    )


def admitted_driver(newcomer: Newcomer, vehicle: str, papers: Sequence[Paper] = ()) -> Newcomer:
    """The same for a driver, who also names his vehicle and hands in his documents."""
    wrong = accounts.name_faults("vehicle", "A vehicle", vehicle, accounts.VEHICLE_LENGTH)
    return admitted(newcomer, *wrong, *documents.faults(papers, _WHATEVER_DAY))


async def register_customer(session: AsyncSession, newcomer: Newcomer, password_hash: str) -> UUID:
    """Open a customer's account."""
    customer_id = await add_user(
        session, Role.CUSTOMER, newcomer.email, newcomer.display_name, newcomer.phone, password_hash
    )
    by = Actor(customer_id, Role.CUSTOMER)
    await letters.write(session, Purpose.ACTIVATION, newcomer.email, by=by)
    return customer_id


async def register_driver(
    session: AsyncSession,
    newcomer: Newcomer,
    vehicle: str,
    password_hash: str,
    documents: Sequence[Paper] = (),
) -> UUID:
    """Open a driver's account; he works only after a manager approved him."""
    driver_id = await add_driver(session, newcomer, vehicle, password_hash)
    await papers.keep(session, driver_id, documents)
    by = Actor(driver_id, Role.DRIVER)
    await letters.write(session, Purpose.ACTIVATION, newcomer.email, by=by)
    return driver_id


async def add_driver(
    session: AsyncSession, newcomer: Newcomer, vehicle: str, password_hash: str
) -> UUID:
    """A driver's account, of which nobody is written to."""
    driver_id = await add_user(
        session, Role.DRIVER, newcomer.email, newcomer.display_name, newcomer.phone, password_hash
    )
    session.add(Driver(id=driver_id, vehicle=vehicle.strip()))
    await session.flush()
    by = Actor(driver_id, Role.DRIVER)
    await happened(session, EventKind.DRIVER_REGISTERED, driver_id, by=by, driver_id=driver_id)
    return driver_id


async def create_admin(session: AsyncSession, email: str, name: str, password_hash: str) -> UUID:
    """Open an admin's account; no API leads here."""
    return await add_user(session, Role.ADMIN, email, name, None, password_hash)


async def add_user(
    session: AsyncSession,
    role: Role,
    email: str,
    display_name: str,
    phone: str | None,
    password_hash: str,
) -> UUID:
    """One more account. Raises `Refused(InvalidInput)` when the e-mail has one already."""
    adding = insert(User).values(
        email=email,
        password_hash=password_hash,
        display_name=display_name,
        phone=phone,
        role=role,
    )
    once = adding.on_conflict_do_nothing(index_elements=[func.lower(User.email)])
    user_id: UUID | None = await session.scalar(once.returning(User.id))
    if user_id is None:
        message = "There is an account with this e-mail address. Sign in, or use another."
        raise Refused(InvalidInput(message, ("email",), rule="unique"))
    return user_id


def e164(text: str) -> str | None:
    """A phone number in the one form that is stored, or None if it is none."""
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
