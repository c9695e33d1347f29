"""GraphQL over HTTP: what may be asked how, and what it is answered with."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from catering.transport.codes import STATUS, Code

from .conftest import code

NEW, OLD = "application/graphql-response+json", "application/json"
TYPENAME = {"query": "{ __typename }"}
TICKS = 'subscription { serverTick(interval: "PT0.1S", limit: 2) { sequence } }'


def test_every_code_has_a_status() -> None:
    assert set(STATUS) == set(Code)


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (NEW, NEW),
        (OLD, OLD),
        ("*/*", OLD),
        ("application/*", OLD),
        (f"{NEW}; charset=utf-8", NEW),
        (f"{NEW}, {OLD};q=0.9", NEW),
        (f"{OLD};q=0.5, {NEW};q=0.6", NEW),
        (f"{NEW};q=0, */*;q=0.1", OLD),
        ("text/html, */*;q=0.8", OLD),
        (f"{NEW}, application/graphql+json, {OLD}, text/event-stream, multipart/mixed", NEW),
        ("text/event-stream, multipart/mixed", "text/event-stream"),
        ("text/event-stream", "text/event-stream"),
        (f"multipart/mixed;boundary=graphql;subscriptionSpec=1.0,{OLD}", "multipart/mixed"),
        (f"multipart/mixed;deferSpec=20220824,{OLD}", OLD),
    ],
)
async def test_the_client_chooses_the_form(
    http: httpx.AsyncClient, accept: str, answered: str
) -> None:
    response = await http.post("", json=TYPENAME, headers={"accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"].split(";")[0] == answered


@pytest.mark.parametrize("accept", ["text/html", "image/*", f"{NEW};charset=latin1", f"{OLD};q=0"])
async def test_a_form_that_we_do_not_have_is_406(http: httpx.AsyncClient, accept: str) -> None:
    response = await http.post("", json=TYPENAME, headers={"accept": accept})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"query": "{"}, "GRAPHQL_PARSE_FAILED"),
        ({"query": "{ nothing }"}, "GRAPHQL_VALIDATION_FAILED"),
        (
            {"query": "query($id: ID!) { node(id: $id) { id } }", "variables": {"id": []}},
            "BAD_USER_INPUT",
        ),
        ({"query": "{ a " + "{ a " * 20 + "}" * 21}, "QUERY_TOO_COMPLEX"),
    ],
)
async def test_an_operation_that_never_began_has_no_data(
    http: httpx.AsyncClient, body: Any, told: str
) -> None:
    """In the new type that is a 400; the old one has 200 for whatever could be read."""
    for accept, status in ((NEW, 400), (OLD, 200)):
        response = await http.post("", json=body, headers={"accept": accept})
        answer = response.json()
        assert (response.status_code, "data" in answer) == (status, False)
        assert answer["errors"][0]["extensions"]["code"] == told


async def test_an_operation_that_began_is_200_whatever_went_wrong(http: httpx.AsyncClient) -> None:
    body = {"query": "{ __typename orders { nodes { id } } }"}
    response = await http.post("", json=body, headers={"accept": NEW})
    assert (response.status_code, code(response)) == (200, "UNAUTHENTICATED")
    assert response.json()["data"] == {"__typename": "Query", "orders": None}


async def test_at_most_ten_errors_are_told(http: httpx.AsyncClient) -> None:
    response = await http.post("", json={"query": "{" + " nothing" * 50 + "}"})
    aliased = await http.post("", json={"query": "{" + "".join(f" n{n}" for n in range(50)) + "}"})
    assert len(response.json()["errors"]) <= 10
    assert len(aliased.json()["errors"]) == 10


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/jsonx"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": ""},
        {"content-encoding": "gzip"},
    ],
)
async def test_what_a_form_on_a_page_could_send_is_415(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await http.post("", content=b'{"query": "{ __typename }"}', headers=headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "headers",
    [
        {"accept": NEW},
        {"accept": OLD},
        {"accept": "text/event-stream"},
        {"accept": "*/*", "apollo-require-preflight": "1"},
        {"accept": "*/*", "graphql-require-preflight": "1"},
    ],
)
async def test_a_query_may_be_asked_by_get(
    http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    response = await http.get("", params=TYPENAME, headers=headers)
    assert (response.status_code, "Query" in response.text) == (200, True)


async def test_a_link_or_an_image_on_a_page_asks_nothing(http: httpx.AsyncClient) -> None:
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "image/avif,image/webp,*/*"):
        response = await http.get("", params=TYPENAME, headers={"accept": accept})
        assert (response.status_code, response.headers["allow"]) == (405, "POST")
        assert code(response) == "METHOD_NOT_ALLOWED"


async def test_nothing_is_changed_by_get(http: httpx.AsyncClient) -> None:
    change = {"query": "mutation { __typename }"}
    response = await http.get("", params=change, headers={"accept": NEW})
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    streamed = await http.get("", params=change, headers={"accept": "text/event-stream"})
    assert "Mutation" not in streamed.text


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_are_405(http: httpx.AsyncClient, method: str) -> None:
    response = await http.request(method, "", headers={"accept": NEW})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize(
    "parameters",
    [
        [("query", "{ __typename }"), ("query", "{ a }")],
        [("query", "{ __typename }"), ("variables", "[")],
        [("query", "{ __typename }"), ("variables", "7")],
        [("query", "{ __typename }"), ("extensions", "[]")],
        [("query", "")],
    ],
)
async def test_strange_parameters_are_400(http: httpx.AsyncClient, parameters: Any) -> None:
    response = await http.get("", params=httpx.QueryParams(parameters), headers={"accept": NEW})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


async def test_a_large_body_is_not_read(http: httpx.AsyncClient) -> None:
    taken = 0

    async def endless() -> Any:
        nonlocal taken
        while True:
            taken += 65_536
            yield b" " * 65_536

    response = await http.post("", content=endless())
    assert (response.status_code, code(response)) == (413, "TOO_LARGE")
    assert taken < 600_000


async def test_a_subscription_needs_a_form_that_can_tell_it(http: httpx.AsyncClient) -> None:
    response = await http.post("", json={"query": TICKS})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


async def test_every_answer_has_an_id(http: httpx.AsyncClient) -> None:
    fine, bad = await http.post("", json=TYPENAME), await http.delete("")
    assert len({fine.headers["x-request-id"], bad.headers["x-request-id"]}) == 2
    given = await http.post("", json=TYPENAME, headers={"x-request-id": "of-the-proxy-7"})
    assert given.headers["x-request-id"] == "of-the-proxy-7"
    forged = await http.post("", json=TYPENAME, headers={"x-request-id": "a b\t<script>"})
    assert forged.headers["x-request-id"].isalnum()


async def test_a_bug_is_masked_and_told_with_the_id(
    http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    # The endpoint of this test has no database, which `restaurants` does not expect.
    body = {"query": "{ restaurants { nodes { id } } }"}
    response = await http.post("", json=body, headers={"accept": NEW})
    (error,) = response.json()["errors"]
    id = response.headers["x-request-id"]
    assert error["message"] == "Something went wrong on our side."
    assert error["extensions"] == {"code": "INTERNAL_SERVER_ERROR", "requestId": id}
    assert id in caplog.text
