"""A driver who says where he is, and somebody who watches him, over the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from .serving import Api, Socket

REPORT: Final = """mutation ($position: GeoPointInput!, $at: DateTime!) {
  reportPosition(input: {position: $position, measuredAt: $at}) {
    nextReportAfter errors { __typename } } }"""
BEGUN: Final = 50.45
FIFTY_METERS: Final = 0.00045


@dataclass
class Ride:
    """To the north."""

    api: Api
    token: str
    latitude: float = BEGUN

    async def on(self, meters: float = 50) -> None:
        """He has gone so far, and says so."""
        self.latitude += FIFTY_METERS * meters / 50
        at, where = datetime.now(UTC).isoformat(), {"latitude": self.latitude, "longitude": 30.52}
        answer = await self.api.ask(REPORT, self.token, position=where, at=at)
        told = {"nextReportAfter": "PT5S", "errors": []}
        assert answer["data"]["reportPosition"] == told, answer


async def moved(socket: Socket) -> tuple[float, str]:
    """Where the courier is now, and the position of that in the stream."""
    event: Any = await socket.next()
    assert event["__typename"] == "PositionChanged", event
    return event["at"]["latitude"], event["position"]


async def moved_on(socket: Socket, before: tuple[float, str]) -> tuple[float, str]:
    """The same, as soon as he is farther; events come in order."""
    while (then := await moved(socket))[0] <= before[0]:
        assert int(then[1]) >= int(before[1])
    return then
