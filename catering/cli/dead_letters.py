"""`catering dead-letters`."""

from __future__ import annotations

from uuid import UUID

import click

from catering.settings import Settings


@click.group()
def dead_letters() -> None:
    """Tasks that failed for good."""


@dead_letters.command("list")
def list_dead_letters() -> None:
    """Show them with their last error."""
    from catering.administration import list_dead_letters

    for line in list_dead_letters(Settings.read()) or ["There are none."]:
        click.echo(line)


@dead_letters.command("show")
@click.argument("id", type=click.UUID)
def show_dead_letter(id: UUID) -> None:
    """Show all that is known of the one with this ID."""
    from catering.administration import show_dead_letter

    for line in show_dead_letter(Settings.read(), id):
        click.echo(line)


@dead_letters.command("retry")
@click.argument("ids", nargs=-1, type=click.UUID)
def retry_dead_letters(ids: tuple[UUID, ...]) -> None:
    """Make those with these IDS due again; all of them when there are none."""
    from catering.administration import retry_dead_letters

    click.echo(f"Due again: {retry_dead_letters(Settings.read(), ids)}")


@dead_letters.command("drop")
@click.argument("ids", nargs=-1, required=True, type=click.UUID)
@click.option("--reason", required=True, help="Kept with your name.")
def drop_dead_letters(ids: tuple[UUID, ...], reason: str) -> None:
    """Give up those with these IDS for good; what waits for them runs into its deadline."""
    from catering.administration import drop_dead_letters

    click.echo(f"Dropped: {drop_dead_letters(Settings.read(), ids, reason)}")
