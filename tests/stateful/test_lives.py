"""Orders, deliveries and offers live through whatever people, outside systems and time do to them.

Hypothesis is everybody: it has some orders placed and come along for a while, and then anything
that somebody can do happens to them in any order. After every step the rows are asked whether all
is well (`invariants.py`), and in the end nobody does anything any more: then everything has to end.

The suite plays the same few lives each time. `CATERING_LIVES=1000 pytest tests/stateful` plays so
many others, with `--hypothesis-seed=N` the same ones again. What is found is shortened, for five
minutes at most, and printed as the steps that lead to it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from catering.simulator import Configuration
from tests.databases import Databases
from tests.providers.simulated import serving

from .ordinary import Ordinary
from .stage import Stage

MORE: Final = int(os.environ.get("CATERING_LIVES", "0"))
FEW: Final = 8


@pytest.fixture
def stage(databases: Databases) -> Iterator[Stage]:
    with databases.new("lives") as url, serving(Configuration(speed=0)) as simulator:
        stage = Stage(url, simulator)
        yield stage
        stage.close()


@pytest.mark.long
@pytest.mark.timeout(0 if MORE else 600)
def test_whatever_happens_all_is_well_and_in_the_end_everything_ends(stage: Stage) -> None:
    class Lives(Ordinary):
        def __init__(self) -> None:
            super().__init__(stage)

    within = settings(
        max_examples=MORE or FEW, stateful_step_count=40, derandomize=not MORE, deadline=None,
        database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(Lives, settings=within)
