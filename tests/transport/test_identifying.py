from __future__ import annotations

import logging

from catering.transport.identifying import identified
from catering.watching.lines import Marked


def test_a_line_of_the_log_says_of_which_request_it_is_and_says_it_once() -> None:
    with identified({"type": "http", "headers": [(b"x-request-id", b"a-request-of-ours")]}):
        assert _line("The database is away") == "[a-request-of-ours] The database is away"
        assert _line("Request a-request-of-ours failed") == "Request a-request-of-ours failed"
    assert _line("The link to Redis broke") == "The link to Redis broke"


def _line(text: str) -> str:
    return Marked().format(logging.LogRecord("catering", logging.WARNING, "", 0, text, None, None))
