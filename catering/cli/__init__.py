"""The commands. Each imports its code when it runs, so that `--help` is instant."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import click

from catering import running
from catering.cli.dead_letters import dead_letters
from catering.cli.keys import keys
from catering.settings import (
    DEFAULT_DATA,
    DEFAULT_PORT,
    DEFAULT_SIMULATOR_PORT,
    MissingSetting,
    Settings,
)

POSTER_HOOK = "/webhooks/demo-poster-hook-5f1c0d9e7b"
KASA_HOOK = "/webhooks/demo-kasa-hook-2d7b9f1a3c"
UBER_HOOK = "/webhooks/demo-uber-hook-8a2e4c6f10"


class Commands(click.Group):
    """A group whose commands end in one clear sentence where something outside is missing."""

    def invoke(self, ctx: click.Context) -> Any:
        with _plainly():
            return super().invoke(ctx)


@click.group(cls=Commands)
@click.version_option(package_name="catering")
def main() -> None:
    """Catering: food ordering and delivery, from the basket to the door."""


main.add_command(keys)
main.add_command(dead_letters)


@main.command()
@click.option("--demo/--no-demo", default=False, help="Add demo restaurants, people and drivers.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def up(demo: bool, workers: int) -> None:
    """Run everything on this machine, and keep it running."""
    from catering.supervising import up

    sys.exit(up(demo=demo, workers=workers))


@main.command()
def api() -> None:
    """Serve GraphQL over HTTP, WebSocket and SSE."""
    from catering.app import serve

    serve(Settings.read())


@main.command()
def worker() -> None:
    """Do due tasks."""
    from catering.workers.working import serve

    serve(Settings.read())


@main.command()
def relay() -> None:
    """Announce events and ring for due tasks. Run two: one leads."""
    from catering.workers.relaying import serve

    serve(Settings.read())


@main.command()
@click.option("--port", envvar="CATERING_SIMULATOR_PORT", default=DEFAULT_SIMULATOR_PORT)
@click.option("--host", envvar="CATERING_HOST", default="127.0.0.1", show_default=True)
@click.option("--speed", default=60.0, show_default=True, help="Simulated seconds in a real one.")
@click.option("--webhooks", help="Where our API is, for their webhooks.  [default: this machine]")
def simulate(port: int, host: str, speed: float, webhooks: str | None) -> None:
    """Play the outside systems: kitchens, courier companies and a payment company."""
    from catering.simulator import serve
    from catering.simulator.configuration import Configuration

    base = (webhooks or f"http://127.0.0.1:{_api_port()}").rstrip("/")
    configuration = Configuration(
        speed=speed,
        poster_webhook_url=base + POSTER_HOOK,
        uber_webhook_url=base + UBER_HOOK,
        kasa_webhook_url=base + KASA_HOOK,
    )
    serve(configuration, port, host)


@main.command()
def migrate() -> None:
    """Bring the database up to date."""
    from catering.migrating import migrate

    migrate(Settings.read())


@main.command(hidden=True)
@click.argument("name")
def migration(name: str) -> None:
    """Write the migration that leads from the database to the models."""
    from catering.migrating import draft

    with _some_database() as settings:
        draft(settings, name)


@main.command()
@click.option("--email", prompt=True)
@click.option("--name", prompt=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def create_admin(email: str, name: str, password_stdin: bool) -> None:
    """Create an administrator. No API can do that."""
    from catering.administration import create_admin

    create_admin(Settings.read(), email, name, _password(password_stdin))


@main.command()
@click.option(
    "--force", is_flag=True, help="Also outside development. Everybody knows the password."
)
def seed(force: bool) -> None:
    """Add the demo restaurants, people and drivers. Safe to repeat."""
    from catering.demo.seeding import seed

    seed(Settings.read(), force=force)


@main.command()
def export_schema() -> None:
    """Print the GraphQL schema."""
    from catering.resolvers.root import sdl

    click.echo(sdl().rstrip())


@main.command()
def permissions() -> None:
    """Print who may do what."""
    from catering.domain.permission_table import page

    click.echo(page())


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--restaurant", metavar="SLUG", required=True)
@click.option("--keep-going", is_flag=True, help="Import what is right, report what is not.")
def import_menu(file: Path, restaurant: str, keep_going: bool) -> None:
    """Read a restaurant's menu from FILE."""
    from catering.importing import import_menu

    sys.exit(import_menu(Settings.read(), file, restaurant, keep_going))


@main.command()
@click.option("--url", help="The API to walk through.  [default: the one running here]")
@click.option("--carrier", is_flag=True, help="No driver of ours: a courier company carries it.")
@click.option("--card", is_flag=True, help="Paid by card instead of cash.")
@click.option("--kill", is_flag=True, help="Kill processes on the way; nothing may be lost.")
def walk(url: str | None, carrier: bool, card: bool, kill: bool) -> None:
    """Carry one order of dishes from two restaurants from registration to the door."""
    from catering import walk

    sys.exit(walk.main(url or f"http://127.0.0.1:{_api_port()}", carrier, card, kill, _data()))


@main.command()
@click.option("--orders", default=300, show_default=True, type=click.IntRange(1, 5_000))
@click.option("--minutes", default=90, show_default=True, type=click.IntRange(1, 240))
@click.option("--restaurants", default=20, show_default=True, type=click.IntRange(1, 100))
@click.option("--drivers", default=40, show_default=True, type=click.IntRange(0, 500))
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same rush.")
def rush(orders: int, minutes: int, restaurants: int, drivers: int, seed: int) -> None:
    """Play a lunch rush to its end on a virtual clock, and see that nothing was lost."""
    from catering import rush

    plan = rush.Plan(orders, minutes, restaurants, drivers, seed)
    with _some_database() as settings:
        sys.exit(rush.main(settings.database_url, plan))


@main.command()
def doctor() -> None:
    """Check everything that is needed, and say how to mend what is missing."""
    from catering.doctor import examine

    sys.exit(examine())


def _some_database() -> AbstractContextManager[Settings]:
    """The configured or running database, or an embedded one for as long as it is needed."""
    try:
        return nullcontext(Settings.read())
    except MissingSetting:
        return _own_database()


@contextmanager
def _own_database() -> Iterator[Settings]:
    from catering import embedded

    say = partial(click.echo, err=True)
    with embedded.start(_data(), postgres=True, redis=False, say=say) as servers:
        yield Settings(database_url=servers.database_url or "", redis_url="")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


def _data() -> Path:
    return Path(os.environ.get("CATERING_DATA") or DEFAULT_DATA)


def _api_port() -> int:
    """Of the system that runs here, or the one that is asked for; no database is needed to know."""
    found = running.find(_data())
    return int(os.environ.get("CATERING_PORT") or (found.port if found else DEFAULT_PORT))


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        from catering.complaints import complaint

        if (sentence := complaint(error)) is None:
            raise
        click.echo(sentence, err=True)
        sys.exit(2)
