"""What every intervention of the catalogue must do, in a city in which everything else happens too."""

from __future__ import annotations

import re
from functools import cache

import pytest

from siege_sim import SiegeModel, load_scenario, run
from siege_sim.errors import ScenarioError
from siege_sim.model import catalogue
from siege_sim.model import model as model_module
from tests.conftest import STRESS

SEED = 7

EXAMPLES = {
    "ceasefire": "from_day: 3, until_day: 9",
    "protected_hospitals": "from_day: 0",
    "aid_convoy": "from_day: 1, every_days: 5, trucks: 1",
    "airdrop": "from_day: 1, every_days: 2",
    "ration_policy": "from_day: 1, policy: equal",
    "medical_evacuation": "from_day: 3, crossing: South gate, persons_per_day: 10",
    "corridor": "from_day: 3",
    "evacuation_agreement": "from_day: 20",
    "armed_group_leaves": "from_day: 3, until_day: 5, faction: town_militia, fighters_per_day: 60",
    "no_garrison_shelling": "from_day: 3",
    "outside_intervention": "from_day: 3",
    "relief_attack": "from_day: 3, until_day: 12, fighters: 500, against: [south]",
    "siege_broken": "from_day: 3, until_day: 20, road: South road",
    "reinforcements": "from_day: 3, side: garrison, faction: friends, sector: north, fighters: 300",
    "anti_aircraft_missiles": "from_day: 3, missiles_per_month: 60",
    "harsh_winter": "from_day: 3",
}

WITHOUT_NEUTRAL_VALUES = {"reinforcements", "relief_attack"}
"""Forces that come: there is no coming with nobody."""

INTERVENTIONS = sorted(catalogue.interventions().items())
each = pytest.mark.parametrize(("name", "cls"), INTERVENTIONS, ids=[name for name, _ in INTERVENTIONS])


def city_with(name: str, example: str, *more: str):
    return load_scenario("toy_town", [*STRESS, f"interventions.tried={{kind: {name}, {example}}}", *more])


def yaml_of(values) -> str:
    return ", ".join(f"{key}: {value}" for key, value in values.items())


@pytest.fixture(scope="module")
def stressed_series():
    @cache
    def series() -> str:
        return run(load_scenario("toy_town", STRESS), seed=SEED).series_csv()

    return series


@each
def test_it_changes_something_the_same_way_every_time_and_keeps_the_books(name, cls, stressed_series):
    scenario = city_with(name, EXAMPLES[name])
    first = run(scenario, seed=SEED).series_csv()  # each day ends with a check of the ledger
    assert first != stressed_series()
    assert run(scenario, seed=SEED).series_csv() == first


@each
def test_with_neutral_values_it_does_nothing(name, cls, stressed_series):
    if name in WITHOUT_NEUTRAL_VALUES:
        assert not cls.neutral
        return
    assert cls.neutral, f"{name} names no neutral values"
    given = {part.split(": ")[0] for part in yaml_of(cls.neutral).split(", ")}
    rest = [part for part in EXAMPLES[name].split(", ") if part.split(": ")[0] not in {*given, "policy"}]
    neutral = city_with(name, ", ".join([*rest, yaml_of(cls.neutral)]))
    assert run(neutral, seed=SEED).series_csv() == stressed_series()


@each
def test_it_does_nothing_before_its_window(name, cls, stressed_series):
    later = re.sub(r"from_day: \d+", "from_day: 40", EXAMPLES[name])
    later = ", ".join(part for part in later.split(", ") if not part.startswith("until_day"))
    with_it = run(city_with(name, later), seed=SEED, days=15).series_csv().splitlines()
    assert with_it == stressed_series().splitlines()[: len(with_it)]


@each
def test_it_draws_from_a_stream_of_its_own(name, cls):
    streams, original = set(), model_module.Later
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module, "Later", lambda set_up, *key: streams.add(key) or original(set_up, *key))
        model = SiegeModel(city_with(name, EXAMPLES[name]), SEED)
        for day in model.days():
            if day == 12:
                break
    assert {stream for _, stream, _ in streams} == {process.stream or name for name, process in model.schedule}
    assert len(streams) == len(model.schedule) * 12


@each
def test_it_acts_before_the_processes_of_its_phase(name, cls):
    schedule = SiegeModel(city_with(name, EXAMPLES[name]), SEED).schedule
    names = [entry for entry, process in schedule if process.phase == cls.phase]
    earlier = names[: names.index("interventions.tried")]
    assert not [entry for entry in earlier if entry.startswith("processes.")]


@pytest.mark.parametrize(
    ("name", "example", "said"),
    [
        (
            "medical_evacuation",
            "from_day: 1, crossing: South gat",
            "no crossing 'South gat'; did you mean 'South gate'",
        ),
        ("siege_broken", "from_day: 1, road: North road", "the map has no road 'North road'"),
        ("armed_group_leaves", "from_day: 1, faction: town_militias", "did you mean 'town_militia'"),
        ("corridor", "from_day: 1, crossings: [East gate]", "the map has no crossing 'East gate'"),
    ],
)
def test_a_name_that_the_scenario_does_not_have_is_refused(name, example, said):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        city_with(name, example)


def test_an_agreement_that_nobody_would_carry_out_is_refused():
    with pytest.raises(ScenarioError, match="the process 'agreement'"):
        city_with("evacuation_agreement", "from_day: 1", "processes.agreement=null")
