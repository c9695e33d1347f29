"""`catering keys`."""

from __future__ import annotations

import click

from catering.settings import Settings


@click.group()
def keys() -> None:
    """The keys that access tokens are signed with."""


@keys.command("list")
def list_keys() -> None:
    """Show which one signs, and which still verify."""
    from catering.administration import list_keys

    for line in list_keys(Settings.read()) or ["There are none; the first sign-in makes one."]:
        click.echo(line)


@keys.command("rotate")
def rotate_keys() -> None:
    """Let a new key sign. Nobody is signed out: the one before verifies until its tokens end."""
    from catering.administration import rotate_keys

    click.echo(f"Signs from now on: {rotate_keys(Settings.read())}")


@keys.command("retire")
@click.argument("kid")
def retire_key(kid: str) -> None:
    """Believe no token that key KID has signed, from now on. Clients refresh their sessions."""
    from catering.administration import retire_key

    retire_key(Settings.read(), kid)
    click.echo(f"Verifies no more: {kid}")
