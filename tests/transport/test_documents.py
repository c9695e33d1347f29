"""The store of documents, and those that are trusted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from catering.resolvers.root import schema
from catering.settings import BadSetting, Settings, Trust
from catering.transport import Endpoint
from catering.transport.codes import Code
from catering.transport.documents import OF_A_TOKEN, Documents, NotGood, hashed
from catering.transport.faults import Fault
from catering.transport.reading import Asked, understood
from catering.transport.trusting import Trusted

from .conftest import NOTHING, code

TYPENAME = "{ __typename }"
VIEWER = "query Me { viewer { user { id } } }"
TICK = "subscription Tick { serverTick { sequence } }"
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "me", "name": "Me", "type": "query", "body": VIEWER}],
}


@pytest.fixture
def documents() -> Documents:
    return Documents(schema._schema)


def test_a_document_is_read_once(documents: Documents) -> None:
    assert documents.prepare(VIEWER) is documents.prepare(VIEWER)
    assert documents.known(hashed(VIEWER)) is documents.prepare(VIEWER)


def test_what_is_no_good_is_not_kept(documents: Documents) -> None:
    for text in ("{", "{ nothing }", "{" + " a" * 3_000 + "}"):
        with pytest.raises(NotGood):
            documents.prepare(text)
    assert len(documents) == 0


def test_the_store_has_an_end_in_documents_and_in_bytes() -> None:
    few = Documents(schema._schema, most=2)
    for text in (TYPENAME, VIEWER):
        few.prepare(text)
    few.known(hashed(TYPENAME))
    few.prepare(TICK)
    assert [few.known(hashed(text)) is None for text in (TYPENAME, VIEWER, TICK)] == [0, 1, 0]

    small = Documents(schema._schema, most_bytes=22 * OF_A_TOKEN)
    for n in range(9):
        small.prepare(f"query Q{n} {TYPENAME}")
    assert len(small) == 4  # of five tokens each


def test_an_operation_is_chosen_by_its_name(documents: Documents) -> None:
    one, two = documents.prepare(VIEWER), documents.prepare(VIEWER + TICK)
    assert one.operation(None) is one.operation("Me")
    assert two.operation("Tick") is not None
    assert (two.operation(None), two.operation("Other")) == (None, None)


@pytest.mark.parametrize(
    "told", [APOLLO, {"me": VIEWER}, {"sha256:me": VIEWER}], ids=["apollo", "relay", "codegen"]
)
@pytest.mark.parametrize("id", ["me", "sha256:me"])
def test_a_document_of_a_manifest_is_meant_by_its_id(
    documents: Documents, tmp_path: Path, told: Any, id: str
) -> None:
    trusted = trusting(documents, tmp_path, told)
    assert trusted.text(Asked(None, document_id=id)) == VIEWER


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (b"{", "is not JSON"),
        (b"[]", "is no manifest"),
        (b"{}", "is no manifest"),
        (b'{"a": 7}', "is no manifest"),
        (json.dumps({**APOLLO, "version": 2}).encode(), "is no manifest"),
        (json.dumps({**APOLLO, "operations": [7]}).encode(), "is no manifest"),
        (b'{"a": "{ nothing }"}', "document a is not good: Cannot query field 'nothing'"),
        (b'{"a": "{"}', "document a is not good: Syntax Error"),
    ],
)
def test_a_manifest_that_is_no_good_is_told_at_the_start(
    documents: Documents, tmp_path: Path, told: bytes, why: str
) -> None:
    with pytest.raises(BadSetting, match=why):
        trusting(documents, tmp_path, told)


def test_a_manifest_has_to_be_there_and_to_agree_with_others(
    documents: Documents, tmp_path: Path
) -> None:
    with pytest.raises(BadSetting, match="CATERING_DOCUMENT_MANIFESTS has to name"):
        Trusted.read(documents, settings(Trust.REQUIRED))
    with pytest.raises(BadSetting, match="cannot be read"):
        Trusted.read(documents, settings(Trust.PREFERRED, tmp_path / "none.json"))
    with pytest.raises(BadSetting, match="another document"):
        trusting(documents, tmp_path, {"me": VIEWER}, {"me": TYPENAME})


@pytest.mark.parametrize(
    ("mode", "body", "told"),
    [
        # in no manifest
        (Trust.OFF, {"query": TYPENAME}, None),
        (Trust.PREFERRED, {"query": TYPENAME}, None),
        (Trust.REQUIRED, {"query": TYPENAME}, Code.QUERY_NOT_IN_SAFELIST),
        # in one
        (Trust.PREFERRED, {"query": VIEWER}, None),
        (Trust.REQUIRED, {"query": VIEWER}, None),
        (Trust.REQUIRED, {"documentId": "me"}, None),
        (Trust.OFF, {"documentId": "me"}, Code.PERSISTED_QUERY_NOT_IN_LIST),
        (Trust.REQUIRED, {"documentId": "you"}, Code.PERSISTED_QUERY_NOT_IN_LIST),
        (Trust.REQUIRED, {"documentId": "me", "query": VIEWER}, Code.BAD_REQUEST),
    ],
)
def test_what_is_executed_depends_on_the_setting(
    documents: Documents, tmp_path: Path, mode: Trust, body: Any, told: Code | None
) -> None:
    assert refusal(trusting(documents, tmp_path, {"me": VIEWER}, mode=mode), body) == told


@pytest.mark.parametrize("mode", list(Trust))
def test_a_hash_stands_for_a_text_that_was_sent_before(
    documents: Documents, tmp_path: Path, mode: Trust
) -> None:
    trusted = trusting(documents, tmp_path, {hashed(VIEWER): VIEWER}, mode=mode)
    unknown = Code.PERSISTED_QUERY_NOT_FOUND
    closed = mode is Trust.REQUIRED
    assert refusal(trusted, hash_of(TYPENAME)) == (
        Code.PERSISTED_QUERY_NOT_IN_LIST if closed else unknown
    )
    assert refusal(trusted, hash_of(VIEWER)) == (unknown if mode is Trust.OFF else None)
    documents.prepare(TYPENAME)
    assert refusal(trusted, hash_of(TYPENAME)) == (
        Code.PERSISTED_QUERY_NOT_IN_LIST if closed else None
    )


def test_a_hash_of_something_else_registers_nothing(documents: Documents) -> None:
    trusted = Trusted(documents, Trust.OFF, {})
    assert refusal(trusted, {"query": VIEWER, **hash_of(TYPENAME)}) == Code.BAD_REQUEST
    assert refusal(trusted, hash_of(TYPENAME)) == Code.PERSISTED_QUERY_NOT_FOUND
    for strange in ({}, {"version": 2, "sha256Hash": "x"}, {"version": 1, "sha256Hash": 7}, 7):
        body = {"extensions": {"persistedQuery": strange}}
        assert refusal(trusted, body) == Code.BAD_REQUEST


async def test_apollos_handshake_over_http(http: httpx.AsyncClient) -> None:
    text = "query Handshake { __typename }"
    first = await http.post("", json=hash_of(text))
    assert (first.status_code, code(first)) == (200, "PERSISTED_QUERY_NOT_FOUND")
    assert first.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    second = await http.post("", json={"query": text, **hash_of(text)})
    parameters = {"extensions": json.dumps(hash_of(text)["extensions"])}
    accept = {"accept": "application/json"}
    third = await http.get("", params=parameters, headers=accept)
    assert second.json() == third.json() == {"data": {"__typename": "Query"}}


async def test_a_closed_endpoint_executes_its_documents_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({"type": TYPENAME}))
    endpoint = Endpoint(schema, NOTHING, NOTHING, settings(Trust.REQUIRED, path))
    transport = httpx.ASGITransport(endpoint)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge/graphql") as client:
        fine = await client.post("", json={"documentId": "type"})
        by_get = await client.get("", params={"documentId": "type"}, headers={"accept": "*/*"})
        other = await client.post("", json={"query": VIEWER})
    assert fine.json() == {"data": {"__typename": "Query"}}
    assert by_get.status_code == 405  # no JSON type was named
    assert (other.status_code, code(other)) == (400, "QUERY_NOT_IN_SAFELIST")


def trusting(
    documents: Documents, folder: Path, *told: Any, mode: Trust = Trust.PREFERRED
) -> Trusted:
    """With the manifests of these contents."""
    paths = [folder / f"{n}.json" for n in range(len(told))]
    for path, content in zip(paths, told, strict=True):
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return Trusted.read(documents, settings(mode, *paths))


def settings(mode: Trust, *paths: Path) -> Settings:
    return Settings("", "", trusted_documents=mode, document_manifests=paths)


def hash_of(text: str) -> dict[str, Any]:
    return {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hashed(text)}}}


def refusal(trusted: Trusted, body: Any) -> Code | None:
    try:
        trusted.text(understood(body))
    except Fault as fault:
        return fault.code
    return None
