"""Bodies that are no requests."""

from __future__ import annotations

import json

import pytest

from .conftest import Stranger, codes

FINE = '{"query": "{ __typename }"}'
DEEP = 100_000


@pytest.mark.parametrize(
    "body",
    [
        "null", "7", '"x"', "[]", "[{}]", "true", "", " ", "{", "}", "{}x", "\0", '{"query"}',
        f"[{FINE}]", "{" * DEEP, "[" * DEEP, "[" * DEEP + "]" * DEEP,
        '{"query": ' + "[" * DEEP + "]" * DEEP + "}",
        '{"a":' * 40_000, '{"a":' * 30_000 + "1" + "}" * 30_000,
        '{"query": "{ __typename }", "variables": {"a": NaN}}',
        '{"query": "{ __typename }", "variables": {"a": Infinity}}',
        '{"query": "{ __typename }", "variables": {"a": 1e999}}',
        '{"query": "{ __typename }", "query": "{ a }"}',
        '{"query": "{ __typename }", "variables": ' + '{"a":' * 65 + "1" + "}" * 66,
        '{"query": "{ __typename }", "variables": {"a": [' + "[]," * 60_000 + "1]}}",
        '{"query": "{ __typename }", "variables": {"a": [' + '{"a":1},' * 25_000 + "1]}}",
        '{"query": [' + "1e9," * 60_000 + "1]}",
        "{'query': '{ __typename }'}", "query=%7B__typename%7D",
    ],
    ids=range(30),
)  # fmt: skip
async def test_what_is_no_object_is_400(stranger: Stranger, body: str) -> None:
    response = await stranger.posts(body)
    assert (response.status_code, codes(response)) == (400, {"BAD_REQUEST"})


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe", b'{"query": "\xff"}', b'{"query": "\xc0\xaf"}', b'{"query": "\xed\xa0\x80"}',
        FINE.encode("utf-16"), FINE.encode("utf-32"), b"\xef\xbb\xbf" + FINE.encode(),
        b"\x1f\x8b\x08\x00",
    ],
)  # fmt: skip
async def test_what_is_not_utf_8_is_400(stranger: Stranger, body: bytes) -> None:
    response = await stranger.posts(body)
    assert (response.status_code, codes(response)) == (400, {"BAD_REQUEST"})


@pytest.mark.parametrize(
    "members",
    [
        {"query": 7}, {"query": None}, {"query": []}, {"query": {}}, {"query": True},
        {"query": "{ __typename }", "variables": []},
        {"query": "{ __typename }", "variables": "x"},
        {"query": "{ __typename }", "operationName": {}},
        {"query": "{ __typename }", "extensions": 7},
    ],
)  # fmt: skip
async def test_a_member_of_another_kind_is_400(stranger: Stranger, members: object) -> None:
    response = await stranger.posts(json.dumps(members))
    assert (response.status_code, codes(response)) == (400, {"BAD_REQUEST"})


async def test_two_mebibytes_are_413(stranger: Stranger) -> None:
    for filling in (" ", "[", "x", "\\u0000", "\U0001f355"):
        body = '{"query": "{ __typename }", "variables": {"a": "' + filling * (2 << 20) + '"}}'
        response = await stranger.posts(body[: 2 << 20])
        assert (response.status_code, codes(response)) == (413, {"TOO_LARGE"})


@pytest.mark.parametrize(
    "kind",
    [
        "", "/", ";", "text/plain", "text/html", "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x", "application/xml", "application/graphql",
        "application/json; charset=utf-7", "application/json;" * 500, "application/json\x7f",
        "a" * 8_000, "application/json, text/plain",
    ],
)  # fmt: skip
async def test_another_type_is_415(stranger: Stranger, kind: str) -> None:
    response = await stranger.posts(FINE, content_type=kind)
    assert (response.status_code, codes(response)) == (415, {"UNSUPPORTED_MEDIA_TYPE"})


@pytest.mark.parametrize("accept", [",", ";" * 5_000, "a/b," * 2_000, "*/*;q=NaN", "*/*;q=-1"])
async def test_a_strange_accept_is_406(stranger: Stranger, accept: str) -> None:
    response = await stranger.posts(FINE, accept=accept)
    assert (response.status_code, codes(response)) == (406, {"NOT_ACCEPTABLE"})


async def test_another_site_asks_nothing_with_the_browser_of_a_user(stranger: Stranger) -> None:
    """A link, an image and a form can be sent from any page. Each of them is refused unread."""
    for accept in ("text/html,*/*;q=0.8", "image/webp,*/*", "*/*"):
        linked = await stranger.gets("{ __typename }", accept=accept)
        assert (linked.status_code, codes(linked)) == (405, {"METHOD_NOT_ALLOWED"})
    signing_in = 'signIn(input: {email: "a@b.c", password: "x"}) { errors { __typename } }'
    changing = f"mutation {{ {signing_in} }}"
    for query in (changing, "mutation { __typename }"):
        assert (await stranger.gets(query)).status_code == 405
    form = await stranger.posts(FINE, content_type="text/plain", origin="https://evil.example")
    assert form.status_code == 415
    assert "access-control-allow-origin" not in form.headers
