"""From where somebody speaks: the address that is counted when nobody is signed in."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

Networks = tuple[IPv4Network | IPv6Network, ...]


def address(scope: Scope, trusted: Networks) -> str:
    """The nearest address that is not a proxy of ours. What stands further left in
    `X-Forwarded-For` was written by whoever wanted to."""
    peer, _ = scope.get("client") or ("", 0)
    nearest = peer
    told = ",".join(Headers(scope=scope).getlist("x-forwarded-for"))
    for hop in reversed([peer, *told.split(",")][1:]):
        if not _is_among(nearest, trusted) or not _is_address(hop.strip()):
            break
        nearest = hop.strip()
    return nearest


def _is_among(name: str, networks: Networks) -> bool:
    return _is_address(name) and any(ip_address(name) in each for each in networks)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
