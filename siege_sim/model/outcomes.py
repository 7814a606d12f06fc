"""Outcomes: named numbers of a run, with unit and label. The names are a public interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.kernels import rows
from siege_sim.kernels.hazard import IntArray
from siege_sim.model.agents.facility import Bakery, Warehouse
from siege_sim.model.codes import DISPLACED_INSIDE, GOVERNMENT, REBEL
from siege_sim.model.conditions import KCAL_A_PERSON_DAY

if TYPE_CHECKING:
    from siege_sim.model.state import SiegeState


@dataclass(frozen=True)
class Outcome:
    """A number that can be read off a model every day."""

    name: str
    unit: str
    label: str
    read: Callable[[SiegeState, Sums], float]


HUNGRY_BELOW = 0.75
"""Share of the need below which a day counts as a day of hunger."""


@dataclass
class Sums:
    """Sums over all households that several outcomes share, made once a day. Nothing is eaten on day 0."""

    persons_inside: float
    displaced_inside: float
    home_kcal: float
    stored_kcal: float
    eaten_kcal: float
    mass_loss: float
    hungry: float
    ipc_shares: list[float]

    @classmethod
    def of(cls, model: SiegeState) -> Sums:
        """Add up the columns of ``model.households``."""
        homes = model.households
        total = float(model.city.layers.civilians.sum())
        sums, people_below = rows.totals(
            homes.mouths,
            homes.food_kcal,
            homes.eaten_kcal,
            homes.mass_loss,
            homes.status,
            DISPLACED_INSIDE,
            IPC_INTAKE_KCAL,
            IPC_SEVERE_LOSS,
            HUNGRY_BELOW * KCAL_A_PERSON_DAY,
        )
        displaced, home, eaten, loss, hungry = sums.tolist()
        people, *below = people_below.tolist()
        at_or_below = [people, *below, 0.0]
        someone = total if total else float("nan")  # means over nobody are not a number
        return cls(
            persons_inside=total,
            displaced_inside=displaced,
            home_kcal=home,
            stored_kcal=model.stored_kcal,
            eaten_kcal=eaten / someone if model.day else float("nan"),
            mass_loss=loss / someone,
            hungry=hungry if model.day else 0.0,
            ipc_shares=[(this - worse) / max(people, 1.0) for this, worse in pairwise(at_or_below)],
        )


IPC_INTAKE_KCAL = np.array([2100.0, 1680.0, 1050.0, 420.0])
"""Intake a person and day below which a household is in phase 2, 3, 4 and 5: any gap to 2,100 kcal, one of a
fifth, a half, four fifths (after the IPC's reference table for households; where it has words, numbers assumed)."""

IPC_SEVERE_LOSS = 0.18
"""Share of body mass lost from which a household is in phase 5 whatever it eats."""


def ipc_area_phase(shares: Sequence[float]) -> int:
    """Return an area's phase: the highest in which, or in worse, at least a fifth of the people are."""
    this_or_worse = 0.0
    for phase in range(len(shares), 0, -1):
        this_or_worse += shares[phase - 1]
        if this_or_worse >= 0.2:
            return phase
    return 1


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


CIVILIAN_DEATHS = (
    "killed_by_air",
    "killed_by_shelling",
    "killed_in_crossfire",
    "died_of_wounds",
    "died_of_hunger",
)
VIOLENT_DEATHS = CIVILIAN_DEATHS[:4]

DAILY: tuple[Outcome, ...] = (
    Outcome("rebel_area_share", "share of day 0", "Area held by the rebels", lambda m, s: m.share_held),
    Outcome("pockets", "pockets", "Separate pockets", lambda m, s: float(m.city.large_pockets)),
    Outcome("civilians_in_pocket", "persons", "Civilians in the pocket", lambda m, s: s.persons_inside),
    Outcome("civilians_killed", "persons", "Civilians killed (all violence)", _flow("civilians", *VIOLENT_DEATHS)),
    Outcome("killed_by_air", "persons", "Killed by air strikes", _flow("civilians", "killed_by_air")),
    Outcome("killed_by_shelling", "persons", "Killed by shelling", _flow("civilians", "killed_by_shelling")),
    Outcome("killed_in_crossfire", "persons", "Killed in crossfire", _flow("civilians", "killed_in_crossfire")),
    Outcome("died_of_wounds", "persons", "Died of wounds", _flow("civilians", "died_of_wounds")),
    Outcome("died_of_hunger", "persons", "Died of hunger", _flow("civilians", "died_of_hunger")),
    Outcome("civilians_wounded", "persons", "Civilians wounded", _flow("civilians", "wounded")),
    Outcome("west_civilians_killed", "persons", "Civilians killed on the other side", _flow("west", "killed")),
    Outcome("displaced_inside", "persons", "Displaced inside the pocket", lambda m, s: s.displaced_inside),
    Outcome("left_to_kurdish", "persons", "Left to Kurdish-held ground", _flow("civilians", "left_to_kurdish")),
    Outcome("left_to_government", "persons", "Left to government areas", _flow("civilians", "left_to_government")),
    Outcome(
        "came_under_new_holder", "persons", "Stayed under a new holder", _flow("civilians", "came_under_new_holder"),
    ),
    Outcome("left_by_road", "persons", "Left by an open road", _flow("civilians", "left_by_road")),
    Outcome("evacuated", "persons", "Civilians evacuated", _flow("civilians", "evacuated")),
    Outcome(
        "evacuated_for_treatment", "persons", "Wounded civilians brought out",
        _flow("civilians", "evacuated_for_treatment"),
    ),
    Outcome("rebels_fit", "fighters", "Rebels fit for duty", _fit(REBEL)),
    Outcome(
        "rebels_killed", "fighters", "Rebels killed",
        _flow("rebels", "killed_by_air", "killed_by_shelling", "killed_in_combat"),
    ),
    Outcome("rebels_surrendered", "fighters", "Rebels who laid down arms", _flow("rebels", "surrendered")),
    Outcome("regime_fit", "fighters", "Government side fit for duty", _fit(GOVERNMENT)),
    Outcome(
        "regime_killed", "fighters", "Government side killed",
        _flow("regime", "killed_in_combat", "killed_in_relief_battle"),
    ),
    Outcome("relief_force_killed", "fighters", "Relief force killed", _flow("relief_force", "killed")),
    Outcome("aircraft_lost", "aircraft", "Aircraft lost", _flow("aircraft", "lost")),
    Outcome("heavy_impacts", "impacts", "Heavy impacts that day", lambda m, s: float(m.city.layers.impacts.sum())),
    Outcome("hospitals_working", "hospitals", "Hospitals working", lambda m, s: float(m.hospitals_working)),
    Outcome("bakeries_working", "bakeries", "Bakeries working", _bakeries),
    Outcome("food_stock_kcal", "kcal", "Food in stores and markets", _food_stock),
    Outcome("food_days_left", "days", "Days of food left", _food_days_left),
    Outcome("kcal_eaten_per_person", "kcal/person", "Eaten that day", lambda m, s: s.eaten_kcal),
    Outcome("mean_body_mass_loss", "share", "Body mass lost", lambda m, s: s.mass_loss),
    Outcome("ipc_phase", "phase", "IPC phase of the pocket", _ipc_phase),
    Outcome("rubble_share", "share", "Floor area in ruins", _rubble),
    Outcome("condemnation", "points", "Condemnation", lambda m, s: m.politics.condemnation),
)  # fmt: skip
"""Every outcome of a day, in the order of ``series.csv``. Deaths and departures are counted from day 0."""

SNAPSHOT_LAYERS = (
    "holder",
    "quarter",
    "civilians",
    "danger",
    "rubble",
    "entrenchment",
    "impacts_so_far",
    "garrison",
    "days_held",
)


class Recorder:
    """Reads all outcomes after every day, and keeps layers every few days.

    Attributes:
        values: outcomes, shape ``(days + 1, outcomes)``; the first ``rows`` rows are filled.
        held: rebel-held cells of every quarter, shape ``(days + 1, quarters)``.
        snapshots: the kept layers by name, and the days on which they were kept.
        worst_ipc: the worst IPC phase of every quarter on the days that were kept, 0 before the first of them.
        worst_ipc_day: the first of those days on which it was reached.
        hunger_person_days: days that persons lived on less than three quarters of their need.
        civilians_on_day_0: besieged civilians in every cell on day 0.
    """

    def __init__(self, model: SiegeState, keep_every_days: int) -> None:
        self._keep_every_days = keep_every_days
        quarters = len(model.city.map.quarters)
        self.values = np.full((model.clock.days + 1, len(DAILY)), np.nan)
        self.held = np.zeros((model.clock.days + 1, quarters), dtype=np.int64)
        self.rows = 0
        self.hunger_person_days = 0.0
        self.worst_ipc = np.zeros(quarters, dtype=np.int64)
        self.worst_ipc_day = np.zeros(quarters, dtype=np.int64)
        self.snapshots: dict[str, list[Any]] = {name: [] for name in ("day", *SNAPSHOT_LAYERS)}
        self.civilians_on_day_0 = model.city.layers.civilians.copy()
        self.record(model)

    def record(self, model: SiegeState) -> None:
        """Read the day that was just played."""
        sums = Sums.of(model)
        self.values[self.rows] = [outcome.read(model, sums) for outcome in DAILY]
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
        for name in SNAPSHOT_LAYERS:
            self.snapshots[name].append(model.city.layers.array(name).reshape(model.city.shape).copy())
        if model.day > 0:
            phases = ipc_by_quarter(model)
            worse = phases > self.worst_ipc
            self.worst_ipc[worse] = phases[worse]
            self.worst_ipc_day[worse] = model.day
