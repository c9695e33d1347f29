"""What is printed when everything is ready."""

from __future__ import annotations

from catering.settings import Settings


def greeting(settings: Settings, *, demo: bool) -> list[str]:
    """Where to look and, with demo data, who to be and what to try."""
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
        *(_demo(settings) if demo else []),
    ]


def _demo(settings: Settings) -> list[str]:
    from catering.demo.greeting import lines

    return lines(settings)
