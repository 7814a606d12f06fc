"""Fixtures: a toy town, and a city under stress in which everything happens."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

from siege_sim import RunResult, Scenario, load_scenario, run

# The same commit gets the same verdict: examples follow from each test alone. `make fuzz` looks for others, at random.
settings.register_profile("fixed", deadline=None, print_blob=True, derandomize=True)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("SIEGE_SIM_EXAMPLES", "fixed"))
os.environ.setdefault("COLUMNS", "120")

STRESS = (
    "days=60",
    "processes.sorties.per_day=40",
    "processes.artillery.shells_per_day=200",
    "processes.garrison_shelling.killed_per_day=3",
    "processes.targets.hospitals=0.2",
    "processes.targets.stores=0.2",
    "processes.season.mean_c=2",
    "processes.season.p_grounded_in_winter=0.3",
    "processes.strike_effects.affected_area_m2=6000",
    "processes.assault.crossfire_area_m2=40000",
    "processes.rationing.fuel_days=20",
    "processes.envelopment.hazard_per_round=0.002",
    "processes.envelopment.fresh_days=1",
    "processes.besieger_command.largest_frontage=3",
    "processes.besieger_command.prepare_days=8",
    "map.side=14",
    "map.ring=3",
    "forces.garrison.town_militia.fighters=2000",
    "forces.besieger.vanguard.fighters=3000",
    "ground.works=1.2",
    "ground.cells_before_regrouping=12",
    "processes.morale.hunger_weight=0.002",
    "processes.pockets.shock=0.3",
    "processes.pauses.hazard_per_point=0.0005",
    "processes.counter_attack.p_try=0.3",
    "processes.displacement.reluctance=5",
    "processes.agreement.hazard=0.3",
    "processes.hunger.mortality=20",
    "food.home_days=1",
    "food.council_kcal=30.0e6",
    "food.aid_kcal=5.0e6",
    "food.merchant_kcal=10.0e6",
    "interventions.truce={kind: ceasefire, from_day: 12, until_day: 14, air: 0.2, artillery: 0.1, assaults: 0.3}",
    "interventions.corridor={kind: corridor, from_day: 16, until_day: 30}",
    "interventions.more_rebels={kind: reinforcements, from_day: 9, side: garrison, faction: friends, sector: north,"
    " fighters: 120, unit_size: 60}",
    "interventions.more_army={kind: reinforcements, from_day: 11, side: besieger, faction: guard, sector: east,"
    " fighters: 400, unit_size: 100, vanguard: true}",
    "interventions.relief={kind: relief_attack, from_day: 5, until_day: 10, fighters: 300, against: [south],"
    " works: 1.0, distance_km: 20}",
)
"""Settings under which every mechanism of the toy town has work to do within forty days."""


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start programs, each in a process group of its own; what is left of them at the end of the test is killed."""
    programs: list[subprocess.Popen[str]] = []

    def start(*command: str) -> subprocess.Popen[str]:
        programs.append(
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
        )
        return programs[-1]

    yield start
    for program in programs:
        if program.poll() is None:
            os.killpg(program.pid, signal.SIGKILL)
            program.communicate()


@pytest.fixture(scope="session")
def toy_town() -> Scenario:
    return load_scenario("toy_town")


@pytest.fixture(scope="session")
def toy_result(toy_town: Scenario) -> RunResult:
    return run(toy_town, seed=1)


@pytest.fixture(scope="session")
def stressed_city() -> Scenario:
    return load_scenario("toy_town", STRESS)


@pytest.fixture(scope="session")
def stressed_result(stressed_city: Scenario) -> RunResult:
    return run(stressed_city, seed=7)
