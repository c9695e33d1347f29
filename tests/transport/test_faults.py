"""What is told of what went wrong, and what is written down."""

from __future__ import annotations

import pytest
from graphql import GraphQLError

from catering.domain.refusals import NotFound, Refused
from catering.transport.faults import MASK, told


def failed(cause: Exception | None, place: int) -> GraphQLError:
    return GraphQLError(str(cause or "no"), path=["orders", place], original_error=cause)


def test_ten_errors_are_told_and_a_bug_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    bugs = [failed(ZeroDivisionError("secret"), place) for place in range(50)]
    answer = told(bugs)
    assert [error.message for error in answer] == [MASK] * 10
    (record,) = caplog.records
    assert answer[0].extensions is not None
    assert record.levelname == "ERROR"
    assert "['orders', 0] and 49 more" in record.getMessage()
    assert record.exc_info is not None


def test_a_bug_behind_the_tenth_error_is_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    mistakes = [failed(None, place) for place in range(10)]
    answer = told([*mistakes, failed(KeyError("secret"), 10)])
    assert [error.message for error in answer] == ["no"] * 10
    assert "['orders', 10]" in caplog.text


def test_a_mistake_of_a_client_is_not_written_down(caplog: pytest.LogCaptureFixture) -> None:
    refused = Refused(NotFound("There is none."))
    (first, second) = told([failed(refused, 0), failed(GraphQLError("no"), 1)])
    assert (first.message, second.message) == ("There is none.", "no")
    assert caplog.text == ""
