"""Whose address it is: only what our own proxies say of others is believed."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from catering.transport.addresses import address

PROXIES = tuple(map(ip_network, ("10.0.0.0/8", "fd00::/8")))


@pytest.mark.parametrize(
    ("peer", "forwarded", "found"),
    [
        ("8.8.8.8", [], "8.8.8.8"),
        ("8.8.8.8", ["1.1.1.1"], "8.8.8.8"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.9.9.9"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("fd00::1", ["2001:db8:1:2:3:4:5:6"], "2001:db8:1:2:3:4:5:6"),
    ],
)
def test_the_nearest_address_that_is_no_proxy_of_ours(
    peer: str, forwarded: list[str], found: str
) -> None:
    assert address(scope(peer, forwarded), PROXIES) == found


def test_without_a_setting_nobody_is_believed() -> None:
    assert address(scope("10.0.0.1", ["1.1.1.1"]), ()) == "10.0.0.1"


def scope(peer: str, forwarded: list[str]) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return {"type": "http", "client": (peer, 7), "headers": headers}
