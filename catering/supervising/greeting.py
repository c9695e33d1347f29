"""What is printed when everything is ready."""

from __future__ import annotations

from importlib import import_module

from catering.settings import Settings

ACCOUNTS = "admin@ manager@ customer@ facility@ driver1@ … driver5@ <restaurant slug>@"


def greeting(settings: Settings, *, demo: bool) -> list[str]:
    """Where to look and, with demo data, who to be and what to try."""
    return [*_places(settings), *(_demo(settings) if demo else [])]


def _places(settings: Settings) -> list[str]:
    at = f"http://127.0.0.1:{settings.port}"
    graphiql = [f"  GraphiQL    {at}/"] if settings.development else []
    return [
        "",
        *graphiql,
        f"  GraphQL     {at}/graphql  (HTTP, WebSocket, SSE)",
        f"  Schema      {at}/schema.graphql",
        f"  Health      {at}/health/ready",
        f"  Simulators  http://127.0.0.1:{settings.simulator_port}/",
        "",
    ]


def _demo(settings: Settings) -> list[str]:
    return [
        f"  Accounts    {ACCOUNTS}",
        "              each at demo.catering.test, password catering-demo",
        "",
        *_order(settings),
        "  One order from basket to door, in another shell:  .venv/bin/catering walk",
        "",
    ]


def _order(settings: Settings) -> list[str]:
    try:
        lines: list[str] = import_module("catering.demo.greeting").lines(settings)
    except ModuleNotFoundError:
        return []
    return [*lines, ""]
