from __future__ import annotations

import asyncio
from pathlib import Path

import click
import pytest
from sqlalchemy import select

from catering.administration import create_admin
from catering.domain.people import Role
from catering.importing import DONE, MEND, UNREADABLE, import_menu
from catering.models import Product, Restaurant, User
from catering.services import passwords
from catering.settings import Settings
from tests.demo.looking import rows

SLUG = "pitsa-yarval"
HEADER = "category,name,price,external id"
CALZONE = "Піца 30 см,Кальцоне,279,PZ-99"
MISTAKE = "Піца 30 см,Маргарита,дорого,PZ-01"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "menu.csv"


def write(file: Path, *lines: str, encoding: str = "utf-8") -> Path:
    file.write_text("\n".join([HEADER, *lines]), encoding=encoding)
    return file


def offered(settings: Settings) -> set[tuple[str, int]]:
    query = select(Product.name, Product.price).join(Restaurant)
    on_sale = query.where(Restaurant.slug == SLUG, ~Product.unavailable)
    return {(row.name, row.price) for row in rows(settings, on_sale)}


def test_a_file_with_a_mistake_changes_nothing(
    town: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = offered(town)

    assert import_menu(town, write(file, CALZONE, MISTAKE), SLUG, keep_going=False) == MEND

    assert "Line 3, price: “дорого” is not a price" in capsys.readouterr().err
    assert offered(town) == before


def test_keeping_going_imports_the_good_lines_and_withdraws_nothing(
    town: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = offered(town)

    assert import_menu(town, write(file, CALZONE, MISTAKE), SLUG, keep_going=True) == DONE

    told = capsys.readouterr()
    assert told.out == "1 added, 0 changed, 0 withdrawn, 0 unchanged.\n"
    assert "Line 3" in told.err
    assert offered(town) == before | {("Кальцоне", 27900)}


def test_keeping_going_cannot_make_a_menu_of_nothing(town: Settings, file: Path) -> None:
    before = offered(town)

    assert import_menu(town, write(file, MISTAKE), SLUG, keep_going=True) == MEND
    assert import_menu(town, write(file), SLUG, keep_going=True) == MEND

    assert offered(town) == before


def test_a_file_of_an_old_spreadsheet_is_read_as_well(
    town: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(file, CALZONE, encoding="cp1251")

    assert import_menu(town, file, SLUG, keep_going=False) == DONE

    assert "Windows-1251" in capsys.readouterr().err
    assert offered(town) == {("Кальцоне", 27900)}


@pytest.mark.parametrize("raw", [b"\x98\xff", None], ids=["no text", "no file"])
def test_what_cannot_be_read_is_not_imported(
    town: Settings, file: Path, raw: bytes | None, capsys: pytest.CaptureFixture[str]
) -> None:
    before = offered(town)
    if raw is not None:
        file.write_bytes(raw)

    assert import_menu(town, file, SLUG, keep_going=True) == UNREADABLE

    assert str(file) in capsys.readouterr().err
    assert offered(town) == before


def test_an_unknown_restaurant_is_named(
    town: Settings, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert import_menu(town, write(file, CALZONE), "nowhere", keep_going=True) == UNREADABLE

    assert capsys.readouterr().err == "There is no restaurant “nowhere”.\n"


def test_an_admin_is_created_once(town: Settings) -> None:
    create_admin(town, " Boss@example.org ", "The Boss", "a long password")

    def bosses() -> list[tuple[Role, str, str]]:
        query = select(User).where(User.email.ilike("boss@%"))
        return [(it.role, it.email, it.password_hash) for it in rows(town, query)]

    ((role, email, password_hash),) = bosses()
    assert (role, email) == (Role.ADMIN, "Boss@example.org")
    assert asyncio.run(passwords.matches(password_hash, "a long password"))

    with pytest.raises(click.ClickException, match="There is an account"):
        create_admin(town, "boss@EXAMPLE.org", "Another", "another password")
    assert bosses() == [(role, email, password_hash)]


def test_an_admin_needs_an_address_a_name_and_a_password(town: Settings) -> None:
    with pytest.raises(click.ClickException) as refused:
        create_admin(town, "nobody", " ", "short")

    told = refused.value.format_message()
    assert len(told.splitlines()) == 3
    assert rows(town, select(User).where(User.email == "nobody")) == []
