"""The log: lines for people, or one JSON object a line for machines.

No line has a secret or a customer in it: addresses lose their query, statements their parameters,
and PostgreSQL its habit of quoting the row that it does not like.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from . import origin, tracing

_QUOTED: Final = (
    (re.compile(r"(?:\n|\\n)DETAIL:.*?(?=\n|\\n|$)"), ""),
    (re.compile(r"(query argument \$\d+: ).*?(?=\n|\\n|$)"), r"\1…"),
)


class Form(StrEnum):
    """How lines are written."""

    TEXT = "text"
    JSON = "json"


class Marked(logging.Formatter):
    """A line of the log begins with the request that it is about, if it is about one."""

    def format(self, record: logging.LogRecord) -> str:
        line, id = _without_rows(super().format(record)), origin.request_id()
        return line if id is None or id in line else f"[{id}] {line}"


class Structured(logging.Formatter):
    """One object a line. What a record brings as `told` stands in it as it is."""

    def __init__(self, role: str) -> None:
        super().__init__()
        self._role = role

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "role": self._role,
            "logger": record.name,
            "message": _without_rows(record.getMessage()),
            **origin.current(),
        }
        if trace := tracing.trace_id(tracing.traceparent()):
            line["trace"] = trace
        if record.exc_info:
            line["error"] = _without_rows(self.formatException(record.exc_info))
        return json.dumps(line | getattr(record, "told", {}), ensure_ascii=False, default=str)


def begin(form: Form, role: str) -> None:
    """Write the lines of this process in this form. Events are lines only for machines: people
    would see nothing else."""
    handler = logging.StreamHandler()
    handler.setFormatter(Structured(role) if form is Form.JSON else Marked())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if form is Form.JSON:
        logging.getLogger("catering").setLevel(logging.INFO)
        # SQLAlchemy names the log of its pool after our class.
        logging.getLogger("catering.database").setLevel(logging.WARNING)


def _without_rows(text: str) -> str:
    for quoted, instead in _QUOTED:
        text = quoted.sub(instead, text)
    return text
