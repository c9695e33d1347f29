"""What the outside systems have really got, as the simulator wrote it down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Self

import httpx

from catering.walk.ending import Failed
from catering.walk.summing_up import line

Effects = list[dict[str, Any]]


@dataclass(frozen=True)
class Books:
    """The simulator's ledger, from the beginning of the walk to its end."""

    http: httpx.AsyncClient
    url: str
    before: Effects

    @classmethod
    async def open(cls, http: httpx.AsyncClient, simulator: str) -> Self:
        url = f"{simulator}/_sim/ledger"
        return cls(http, url, await _effects(http, url))

    async def close(self) -> str:
        """What came in meanwhile. Raises `Failed` if anything was handed over twice."""
        now = await _effects(self.http, self.url)
        if found := doubles(now):
            raise Failed(f"The outside got something twice: {'; '.join(found)}.")
        came = now[len(self.before) :]
        counts = ", ".join(f"{live(came, kind)} {kind}s" for kind in ("submission", "booking"))
        return line("outside systems", f"nothing was handed over twice: {counts}")


def doubles(effects: Effects) -> list[str]:
    """What was handed over more than once, in words."""
    often = Counter(
        (each["provider"], each["kind"], each["reference"]) for each in effects if each["reference"]
    )
    return [
        f"{reference} reached {provider} as {count} {kind}s"
        for (provider, kind, reference), count in often.items()
        if count > 1
    ]


def live(effects: Effects, kind: str) -> int:
    """How many of a kind stand, neither refused nor called off."""
    return sum(each["kind"] == kind and each["live"] for each in effects)


async def _effects(http: httpx.AsyncClient, url: str) -> Effects:
    try:
        response = (await http.get(url)).raise_for_status()
    except httpx.HTTPError as error:
        raise Failed(f"The simulator does not show its ledger at {url}: {error!r}.") from error
    found: Effects = response.json()["effects"]
    return found
