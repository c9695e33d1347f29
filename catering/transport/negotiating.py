"""In which form an answer may be given: what `Accept` says, and what we can."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from starlette.requests import Request

from .codes import Code
from .faults import Fault


class Form(StrEnum):
    """The media type of an answer."""

    RESPONSE = "application/graphql-response+json"
    JSON = "application/json"
    EVENTS = "text/event-stream"
    PARTS = "multipart/mixed"

    @property
    def is_stream(self) -> bool:
        """Whether any number of results can be told in it."""
        return self in {Form.EVENTS, Form.PARTS}


ANYTHING: Final = {"*/*": Form.JSON, "application/*": Form.JSON, "text/*": Form.EVENTS}
"""What a wildcard gets. `application/json` is what clients knew before the other one existed."""

MOST: Final = 32
"""Ranges that are looked at."""


def form(request: Request) -> Form:
    """The form that the client likes best. Raises `Fault`: 406."""
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    liked: list[tuple[float, Form]] = []
    for media_range in accept.split(",", MOST)[:MOST]:
        name, parameters = _read(media_range)
        found = _named(name, parameters) or ANYTHING.get(name)
        quality = _quality(parameters)
        if found and quality > 0:
            liked.append((quality, found))
    if not liked:
        raise Fault(Code.NOT_ACCEPTABLE, f"We answer in {', '.join(Form)}.")
    # Of those that are liked equally the first: `max` keeps it, and urql counts on it.
    return max(liked, key=lambda each: each[0])[1]


def is_named(request: Request) -> bool:
    """Whether the client names one of our forms, which a link or an image on a page does not."""
    accept = ",".join(request.headers.getlist("accept"))
    ranges = (_read(media_range) for media_range in accept.split(",", MOST)[:MOST])
    return any(_named(*each) for each in ranges)


def _named(name: str, parameters: dict[str, str]) -> Form | None:
    if parameters.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        return None
    if name == Form.PARTS and not parameters.get("subscriptionspec", "").startswith("1."):
        return None  # the multipart of @defer, which we do not speak
    return Form(name) if name in set(Form) else None


def _read(media_range: str) -> tuple[str, dict[str, str]]:
    name, *rest = media_range.split(";")
    pairs = (each.partition("=") for each in rest)
    parameters = {key.strip().lower(): value.strip().strip("\"'") for key, _, value in pairs}
    return name.strip().lower(), parameters


def _quality(parameters: dict[str, str]) -> float:
    try:
        return float(parameters.get("q", "1"))
    except ValueError:
        return 0
