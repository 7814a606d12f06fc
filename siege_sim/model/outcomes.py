"""The outcomes of a siege: which named numbers it has every day, and the recorder that reads them.

The names are a public interface. Deaths and departures follow from the flows of the ledger; a mechanism that brings
an outcome of its own declares it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.kernels.hazard import IntArray
from siege_sim.model import catalogue
from siege_sim.model.agents.facility import Bakery, Warehouse
from siege_sim.model.conditions import KCAL_A_PERSON_DAY
from siege_sim.model.flows import flows_of
from siege_sim.model.ledger import OUT
from siege_sim.model.outcome import IPC_INTAKE_KCAL, IPC_SEVERE_LOSS, Outcome, Sums, ipc_area_phase
from siege_sim.schema.sides import BESIEGER, GARRISON, Side, Sides

if TYPE_CHECKING:
    from siege_sim.model.ledger import Flow
    from siege_sim.model.processes.base import Process
    from siege_sim.model.state import SiegeState


def ipc_by_quarter(model: SiegeState) -> IntArray:
    """Return the phase of every quarter from what its households in the pocket ate today; 0 where nobody is."""
    homes, quarters = model.households, len(model.city.map.quarters)
    here = np.flatnonzero(homes.mouths > 0.0)
    phase = IPC_INTAKE_KCAL.size - np.searchsorted(IPC_INTAKE_KCAL[::-1], homes.eaten_kcal[here], side="right")
    phase = np.where(homes.mass_loss[here] > IPC_SEVERE_LOSS, IPC_INTAKE_KCAL.size, phase)
    place = model.city.layers.quarter[homes.cell_index[here]] * 5 + phase
    count = np.bincount(place, weights=homes.mouths[here], minlength=quarters * 5).reshape(quarters, 5)
    people = count.sum(axis=1)
    shares = (count / np.maximum(people, 1.0)[:, None]).tolist()
    phases = [ipc_area_phase(row) if total else 0 for row, total in zip(shares, people.tolist(), strict=True)]
    return np.array(phases, dtype=np.int64)


def _flow(stock: str, *flows: str) -> Callable[[SiegeState, Sums], float]:
    return lambda model, sums: model.ledger.total(stock, *flows)


def _fit(side: int) -> Callable[[SiegeState, Sums], float]:
    return lambda model, sums: float(model.units.fit[model.units.of(side)].sum())


def _food_stock(model: SiegeState, sums: Sums) -> float:
    return sums.stored_kcal


def _food_days_left(model: SiegeState, sums: Sums) -> float:
    """Days for which stores and homes would feed everybody at the planning figure of 2,100 kcal."""
    need = KCAL_A_PERSON_DAY * max(sums.persons_inside, 1.0)
    return (sums.stored_kcal + sums.home_kcal) / need if sums.persons_inside else 0.0


def _bakeries(model: SiegeState, sums: Sums) -> float:
    """Undamaged bakeries for whose ovens there is fuel, and flour in a council's store."""
    if not any(s.kcal > 0.0 for s in model.facilities_in_pocket(Warehouse) if s.owner == "council"):
        return 0.0
    standing = sum([not bakery.closed for bakery in model.facilities_in_pocket(Bakery)])
    return float(round(standing * model.conditions.baking_fuel))


def _ipc_phase(model: SiegeState, sums: Sums) -> float:
    return float(ipc_area_phase(sums.ipc_shares)) if model.day and sums.persons_inside else float("nan")


def _rubble(model: SiegeState, sums: Sums) -> float:
    layers, ground = model.city.layers, model.city.held_on_day_0
    built = layers.built_up[ground]
    return float((layers.rubble[ground] * built).sum()) / max(float(built.sum()), 1e-9)


def _deaths(stock: str, *, violent_only: bool = False) -> Callable[[SiegeState, Sums], float]:
    return lambda model, sums: model.ledger.deaths(stock, violent_only=violent_only)


def _of_flow(name: str, flow: Flow) -> Outcome:
    """Return the outcome that counts a flow of civilians since day 0."""
    return Outcome(
        name,
        "persons",
        flow.label,
        _flow("civilians", name),
        death=flow.death,
        violent=flow.violent,
        departure=flow.sign == OUT and not flow.death,
    )


GROUND: tuple[Outcome, ...] = (
    Outcome("garrison_area_share", "share of day 0", "Area held by {garrison}", lambda m, s: m.share_held, "held"),
    Outcome("pockets", "pockets", "Separate pockets", lambda m, s: float(m.city.large_pockets), "state"),
    Outcome("civilians_in_pocket", "persons", "Civilians in the pocket", lambda m, s: s.persons_inside, "held"),
    Outcome("civilians_killed", "persons", "Civilians killed (all violence)", _deaths("civilians", violent_only=True)),
)
"""The first outcomes; deaths by cause follow them."""

PEOPLE: tuple[Outcome, ...] = (
    Outcome("civilians_wounded", "persons", "Civilians wounded", _flow("civilians", "wounded")),
    Outcome(
        "besieger_civilians_killed", "persons", "Civilians killed on the other side", _deaths("besieger_civilians")
    ),
    Outcome("displaced_inside", "persons", "Displaced inside the pocket", lambda m, s: s.displaced_inside, "state"),
)
"""Then these; where people went follows them."""

OTHERS: tuple[Outcome, ...] = (
    Outcome("garrison_fit", "fighters", "{Garrison} fit for duty", _fit(GARRISON), "state"),
    Outcome("garrison_killed", "fighters", "{Garrison} killed", _deaths("garrison")),
    Outcome("garrison_surrendered", "fighters", "{Garrison}: laid down arms", _flow("garrison", "surrendered")),
    Outcome("besieger_fit", "fighters", "{Besieger} fit for duty", _fit(BESIEGER), "state"),
    Outcome("besieger_killed", "fighters", "{Besieger} killed", _deaths("besieger")),
    Outcome("relief_force_killed", "fighters", "Relief force killed", _flow("relief_force", "killed")),
    Outcome("aircraft_lost", "aircraft", "Aircraft lost", _flow("aircraft", "lost")),
    Outcome(
        "heavy_impacts", "impacts", "Heavy impacts that day", lambda m, s: float(m.city.layers.impacts.sum()), "state"
    ),
    Outcome("hospitals_working", "hospitals", "Hospitals working", lambda m, s: float(m.hospitals_working), "state"),
    Outcome("bakeries_working", "bakeries", "Bakeries working", _bakeries, "state"),
    Outcome("food_stock_kcal", "kcal", "Food in stores and markets", _food_stock, "state"),
    Outcome("food_days_left", "days", "Days of food left", _food_days_left, "state"),
    Outcome("kcal_eaten_per_person", "kcal/person", "Eaten that day", lambda m, s: s.eaten_kcal, "state"),
    Outcome("mean_body_mass_loss", "share", "Body mass lost", lambda m, s: s.mass_loss, "state"),
    Outcome("ipc_phase", "phase", "IPC phase of the pocket", _ipc_phase, "state"),
    Outcome("rubble_share", "share", "Floor area in ruins", _rubble),
    Outcome("condemnation", "points", "Condemnation", lambda m, s: m.politics.condemnation, "state"),
)
"""The rest; what mechanisms declare follows it."""


def outcomes_of(sides: Sides, processes: Iterable[type[Process]]) -> tuple[Outcome, ...]:
    """Return the outcomes of a siege, in the order of ``series.csv``, with the sides' labels filled in.

    Args:
        sides: who holds ground.
        processes: the classes of its processes and dated actions; what they declare is among the outcomes.
    """
    processes = list(processes)
    flows = [_of_flow(name, flow) for name, flow in flows_of(sides, processes)["civilians"].items()]
    declared = [outcome for process in processes for outcome in process.outcomes]
    deaths = [outcome for outcome in flows if outcome.death]
    departures = [outcome for outcome in flows if outcome.departure]
    every = (*GROUND, *deaths, *PEOPLE, *departures, *OTHERS, *declared)
    return tuple(replace(outcome, label=sides.fill(outcome.label)) for outcome in every)


def known_outcomes(sides: Sides | None = None) -> tuple[Outcome, ...]:
    """Return every outcome that a siege with some sides can have, whatever mechanisms are on.

    Without sides, one third party stands for any.
    """
    anybody = Sides(third_parties={"third_party": Side(label="third party")})
    return outcomes_of(sides or anybody, (*catalogue.processes().values(), *catalogue.interventions().values()))


class Recorder:
    """Reads all outcomes after every day, and keeps layers every few days.

    Attributes:
        outcomes: what is read, in order.
        values: outcomes, shape ``(days + 1, outcomes)``; the first ``rows`` rows are filled.
        held: the garrison's cells of every quarter, shape ``(days + 1, quarters)``.
        snapshots: the kept layers by name, and the days on which they were kept.
        worst_ipc: the worst IPC phase of every quarter on the days that were kept, 0 before the first of them.
        worst_ipc_day: the first of those days on which it was reached.
        hunger_person_days: days that persons lived on less than three quarters of their need.
        civilians_on_day_0: besieged civilians in every cell on day 0.
    """

    def __init__(self, model: SiegeState, outcomes: tuple[Outcome, ...], keep_every_days: int) -> None:
        self.outcomes = outcomes
        self._keep_every_days = keep_every_days
        self._kept_layers = [spec.name for spec in model.city.layers.specs if spec.kept]
        quarters = len(model.city.map.quarters)
        self.values = np.full((model.clock.days + 1, len(outcomes)), np.nan)
        self.held = np.zeros((model.clock.days + 1, quarters), dtype=np.int64)
        self.rows = 0
        self.hunger_person_days = 0.0
        self.worst_ipc = np.zeros(quarters, dtype=np.int64)
        self.worst_ipc_day = np.zeros(quarters, dtype=np.int64)
        self.snapshots: dict[str, list[Any]] = {name: [] for name in ("day", *self._kept_layers)}
        self.civilians_on_day_0 = model.city.layers.civilians.copy()
        self.record(model)

    def __getstate__(self) -> dict[str, Any]:
        """Leave the outcomes out of what is copied and saved: they are functions, which the scenario names."""
        return {name: value for name, value in vars(self).items() if name != "outcomes"}

    def record(self, model: SiegeState) -> None:
        """Read the day that was just played."""
        sums = Sums.of(model)
        self.values[self.rows] = [outcome.read(model, sums) for outcome in self.outcomes]
        self.held[self.rows] = model.city.held_by_quarter
        self.rows += 1
        self.hunger_person_days += sums.hungry
        if model.day % self._keep_every_days == 0:
            self.keep_last(model)

    def keep_last(self, model: SiegeState) -> None:
        """Keep the layers as they are now, unless today's are kept already."""
        if self.snapshots["day"] and self.snapshots["day"][-1] == model.day:
            return
        self.snapshots["day"].append(model.day)
        for name in self._kept_layers:
            self.snapshots[name].append(model.city.layers.array(name).reshape(model.city.shape).copy())
        if model.day > 0:
            phases = ipc_by_quarter(model)
            worse = phases > self.worst_ipc
            self.worst_ipc[worse] = phases[worse]
            self.worst_ipc_day[worse] = model.day
