from __future__ import annotations

import io
import os

from catering.supervising import Teller


def test_a_line_that_waits_is_completed_on_the_same_line(teller: Teller, out: io.StringIO) -> None:
    teller.say("Starting PostgreSQL 18.6 …")
    teller.say("0.6 s")
    assert out.getvalue() == "Starting PostgreSQL 18.6 … 0.6 s\n"


def test_what_comes_between_gets_lines_of_its_own(teller: Teller, out: io.StringIO) -> None:
    ours, theirs = os.pipe()
    teller.listen("relay-1", os.fdopen(ours, "rb"))
    teller.say("Waiting …")
    os.write(theirs, b"half")
    teller.relay(1)
    os.write(theirs, b" a line\nand the rest")
    os.close(theirs)
    teller.hush()
    assert out.getvalue() == "Waiting … \nrelay-1   │ half a line\nrelay-1   │ and the rest\n"


def test_a_terminal_that_is_gone_is_no_reason_to_fail() -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    with io.TextIOWrapper(os.fdopen(theirs, "wb", buffering=0), write_through=True) as out:
        Teller(out).say("Stopping …")
