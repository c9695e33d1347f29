"""From where somebody speaks: the address that is counted when nobody is signed in."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers
from starlette.types import Scope

Networks = tuple[IPv4Network | IPv6Network, ...]

OF_A_HOUSEHOLD = 64
"""Bits: whoever has one IPv6 address has all that share them."""


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
    return _counted(nearest)


def _is_among(name: str, networks: Networks) -> bool:
    return _is_address(name) and any(ip_address(name) in each for each in networks)


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _counted(name: str) -> str:
    if not _is_address(name):
        return name
    found = ip_address(name)
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        return str(found.ipv4_mapped)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, OF_A_HOUSEHOLD), strict=False))
    return str(found)
