"""Every request has an id: in each answer, in each masked error, in the line in the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import uuid4

from starlette.datastructures import Headers
from starlette.types import Scope

from catering.watching import origin, tracing

HEADER: Final = "x-request-id"

_FIT: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


def current() -> str:
    """The id of the request that is being answered."""
    return origin.request_id() or uuid4().hex


@contextmanager
def identified(scope: Scope) -> Iterator[str]:
    """The id of this request, as long as it is answered. One that a proxy gave is kept."""
    headers = Headers(scope=scope)
    given = headers.get(HEADER, "")
    id = given if _FIT.fullmatch(given) else uuid4().hex
    with origin.about(request=id), tracing.within(headers.get("traceparent")):
        yield id
