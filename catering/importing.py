"""`catering import-menu FILE --restaurant SLUG`: a restaurant's own file becomes its menu."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from catering import database
from catering.database import Transaction
from catering.domain import menu_files
from catering.domain.menu_files import MenuFile
from catering.domain.people import SYSTEM
from catering.domain.refusals import Refused
from catering.services import importing
from catering.settings import Settings

DONE, MEND, UNREADABLE = range(3)
"""Exit codes: the menu is in; mend the file, nothing was changed; no such file or restaurant."""


def import_menu(settings: Settings, file: Path, restaurant: str, keep_going: bool) -> int:
    """Read the file, tell what is wrong with it, and import it; answers with an exit code.

    A file with problems changes nothing, unless we keep going: then its good lines are imported
    and nothing is withdrawn.
    """
    try:
        text = _text(file.read_bytes())
    except OSError as error:
        click.echo(f"{file} cannot be read: {error.strerror}.", err=True)
        return UNREADABLE
    except UnicodeDecodeError:
        click.echo(f"{file} is neither UTF-8 nor Windows-1251. Save it as UTF-8.", err=True)
        return UNREADABLE
    return asyncio.run(_import(settings, text, file.name, restaurant, keep_going))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("cp1251")
        click.echo("The file is not UTF-8; it was read as Windows-1251.", err=True)
        return text


async def _import(
    settings: Settings, text: str, name: str, restaurant: str, keep_going: bool
) -> int:
    engine = database.engine(settings.database_url, size=1)
    try:
        return await _take(database.transactions(engine), text, name, restaurant, keep_going)
    except Refused as refused:
        click.echo(str(refused), err=True)
        return UNREADABLE
    finally:
        await engine.dispose()


async def _take(
    transaction: Transaction, text: str, name: str, restaurant: str, keep_going: bool
) -> int:
    async with transaction() as session:
        currency = await importing.currency_of(session, restaurant)
        menu = menu_files.read(text, name, currency=currency)
        _explain(menu)
        if not menu.items or (menu.problems and not keep_going):
            click.echo("Nothing was changed.", err=True)
            return MEND
        imported = await importing.import_menu(session, restaurant, menu, by=SYSTEM)
    click.echo(
        f"{imported.added} added, {imported.changed} changed, "
        f"{imported.withdrawn} withdrawn, {imported.unchanged} unchanged."
    )
    return DONE


def _explain(menu: MenuFile) -> None:
    for note in menu.notes:
        click.echo(f"Note: {note}", err=True)
    for problem in menu.problems:
        click.echo(str(problem), err=True)
