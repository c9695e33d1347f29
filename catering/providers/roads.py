"""How long the way is by road: a server of OSRM where one is set, and else nobody knows better than
the straight line.

Its HTTP API is described at https://project-osrm.org/docs/v5.24.0/api/#route-service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final, Protocol

from catering.domain.geography import Point, Ways
from catering.settings import Settings

from .calling import Client, Response, call
from .reading import fraction, parts

PATIENCE: Final = timedelta(seconds=1)
"""Who does not answer by then is not waited for: a straight line is good enough to go on."""

LONGEST: Final = timedelta(hours=6)


class Roads(Protocol):
    """All the rest of the code knows about maps."""

    async def ways(self, places: Sequence[Point]) -> Ways:
        """How long it is from each place to the next; what is not known is left out."""
        ...


class StraightLines:
    """Nobody asks a map."""

    async def ways(self, places: Sequence[Point]) -> Ways:
        return {}


@dataclass(frozen=True, slots=True)
class Osrm:
    """A server of OSRM; `url` is its address without the service, `profile` what it drives."""

    http: Client
    url: str
    profile: str = "driving"
    patience: timedelta = PATIENCE

    async def ways(self, places: Sequence[Point]) -> Ways:
        """Longitude comes first there. Durations are seconds, in `routes[0].legs[…].duration`."""
        there = ";".join(f"{p.longitude:.6f},{p.latitude:.6f}" for p in places)
        url = f"{self.url.rstrip('/')}/route/v1/{self.profile}/{there}"
        asked = {"overview": "false", "steps": "false"}
        answer = await call(self.http, "GET", url, deadline=self.patience, params=asked)
        if not isinstance(answer, Response) or answer.status != 200:
            return {}
        legs = _legs(answer)
        steps = list(pairwise(places))
        return dict(zip(steps, legs, strict=True)) if len(legs) == len(steps) else {}


def _legs(answer: Response) -> list[timedelta]:
    """A way that nobody would carry food on is taken for a mistake, and left out."""
    route = next(iter(parts(answer.document, "routes")), {})
    told = [fraction(leg.get("duration")) for leg in parts(route, "legs")]
    return [
        timedelta(seconds=round(seconds))
        for seconds in told
        if seconds is not None and 0 <= seconds <= LONGEST.total_seconds()
    ]


def roads(settings: Settings, http: Client) -> Roads:
    """What is set, or straight lines."""
    return Osrm(http, settings.osrm_url) if settings.osrm_url else StraightLines()
