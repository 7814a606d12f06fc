"""A mechanism of one's own in a scenario, without a plug-in: for notebooks and scripts."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.dashboard.branching import SetParameter
from siege_sim.dashboard.levers import mechanism_panels
from siege_sim.dashboard.session import Session
from siege_sim.errors import ScenarioError, SiegeError
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.interventions.airdrop import Airdrop
from siege_sim.model.processes.base import Phase, Process
from siege_sim.model.processes.eating import Eating
from siege_sim.model.schedule import schedule_of
from siege_sim.schema.block import share


class StreetClearing(Process):
    """People clear rubble from the streets."""

    kind: Literal["street_clearing"] = "street_clearing"
    phase: ClassVar[Phase] = Phase.HEALTH
    neutral: ClassVar[dict[str, Any]] = {"cleared_per_day": 0.0}

    cleared_per_day: float = share(0.1)
    """Share of the rubble of a cell that is cleared in a day."""

    def step(self, model, rng):
        rubble = model.city.layers.rubble
        rubble *= 1.0 - self.cleared_per_day


class Sweeping(StreetClearing):
    """People sweep the streets."""

    kind: Literal["sweeping"] = "sweeping"


class Mute(StreetClearing):
    kind: Literal["mute"] = "mute"


@pytest.fixture
def coarse():
    return load_scenario("toy_town", ["population.persons_per_household=50", "processes.sorties.per_day=20"])


def test_it_acts_each_day_and_at_nothing_it_changes_nothing(coarse):
    cleared, idle = (coarse.with_process(StreetClearing(cleared_per_day=part)) for part in (0.5, 0.0))
    rubble = {}
    for name, scenario in (("without", coarse), ("idle", idle), ("cleared", cleared)):
        model = SiegeModel(scenario, 1)
        for _ in range(20):
            model.step()
        rubble[name] = model.city.layers.rubble.sum()
    assert rubble["without"] == rubble["idle"] > 2 * rubble["cleared"] > 0


def test_it_is_part_of_the_scenario(coarse):
    mine = coarse.with_process(StreetClearing(cleared_per_day=0.3))
    assert mine.processes.street_clearing.cleared_per_day == 0.3
    assert "processes.street_clearing" in dict(schedule_of(mine))
    assert len({coarse.digest, mine.digest, coarse.with_process(StreetClearing(cleared_per_day=0.2)).digest}) == 3
    assert "street_clearing" not in dict(schedule_of(coarse)), "the scenario that it was added to stays as it was"
    again = load_scenario("toy_town")
    assert not hasattr(again.processes, "street_clearing"), "no other scenario knows of it"
    twice = mine.with_process(Sweeping(cleared_per_day=0.2))
    assert {"street_clearing", "sweeping"} <= {name for name, _ in twice.processes.on()}


def test_it_has_levers_on_a_running_siege(coarse):
    session = Session(coarse.with_process(StreetClearing()))
    session.advance_to(12)
    (lever,) = next(p for p in mechanism_panels(session.current.scenario, 1) if p.name == "street_clearing").levers
    assert (lever.value, lever.description) == (0.1, "Share of the rubble of a cell that is cleared in a day.")
    branch = session.branch([SetParameter("street_clearing", "cleared_per_day", 0.9)], day=6)
    assert branch.scenario.changes["from_day_7"].processes == {"street_clearing": {"cleared_per_day": 0.9}}
    assert branch.frames[6]["rubble"] == session.runs[0].frames[6]["rubble"]
    assert branch.frames[12]["rubble"] != session.runs[0].frames[12]["rubble"]
    with pytest.raises(ScenarioError, match=r"cleared_per_day: 2\.0 is out of range"):
        session.branch([SetParameter("street_clearing", "cleared_per_day", 2.0)], day=8)


def test_its_results_name_it_and_who_has_no_such_mechanism_is_told_so(coarse):
    result = run(coarse.with_process(StreetClearing()), 1, days=3)
    written = result.manifest["scenario"]
    assert written["processes"]["street_clearing"]["cleared_per_day"] == 0.1
    with pytest.raises(ScenarioError, match="unknown key 'street_clearing'"):
        scenario_of(written)


def test_the_same_scenario_and_seed_give_the_same_run(coarse):
    first, second = (run(coarse.with_process(StreetClearing()), 3, days=30).series_csv() for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("process", "says"),
    [(Mute(), "Mute has no description; give the class a docstring"),
     (Eating(), "a mechanism is called 'eating' already"),
     (Airdrop(from_day=3, pallets=4), "'airdrop' is a dated action")],
)  # fmt: skip
def test_what_cannot_be_added_is_refused(coarse, process, says):
    with pytest.raises(SiegeError, match=says):
        coarse.with_process(process)
