from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from catering.running import Running
from catering.settings import BadSetting, MissingSetting, Settings, Trust


@pytest.fixture
def note(tmp_path: Path) -> Running:
    note = Running(os.getpid(), "postgresql://found", "redis://found", 8001, 8101, {"api": 1})
    note.write(tmp_path)
    return note


def test_without_a_database_there_is_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingSetting, match=r"CATERING_DATABASE_URL is not set. `catering up`"):
        Settings.read({"CATERING_DATA": str(tmp_path), "CATERING_DATABASE_URL": ""})


@pytest.mark.usefixtures("note")
def test_what_is_unset_is_taken_from_the_system_that_runs_here(tmp_path: Path) -> None:
    settings = Settings.read({"CATERING_DATA": str(tmp_path), "CATERING_REDIS_URL": "redis://mine"})
    assert settings.database_url == "postgresql://found"
    assert settings.redis_url == "redis://mine"
    assert (settings.port, settings.simulator_port) == (8001, 8101)


def test_a_system_that_is_gone_is_not_found(tmp_path: Path) -> None:
    with subprocess.Popen(["true"]) as gone:
        pass
    Running(gone.pid, "postgresql://gone", "redis://gone", 8001, 8101).write(tmp_path)
    with pytest.raises(MissingSetting):
        Settings.read({"CATERING_DATA": str(tmp_path)})


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"pid": 1, "colour": "red"}'])
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "running.json").write_text(content)
    with pytest.raises(MissingSetting):
        Settings.read({"CATERING_DATA": str(tmp_path)})


SERVERS = {"CATERING_DATABASE_URL": "postgresql://x", "CATERING_REDIS_URL": "redis://x"}


def test_budgets_are_generous_in_development_alone(tmp_path: Path) -> None:
    servers = SERVERS | {"CATERING_DATA": str(tmp_path)}
    assert Settings.read(servers).rate_factor == 100
    assert Settings.read(servers | {"CATERING_PROFILE": "production"}).rate_factor == 1
    told = Settings.read(
        servers
        | {
            "CATERING_RATE_FACTOR": "7",
            "CATERING_TRUSTED_DOCUMENTS": "required",
            "CATERING_DOCUMENT_MANIFESTS": "a.json, b.json",
            "CATERING_TRUSTED_PROXIES": "10.0.0.0/8,192.0.2.7",
        }
    )
    assert (told.rate_factor, told.trusted_documents) == (7, Trust.REQUIRED)
    assert told.document_manifests == (Path("a.json"), Path("b.json"))
    assert list(map(str, told.trusted_proxies)) == ["10.0.0.0/8", "192.0.2.7/32"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CATERING_TRUSTED_DOCUMENTS", "yes"),
        ("CATERING_TRUSTED_PROXIES", "10.0.0.1/8"),
        ("CATERING_TRUSTED_PROXIES", "proxy.example"),
        ("CATERING_BUDGET_USER", "0"),
        ("CATERING_BUDGET_ADDRESS", "-5"),
        ("CATERING_RATE_FACTOR", "1.5"),
        ("CATERING_METRICS_PORT", "70000"),
    ],
)
def test_a_value_that_cannot_be_is_told_by_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.read(SERVERS | {"CATERING_DATA": str(tmp_path), name: value})
