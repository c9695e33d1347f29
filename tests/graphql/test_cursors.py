"""Seals on cursors: whatever is not exactly what we told is none of ours."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from catering.database import Transaction
from catering.models import Order, Product
from catering.schema.cursors import BrokenSeal, Seal
from catering.services import keeping

SEAL = Seal(b"k" * 32, "orders")
PLACE = [datetime(2026, 5, 1, 12, tzinfo=UTC), UUID("01a208be-7251-72c1-bff3-4e174ea85e32")]
COLUMNS: Any = (Order.placed_at, Order.id)


def opens(seal: Seal, cursor: str, columns: Any = COLUMNS) -> bool:
    try:
        return seal.opened(cursor, columns) == PLACE
    except BrokenSeal:
        return False


def test_a_place_comes_back_as_it_was() -> None:
    assert opens(SEAL, SEAL.cursor(PLACE))


def test_not_a_bit_of_it_can_be_altered() -> None:
    sealed = SEAL.cursor(PLACE)
    raw = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    for place in range(len(raw)):
        altered = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        assert not opens(SEAL, base64.urlsafe_b64encode(altered).decode())
    assert not any(opens(SEAL, sealed[:length]) for length in range(len(sealed)))
    assert not any(opens(SEAL, sealed + more) for more in ("A", "AA", "AAAA", "\n", "=", "!"))


def test_another_list_and_another_key_have_other_seals() -> None:
    assert not opens(Seal(b"k" * 32, "drivers"), SEAL.cursor(PLACE))
    assert not opens(Seal(b"K" * 32, "orders"), SEAL.cursor(PLACE))


@pytest.mark.parametrize("columns", [(Order.placed_at,), (Product.name, Order.id), (Order.id,) * 2])
def test_a_column_that_has_changed_its_type_since_is_no_crash(columns: Any) -> None:
    assert not opens(SEAL, SEAL.cursor(PLACE), columns)


async def test_the_key_is_made_once_and_kept(transaction: Transaction) -> None:
    async def read(name: str) -> bytes:
        async with transaction() as session:
            return await keeping.secret(session, name)

    first, second = await asyncio.gather(read("one"), read("one"))
    assert first == second == await read("one") != await read("other")
    assert len(first) == 32
