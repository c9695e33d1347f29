"""JSON as its standard has it."""

from __future__ import annotations

import time
from contextlib import suppress
from json import JSONDecodeError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catering.transport import strictly


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers()))
def test_what_is_written_can_be_read(value: dict[str, int]) -> None:
    assert strictly.decoded(strictly.encoded(value)) == value


@given(st.text())
def test_any_text_is_an_object_or_refused(text: str) -> None:
    with suppress(JSONDecodeError):
        assert isinstance(strictly.decoded(text), dict)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"x"',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": %s}' % (b"9" * 5_000),
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b'{"a": "\xff"}',
        b'\xef\xbb\xbf{"a": 1}',
        '{"a": 1}'.encode("utf-16"),
        b'{"a":' + b"[" * 65 + b"]" * 65 + b"}",
        b"[" * 100_000,
        b'{"a": [' + b"1," * 10_000 + b"1]}",
        b'{"a": [' + b"[]," * 5_000 + b"1]}",
    ],
)
def test_what_two_readers_could_understand_in_two_ways_is_refused(text: bytes) -> None:
    with pytest.raises(JSONDecodeError):
        strictly.decoded(text)


@pytest.mark.parametrize(
    "value",
    [
        {"a": "[" * 100},
        {"a": '\\"[{' * 100},
        {"a": [{} for _ in range(1_000)]},
        {"a": [[[["x"]]]]},
        {"a": ",[{" * 20_000, "b": [7] * 9_000},
    ],
)
def test_only_values_and_their_nesting_are_counted(value: object) -> None:
    assert strictly.decoded(strictly.encoded(value)) == value


@pytest.mark.parametrize("piece", ["[]", '"', '\\"', "{", '""', '"\\'])
def test_no_body_keeps_us_busy(piece: str) -> None:
    body = ('{"a": ' + piece * (256 * 1024 // len(piece)))[: 256 * 1024]
    begun = time.process_time()
    with pytest.raises(JSONDecodeError):
        strictly.decoded(body)
    assert time.process_time() - begun < 0.25
