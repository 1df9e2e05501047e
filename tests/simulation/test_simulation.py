"""Nothing is lost and nothing is doubled while everything goes wrong at once; and each guard is needed for that."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from config.embedded import ROOT

OPERATIONS = 6700  # of each seed, 20,100 together; by hand `python -m tests.simulation --operations 20000` runs longer
HEAT = {11: 2500, 12: 600, 13: 200}  # seed -> how many identity numbers the officers fight for
TRIES = 6
pytestmark = pytest.mark.timeout(900)


def simulate(*options: str) -> dict[str, Any]:
    """One run in a process of its own, with a database of its own."""
    command = [sys.executable, "-m", "tests.simulation", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("seed", HEAT)
def test_officers_under_fire_lose_nothing_and_double_nothing(seed):
    result = simulate("--seed", str(seed), "--people", str(HEAT[seed]), "--operations", str(OPERATIONS))

    assert result["broken"] == {}
    assert result["errors"] == []
    assert result["deadlocks"] == []
    counts = result["counts"]
    assert counts["operations"] == OPERATIONS
    assert result["killed"] > 5
    assert result["crashed"] > 0
    assert counts["answers lost"] > 20
    assert counts["found again by the key"] > 5
    assert min(counts.get(name, 0) for name in ("register", "approve", "hand_over", "undo", "import")) > 2, counts


@pytest.mark.parametrize(
    ("guard", "rule", "people", "places"),
    [
        ("living", "I1", 120, 25),  # a number belongs to one living person
        ("claims", "I2-claims", 50, 25),  # a person is helped once, wherever they are registered
        ("live line", "I2-household", 120, 25),  # a household is helped once
        ("quota", "I3-limit", 300, 3),  # the lock and the limit of the quota
    ],
)
def test_control_without_one_guard_the_same_simulation_breaks_the_rule(guard, rule, people, places):
    for seed in range(1, TRIES + 1):  # who meets whom is not in the seed
        result = simulate(
            "--seed", str(seed), "--operations", "3000", "--people", str(people), "--places", str(places), "--calm",
            "--without", guard, "--until", rule,
        )  # fmt: skip
        if rule in result["broken"]:
            return
    pytest.fail(f"without {guard} nothing went wrong in {TRIES} runs")


def test_control_without_the_key_of_a_form_it_is_carried_out_again():
    result = simulate("--seed", "1", "--operations", "400", "--people", "300", "--calm", "--without", "key")

    assert "I7" in result["broken"]
