"""How often a password may be tried. Wrong guesses slow down where they come from, nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network
from typing import Final

FREE: Final = 5
"""So many tries cost no time: people mistype."""

FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(minutes=15)
FORGOTTEN_AFTER: Final = timedelta(days=1)


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries without a right one. Each doubles it."""
    if tries < FREE:
        return timedelta(0)
    doubled: int = 2 ** min(tries - FREE, 10)
    return min(LONGEST_PAUSE, FIRST_PAUSE * doubled)


def again_at(tries: int, last_at: datetime) -> datetime:
    """From when on one more try is looked at."""
    return last_at + pause(tries)


def network(address: str | None) -> str:
    """Where an address counts as: an IPv6 customer has a whole /64 to call from."""
    try:
        ip = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return str(ip if ip.version == 4 else ip_network((ip, 64), strict=False))
