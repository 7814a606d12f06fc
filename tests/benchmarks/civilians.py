"""The civilians' day on the project's own columns: a scenario in which nobody fights.

The state is that of a town besieged for weeks, so that every rule has work to do: stores nearly empty, bodies
thinned, some people wounded, danger on the map.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np

from siege_sim.loading.scenario import load_scenario
from siege_sim.model import catalogue
from siege_sim.model.agents.facility import Bakery, Facility, Hospital, Market, Warehouse
from siege_sim.model.model import SiegeModel
from siege_sim.model.scenario import Scenario
from siege_sim.schema.sides import BESIEGER, FIRST_THIRD_PARTY
from tests.benchmarks.start import Ground, People, Start, Stores

CIVILIAN_PROCESSES = ("rationing", "market", "gardens", "eating", "hunger", "hospitals", "fear", "displacement")

MASS_LOST = (0.05, 0.17)
"""Least and largest share of body mass lost, as around day 60 of the Aleppo run."""
SHARE_WITH_WOUNDED = 0.01
"""Share of the households with a wounded member."""
DANGER = (0.02, 0.25)
"""Least and largest danger of a cell."""
HOME_DAYS = 2.0
"""Mean days of full rations at home."""

ALIKE = tuple(
    f"processes.hunger.{name}" for name in ("rest=0", "need_spread=0", "recovery=1", "lasting=0", "frailty=0")
)
"""People are alike and bodies as simple as the other renderings have them."""


def civilian_scenario(town: str, households: int, days: int, settings: Iterable[str] = ()) -> Scenario:
    """Return a scenario of a town, scaled to so many households, in which only civilians act.

    Stores are scaled with the people, so rations a head stay; fighters take nothing from them.
    """
    usual = load_scenario(town)
    people = round(households * usual.population.persons_per_household)
    scale = people / usual.population.besieged
    off = [name for name in catalogue.processes() if name not in CIVILIAN_PROCESSES]
    food = ("council_kcal", "aid_kcal", "merchant_kcal", "bakery_kcal_per_day")
    return load_scenario(
        town,
        [
            f"days={days}",
            f"population.besieged={people}",
            *(f"food.{name}={getattr(usual.food, name) * scale:.6f}" for name in food),
            f"food.home_days={HOME_DAYS}",
            *(f"processes.{name}=null" for name in off),
            "processes.rationing.fighters_share_of_need=0",
            *ALIKE,
            "air_wings={}",
            "interventions={}",
            *settings,
        ],
    )


def civilian_model(scenario: Scenario, seed: int = 1) -> SiegeModel:
    """Return the model of such a scenario, put into the state after weeks of siege."""
    model = SiegeModel(scenario, seed)
    homes, chance = model.households, np.random.default_rng(seed)
    homes.mass_loss = chance.uniform(*MASS_LOST, len(homes))
    homes.fear_of_strikes = chance.uniform(0.0, 0.5, len(homes))
    homes.wounded = chance.random(len(homes)) < SHARE_WITH_WOUNDED
    model.city.layers.danger = chance.uniform(*DANGER, model.city.n_cells)
    return model


def start_of(model: SiegeModel) -> Start:
    """Return the state of a model as the start of the other renderings."""
    city, layers = model.city, model.city.layers
    return Start(
        people=People(**{name: model.households.arrays[name].copy() for name in People.__annotations__}),
        ground=Ground(
            shape=city.shape,
            pocket=city.pockets.copy(),
            danger=layers.danger.copy(),
            roofs=layers.built_up * (1.0 - layers.rubble),
            next_to_third_party=city.next_to(FIRST_THIRD_PARTY).copy(),
            next_to_besieger=city.next_to(BESIEGER).copy(),
        ),
        stores=_stores_of(model),
        rules=_rules_of(model),
    )


def _stores_of(model: SiegeModel) -> Stores:
    def per_pocket(kind: type[Facility], amount: str, owner: str | None = None) -> list[float]:
        sums = [0.0] * model.city.pocket_count
        for place in model.facilities_of(kind):
            if place.in_pocket and owner in (None, getattr(place, "owner", None)):
                sums[int(model.city.pockets[place.cell_index])] += float(getattr(place, amount))
        return sums

    return Stores(
        flour_kcal=per_pocket(Warehouse, "kcal", "council"),
        aid_kcal=per_pocket(Warehouse, "kcal", "aid_agency"),
        traders_kcal=per_pocket(Market, "kcal"),
        ovens_kcal=per_pocket(Bakery, "kcal_per_day"),
        beds=per_pocket(Hospital, "beds"),
    )


def _rules_of(model: SiegeModel) -> SimpleNamespace:
    processes = {name.removeprefix("processes."): process for name, process in model.schedule}
    if tuple(processes) != CIVILIAN_PROCESSES:
        raise ValueError(f"these processes act: {', '.join(processes)}; only civilians' processes may")
    if processes["rationing"].policy == "per_family":  # type: ignore[attr-defined]
        raise ValueError("the twin hands rations out a head; choose another policy than per_family")
    return SimpleNamespace(
        need_kcal=model.conditions.need_kcal,
        growth=model.conditions.growth,
        **{name: SimpleNamespace(**process.model_dump()) for name, process in processes.items()},
    )
