"""The files for those who watch name what there is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from catering.services import gauges
from catering.watching import counts as counts  # importing registers them

HERE = Path(__file__).resolve().parents[2]
OF_A_HISTOGRAM = ("_bucket", "_count", "_sum")


def _told() -> set[str]:
    """The names of all our metrics, as they are told."""
    installation = {
        gauge.name + ("_total" if gauge.kind == "counter" else "") for gauge in gauges.STATEMENTS
    }
    process = {
        family.name + ("_total" if family.type == "counter" else "")
        for family in REGISTRY.collect()
        if family.name.startswith("catering_")
    }
    return installation | process | {"catering_database_up"}


def _named(text: str) -> set[str]:
    names = set[str](re.findall(r"\bcatering_[a-z_]+", text))
    known = _told()
    return {
        next((name.removesuffix(end) for end in OF_A_HISTOGRAM if name.endswith(end)), name)
        if name not in known
        else name
        for name in names
    }


@pytest.mark.parametrize("file", ["deploy/grafana/catering.json", "deploy/prometheus/alerts.yml"])
def test_what_is_watched_is_what_is_told(file: str) -> None:
    named = _named((HERE / file).read_text())
    assert named
    assert named <= _told()


def test_the_dashboard_shows_everything_and_the_document_explains_it() -> None:
    dashboard = json.loads((HERE / "deploy/grafana/catering.json").read_text())
    asked = " ".join(
        target["expr"] for panel in dashboard["panels"] for target in panel.get("targets", ())
    )
    assert _named(asked) == _told()
    assert _named((HERE / "docs/operating.md").read_text()) == _told()
