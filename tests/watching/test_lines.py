"""The log: one line for each event, with ids, and with nothing that is nobody's business."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from catering import database
from catering.domain import ids
from catering.domain.ids import Prefix
from catering.domain.orders import CancellationReason
from catering.services import cancelling
from catering.watching import lines, origin
from catering.workers import announcing, watched
from tests.services.acting import Day, step

NOTE = "Олена Коваль, +380671234567, не дзвонити"


def told(record: logging.LogRecord) -> dict[str, Any]:
    line: dict[str, Any] = json.loads(lines.Structured("relay").format(record))
    return line


async def test_each_event_is_one_line_with_its_ids_and_without_its_note(
    day: Day, caplog: pytest.LogCaptureFixture
) -> None:
    with origin.about(request="the-request-of-placing"):
        id = await day.world.order()
    with origin.about(request="the-request-of-calling-off"):
        reason = CancellationReason.CHANGED_MIND
        await day.do(step(cancelling.cancel, id, reason, NOTE, by=day.world.customer))
    async with day.world.transaction() as session:
        batch = await announcing.announce(session)
    with caplog.at_level(logging.INFO, "catering.events"):
        watched.announced(batch)

    found = [told(record) for record in caplog.records]
    assert [line["position"] for line in found] == list(range(1, batch.count + 1))
    about_it = [line for line in found if line.get("order") == ids.encode(Prefix.ORDER, id)]
    assert [line["sequence"] for line in about_it] == list(range(1, len(about_it) + 1))
    ticket = next(line for line in about_it if line["event"] == "TICKET_CANCELLED")
    assert ticket["ticket"].startswith("tkt_")
    assert ticket["restaurant"].startswith("rst_")
    # What the worker has done since is of the request that asked for it.
    assert {line["request"] for line in about_it} == {
        "the-request-of-placing", "the-request-of-calling-off",
    }  # fmt: skip
    assert "Коваль" not in json.dumps(found, ensure_ascii=False)


async def test_an_error_of_the_database_quotes_no_customer(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = database.engine(database_url, size=1)
    forbidden = text("INSERT INTO users (id, display_name) VALUES (gen_random_uuid(), :name)")
    try:
        async with engine.begin() as connection:
            await connection.execute(forbidden, {"name": NOTE})
    except DBAPIError:
        logging.getLogger("catering").exception("It failed")
    finally:
        await engine.dispose()
    (record,) = caplog.records
    line = told(record)
    assert "NotNullViolation" in line["error"]
    assert "Коваль" not in str(line)
    assert "Коваль" not in lines.Marked().format(record)


def test_a_machine_reads_every_line_that_a_process_writes() -> None:
    program = """
import logging
from catering.watching import lines, origin
lines.begin(lines.Form.JSON, "worker")
with origin.about(request="a-request", task="a-task"):
    logging.getLogger("catering.workers").info("two\\nlines")
logging.getLogger("httpx").info("nobody wants to know")
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    (line,) = map(json.loads, ran.stderr.splitlines())
    del line["at"]
    assert line == {
        "level": "info", "role": "worker", "logger": "catering.workers", "message": "two\nlines",
        "request": "a-request", "task": "a-task",
    }  # fmt: skip
