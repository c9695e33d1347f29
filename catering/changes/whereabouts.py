"""Where our drivers are just now, in Redis.

Places are a GEO set, which rounds them to half a metre. With each goes the moment of its
measurement, which a later one only replaces, and what is believed of it. Everything here may be
gone at any time: PostgreSQL has a sample of it, and whoever asks is told of nobody.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from catering.domain.dispatch import GONE_AFTER
from catering.domain.geography import Point
from catering.domain.whereabouts import NOBODY, Fix, Seen, Sighting, Track

from .sparing import AFTER, Sparing
from .telling import channel, wake

NORTHERNMOST: Final = 85.0
"""What is nearer to a pole has no place in a GEO set."""

DIGITS: Final = 6
"""Of a degree; the sixth is a tenth of a metre, and less than is kept."""

KEYS: Final = tuple(f"catering:{{whereabouts}}:{name}" for name in ("places", "moments", "tracks"))
_PLACES, _, _TRACKS = KEYS


class Whereabouts(Protocol):
    """Who knows where our drivers are."""

    async def follow(
        self, driver_id: UUID, fix: Fix, heard: datetime, to_wake: str | None = None
    ) -> Sighting | None:
        """Where a driver is after one more fix, for all to know, and the followers of a channel at
        once; None where that could not be kept. A fix that is no newer changes nothing."""
        ...

    async def of(self, drivers: Sequence[UUID]) -> Seen:
        """Where these were seen last, as far as it is known."""
        ...

    async def everybody(self) -> Seen:
        """Where all were seen last who were heard of within half an hour."""
        ...

    async def forget(self, driver_id: UUID) -> None:
        """Nothing is known of a driver any more."""
        ...


class Nowhere:
    """Knows of nobody, for those who have no Redis."""

    async def follow(self, *_: Any) -> Sighting | None:
        return None

    async def of(self, _: Sequence[UUID]) -> Seen:
        return NOBODY

    async def everybody(self) -> Seen:
        return NOBODY

    async def forget(self, _: UUID) -> None:
        return None


class Lookout:
    """Knows what all processes know together; nobody, while Redis is away."""

    def __init__(self, url: str, *, after: float = AFTER) -> None:
        self._line = Sparing(url, "Positions go to PostgreSQL alone", after=after)
        self._redis = self._line.redis
        self._take = self._redis.register_script(_TAKE)
        self._drop = self._redis.register_script(_DROP)
        self._channel = channel(self._redis)

    async def follow(
        self, driver_id: UUID, fix: Fix, heard: datetime, to_wake: str | None = None
    ) -> Sighting | None:
        if abs(fix.point.latitude) > NORTHERNMOST:
            return None
        return await self._line.ask(lambda: self._follow(driver_id, fix, heard, to_wake))

    async def of(self, drivers: Sequence[UUID]) -> Seen:
        return await self._line.ask(lambda: self._of(drivers)) or NOBODY

    async def everybody(self) -> Seen:
        return await self._line.ask(self._everybody) or NOBODY

    async def forget(self, driver_id: UUID) -> None:
        await self._line.ask(lambda: self._drop(keys=KEYS, args=[str(driver_id)]))

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    async def _follow(
        self, driver_id: UUID, fix: Fix, heard: datetime, to_wake: str | None
    ) -> Sighting:
        name = str(driver_id)
        known = (await self._tracks([name]))[0]
        track = Track(fix) if known is None else known[0].then(fix)
        if known is not None and track is known[0]:
            return _sighting(*known)
        seen = track.seen.point
        await self._take(
            keys=KEYS,
            args=[
                name, _micro(fix.at), seen.longitude, seen.latitude, _written(track, heard),
                _micro(heard - GONE_AFTER), round(GONE_AFTER.total_seconds()),
                self._channel, wake(to_wake) if to_wake else "",
            ],
        )  # fmt: skip
        return _sighting(track, heard)

    async def _of(self, drivers: Sequence[UUID]) -> Seen:
        found = await self._tracks([str(id) for id in drivers])
        known = zip(drivers, found, strict=True)
        return {id: _sighting(*each) for id, each in known if each is not None}

    async def _everybody(self) -> Seen:
        names: Any = await self._redis.hkeys(_TRACKS)
        return await self._of([UUID(name.decode()) for name in names])

    async def _tracks(self, names: Sequence[str]) -> list[tuple[Track, datetime] | None]:
        """What is believed of each, and when it was heard of last."""
        if not names:
            return []
        async with self._redis.pipeline() as both:
            both.geopos(_PLACES, *names)
            both.hmget(_TRACKS, list(names))
            places, tracks = await both.execute()
        return [
            _read(place, track) if place and track else None
            for place, track in zip(places, tracks, strict=True)
        ]


def _sighting(track: Track, heard: datetime) -> Sighting:
    return Sighting(track.seen.point, track.seen.at, heard)


def _written(track: Track, heard: datetime) -> str:
    """All of it but the place."""
    told: dict[str, Any] = {"at": track.seen.at.isoformat(), "heard": heard.isoformat()}
    if (fix := track.doubted) is not None:
        told["doubted"] = [fix.point.latitude, fix.point.longitude, fix.at.isoformat()]
    return json.dumps(told)


def _read(place: tuple[float, float], track: bytes) -> tuple[Track, datetime]:
    told = json.loads(track)
    longitude, latitude = (round(degrees, DIGITS) for degrees in place)
    doubted = None
    if "doubted" in told:
        *where, when = told["doubted"]
        doubted = Fix(Point(*where), datetime.fromisoformat(when))
    seen = Fix(Point(latitude, longitude), datetime.fromisoformat(told["at"]))
    return Track(seen, doubted), datetime.fromisoformat(told["heard"])


def _micro(at: datetime) -> int:
    return round(at.timestamp() * 1e6)


_DROP: Final = """
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[3], ARGV[1])
"""

_TAKE: Final = """
local id, at, longitude, latitude, track, gone, life, channel, news = unpack(ARGV)
if tonumber(at) <= tonumber(redis.call('ZSCORE', KEYS[2], id) or 0) then return end
for _, silent in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, gone, 'LIMIT', 0, 16)) do
  redis.call('ZREM', KEYS[1], silent)
  redis.call('ZREM', KEYS[2], silent)
  redis.call('HDEL', KEYS[3], silent)
end
redis.call('GEOADD', KEYS[1], longitude, latitude, id)
redis.call('ZADD', KEYS[2], at, id)
redis.call('HSET', KEYS[3], id, track)
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, life) end
if news ~= '' then redis.call('PUBLISH', channel, news) end
"""
"""In one step: of two fixes the newer one stays, whichever comes first. Whoever fell silent is
cleared away by those who speak; after the last of them everything expires."""
