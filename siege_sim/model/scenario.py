"""Scenarios: one validated, frozen and complete description of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property, reduce
from operator import itemgetter, or_
from typing import TYPE_CHECKING, Annotated, Any, Literal, cast

from pydantic import (
    Discriminator,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationError,
    create_model,
    model_serializer,
)

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.model import catalogue
from siege_sim.model.city.map import CityMap
from siege_sim.model.city.synthetic import SyntheticTown
from siege_sim.model.processes.base import Intervention, Process
from siege_sim.schema.block import Block, Problem, param, share
from siege_sim.schema.clock import Clock, Day, IsoDate, Window
from siege_sim.schema.messages import plain_words

LONGEST_RUN_DAYS = 3650


class Population(Block):
    """The people."""

    besieged: int = param(
        unit="persons",
        plausible=(115_000, 275_000),
        source="UN 250,000-275,000; others far fewer",
        ge=1,
        le=5_000_000,
    )
    """Civilians on rebel-held ground on day 0."""
    persons_per_household: float = param(
        5.4,
        unit="persons",
        plausible=(1, 50),
        source="mean household of about 5-6 in Syria",
        ge=1.0,
        le=100.0,
    )
    """Persons in a household on average. 1 makes every person a row, 50 a coarse run for sweeps."""
    children_share: float = share(0.4, plausible=(0.35, 0.45))
    """Share of the people under 18."""
    government_side: int = param(0, unit="persons", ge=0, le=50_000_000)
    """Residents on government-held ground (counted by cell, not as households)."""
    kurdish_side: int = param(0, unit="persons", ge=0, le=50_000_000)
    """Residents on Kurdish-held ground, likewise."""
    fear_of_reprisal: float = share(0.5, plausible=(0.3, 0.7), source="44 % would leave, 40 % stay (UNHCR, Oct 2016)")
    """Mean fear of what would happen on government ground; spread evenly around it."""
    wealth_spread: float = param(0.6, unit="log scale", plausible=(0.3, 1.0), ge=0.0, le=3.0)
    """Spread of buying power (standard deviation of its logarithm)."""


class Food(Block):
    """Food in the pocket on day 0."""

    home_days: float = param(12.0, unit="days", plausible=(5, 30), ge=0.0, le=1000.0)
    """Mean days of full rations at home; they differ widely from house to house."""
    council_kcal: float = param(0.0, unit="kcal", ge=0.0, le=1e13)
    """Flour and staples in the council's stores."""
    aid_kcal: float = param(0.0, unit="kcal", ge=0.0, le=1e13)
    """Food in the agencies' stores."""
    merchant_kcal: float = param(0.0, unit="kcal", ge=0.0, le=1e13)
    """Food with traders, spread over the markets."""
    bakery_kcal_per_day: float = param(
        9e6,
        unit="kcal/day",
        plausible=(5e6, 15e6),
        source="25 bakeries for the pocket's bread in August 2016",
        ge=0.0,
    )
    """What one bakery can bake in a day with full fuel."""


class Faction(Block):
    """A part of one side's forces."""

    fighters: int = param(unit="fighters", ge=1, le=1_000_000)
    """How many on day 0."""
    unit_size: int = param(100, unit="fighters", plausible=(80, 200), ge=1, le=10_000)
    """Fighters in a unit."""
    quality: float = param(1.0, unit="1 = average", plausible=(0.6, 1.5), gt=0.0, le=5.0)
    """Training and arms, as a factor on fighting strength."""
    vanguard: bool = False
    """Whether they lead assaults."""
    sectors: dict[str, float] = Field(min_length=1)
    """Where they stand: sector of the map and weight."""

    def problems(self) -> Iterator[Problem]:
        """Yield weights that place nobody."""
        if any(weight < 0.0 for weight in self.sectors.values()) or not sum(self.sectors.values()) > 0.0:
            yield ("sectors",), "weights must be at least 0, and one above 0"


class Forces(Block):
    """The order of battle."""

    rebel: dict[str, Faction] = Field(min_length=1)
    """The besieged side, by faction."""
    government: dict[str, Faction] = Field(min_length=1)
    """The besieging side, by faction."""
    axes: int = param(3, unit="axes", plausible=(2, 4), ge=0, le=12)
    """On how many axes the government side masses its vanguard."""
    rebel_reserve: float = share(0.15, plausible=(0.05, 0.3))
    """Share of the rebel units that stand behind the line on day 0."""
    works_on_old_front: float = share(0.9, plausible=(0.7, 1.0))
    """Works on front cells on day 0; a line that had stood for years."""
    works_inside: float = share(0.15, plausible=(0.0, 0.4))
    """Works elsewhere in the pocket."""


class Ground(Block):
    """What ground means for fighting; used wherever strength is compared."""

    works: float = param(
        1.3, unit="factor", plausible=(0.6, 1.6),
        source="an entrenched, built-up front multiplies the defence by about 2.7-3.1 in all", ge=0.0, le=10.0,
    )  # fmt: skip
    """What full works add to the defence."""
    streets: float = param(
        0.5, unit="factor", plausible=(0.3, 0.8), source="advance in towns a third to a half", ge=0.0
    )
    """What fully built-up ground adds."""
    ruins: float = param(0.4, unit="factor", plausible=(0.1, 0.8), ge=0.0, le=10.0)
    """What total ruin adds: rubble shelters the defender and slows the attacker."""
    fighters_a_cell_edge: float = param(
        250.0,
        unit="fighters",
        plausible=(200, 300),
        source="frontage of 400 m in streets",
        ge=10.0,
        le=5000.0,
    )
    """How many attackers find room on one cell's edge: the cap on local superiority."""
    odds_to_assault: float = param(
        2.0, unit="ratio", plausible=(1.5, 2.5), source="3:1 rule of thumb, disputed (Dupuy)", ge=0.1, le=20.0
    )
    """Perceived local odds from which an assault goes in."""
    cells_before_regrouping: int = param(24, unit="cells", plausible=(20, 35), ge=1, le=1000)
    """Cells that an axis takes before it must regroup."""


class AirWing(Window):
    """A part of the air power."""

    from_day: Day = 0
    """First day on which it flies."""
    weight: float = param(unit="share of sorties", ge=0.0, le=10.0)
    """Its part of `processes.sorties.per_day`."""
    share_on_pocket: float = share()
    """Share of its sorties that strike the pocket; the rest are flown elsewhere in the province."""
    impacts_per_sortie: int = param(1, unit="impacts", ge=0, le=20)
    """Heavy impacts of one sortie."""
    lethality: float = param(1.0, unit="factor", plausible=(0.25, 1.5), ge=0.0, le=10.0)
    """Lethality relative to a general-purpose bomb."""


class ProcessesBase(Block):
    """The mechanisms that are on, with their parameters; one that is not named is off."""

    def on(self) -> Iterator[tuple[str, Process]]:
        """Yield the processes that are on, by name, in the order of the catalogue."""
        for name in type(self).model_fields:
            process = getattr(self, name)
            if process is not None:
                yield name, process


def _processes_block() -> type[ProcessesBase]:
    fields: dict[str, Any] = {
        name: (cls | None, Field(None, description=cls.summary())) for name, cls in catalogue.processes().items()
    }
    return create_model("Processes", __base__=ProcessesBase, **fields)


def _any_intervention() -> Any:
    union = reduce(or_, catalogue.interventions().values())
    return Annotated[union, Field(discriminator="kind")]


class Change(Block):
    """New values of mechanisms' parameters from a day on."""

    from_day: Day
    """First day on which they hold: a day number or an ISO date."""
    processes: dict[str, dict[str, Any]] = Field(min_length=1)
    """Parameters by mechanism; those that are not named stay as they are."""


if TYPE_CHECKING:
    Processes = ProcessesBase
    AnyIntervention = Intervention
else:
    Processes = _processes_block()
    AnyIntervention = _any_intervention()


def _map_kind(value: Any) -> str:
    synthetic = "synthetic" in value if isinstance(value, dict) else isinstance(value, SyntheticTown)
    return "synthetic town" if synthetic else "drawn map"


def _with_values(process: Process, values: Mapping[str, Any]) -> Process:
    """Return a process with other values of some parameters."""
    return type(process).model_validate({**process.model_dump(by_alias=True), **values})


def _changed(processes: ProcessesBase, change: Change) -> ProcessesBase:
    """Return mechanisms as they are after a change."""
    new = {name: _with_values(getattr(processes, name), values) for name, values in change.processes.items()}
    return processes.model_copy(update=new)


def _problems_of_values(process: Process, values: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what is wrong with new values of a process."""
    if "kind" in values:
        yield ("kind",), "'kind' is no parameter; a mechanism cannot become another one"
        return
    try:
        _with_values(process, values)
    except ValidationError as error:
        for item in error.errors():
            if item["type"] == "problems":
                yield from item["ctx"]["problems"]
            else:
                yield item["loc"], plain_words(item)


class Scenario(Block):
    """A complete description of a run. The same scenario and seed give the same run, to the byte."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str
    """One line for headings."""
    summary: str = ""
    """A paragraph: what the scenario is, and on what it rests."""
    start: IsoDate
    """The date of day 0."""
    days: int = param(unit="days", ge=1, le=LONGEST_RUN_DAYS)
    """How many days are played at the most."""
    map: Annotated[
        Annotated[CityMap, Tag("drawn map")] | Annotated[SyntheticTown, Tag("synthetic town")],
        Discriminator(_map_kind),
    ]
    """The city: a drawn map (a file's name in the scenario file) or a synthetic town."""
    population: Population
    """The people."""
    food: Food = Food()
    """Food on day 0."""
    forces: Forces
    """The order of battle."""
    ground: Ground = Ground()
    """What ground means for fighting."""
    air_wings: dict[str, AirWing] = {}
    """Air power, by wing."""
    processes: Processes
    """The mechanisms that are on."""
    interventions: dict[str, AnyIntervention] = {}
    """Dated actions, by a name of the scenario's choosing."""
    changes: dict[str, Change] = {}
    """New values of mechanisms' parameters from a day on, by a name of the scenario's choosing."""
    snapshot_every_days: int = param(7, unit="days", ge=1, le=3650)
    """How often the layers are kept."""

    @cached_property
    def city_map(self) -> CityMap:
        """The map, drawn."""
        return self.map.drawn()

    @property
    def clock(self) -> Clock:
        """The run's calendar."""
        return Clock(self.start, self.days)

    @model_serializer(mode="wrap")
    def _without_empty_changes(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Say nothing of changes when there are none: most scenarios have no need of the word."""
        data: dict[str, Any] = serialise(self)
        if not self.changes:
            data.pop("changes", None)
        return data

    @cached_property
    def mechanisms(self) -> tuple[tuple[int, ProcessesBase], ...]:
        """The mechanisms with their parameters, each time with the first day on which they are so, from day 0 on."""
        stages: dict[int, ProcessesBase] = {0: self.processes}
        for day, change in sorted(
            ((self.clock.day_of(change.from_day), change) for change in self.changes.values()), key=itemgetter(0)
        ):
            stages[day] = _changed(stages[max(stages)], change)
        return tuple(stages.items())

    def mechanisms_on(self, day: int) -> ProcessesBase:
        """Return the mechanisms with the parameters that hold on a day."""
        return next(processes for first, processes in reversed(self.mechanisms) if first <= day)

    @cached_property
    def digest(self) -> str:
        """A hash of everything in the scenario; equal digests mean equal scenarios."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def with_process(self, process: Process) -> Scenario:
        """Return the same scenario with a mechanism of one's own, for a notebook or a script.

        It is part of the scenario that comes back: of its digest, its results, a session's levers. Only a program that
        has its class can play that scenario; for others, the class has to be a plug-in (see ``CONTRIBUTING.md``).

        Args:
            process: the mechanism with its parameters; within its phase it comes last.

        Raises:
            SiegeError: it is a dated action, it does not say what it does, or its name is taken.
        """
        kind, name = type(process), process.name()
        if not (kind.__doc__ or "").strip():
            raise SiegeError(f"{kind.__name__} does not say what it does; give the class a docstring of a line")
        if isinstance(process, Intervention):
            raise SiegeError(f"'{name}' is a dated action; only mechanisms can be added so, actions as plug-ins")
        if name in type(self.processes).model_fields:
            raise SiegeError(f"a mechanism is called '{name}' already; give yours another kind")
        field: Any = (kind | None, Field(None, description=kind.summary()))
        block = create_model("Processes", __base__=type(self.processes), **{name: field})
        mechanisms = block.model_validate({**dict(self.processes.on()), name: process})
        extended = create_model("Scenario", __base__=type(self), processes=(block, ...))
        blocks = {key: getattr(self, key) for key in type(self).model_fields}
        return cast("Scenario", extended.model_validate({**blocks, "processes": mechanisms}))

    def problems(self) -> Iterator[Problem]:
        """Yield what does not fit together: places, sectors, dates."""
        clock = self.clock
        if self.start.toordinal() + self.days > date.max.toordinal():
            yield ("start",), "the run would go beyond the calendar; choose an earlier start"
            return
        yield from self._problems_of_people()
        sides: tuple[Literal["rebel"], Literal["government"]] = ("rebel", "government")
        for side in sides:
            known = self.sectors_of(side)
            for faction, block in getattr(self.forces, side).items():
                for sector in block.sectors:
                    if sector not in known:
                        where = ("forces", side, faction, "sectors", sector)
                        hint = did_you_mean(sector, known)
                        yield where, f"no ground held by the {side} side in a sector '{sector}'{hint}"
        for name, wing in self.air_wings.items():
            for path, message in wing.problems_on(clock):
                yield ("air_wings", name, *path), f"air wing '{name}' {message}"
        for name, action in self.interventions.items():
            for path, message in action.problems_on(clock):
                yield ("interventions", name, *path), f"{action.kind} '{name}' {message}"
            for path, message in action.problems_in(self):
                yield ("interventions", name, *path), message
        yield from self._problems_of_changes()

    def _problems_of_changes(self) -> Iterator[Problem]:
        on = dict(self.processes.on())
        for name, change in self.changes.items():
            if not 1 <= self.clock.day_of(change.from_day) <= self.days:
                yield (
                    ("changes", name, "from_day"),
                    f"'{name}' comes into force on {self.clock.describe(change.from_day)}, but it can do so from day 1 "
                    f"to day {self.days}; move from_day, or change the parameter itself to have it so from the start",
                )
            for kind, values in change.processes.items():
                where = ("changes", name, "processes", kind)
                if kind not in on:
                    yield where, f"the scenario has no mechanism '{kind}' to change{did_you_mean(kind, on)}"
                    continue
                yield from ((where + path, words) for path, words in _problems_of_values(on[kind], values))

    def _problems_of_people(self) -> Iterator[Problem]:
        quarters = self.city_map.quarters
        if not any(q.holder == "rebel" for q in quarters):
            yield ("map",), "nobody is besieged: no quarter has holder 'rebel'"
            return
        if not any(q.holder == "government" for q in quarters):
            yield ("map",), "nobody besieges: no quarter has holder 'government'"
        for field, holder in (
            ("besieged", "rebel"),
            ("government_side", "government"),
            ("kurdish_side", "kurdish"),
        ):
            people = getattr(self.population, field)
            if people and not any(q.holder == holder and q.population > 0 for q in quarters):
                yield (
                    ("population", field),
                    f"{people:,} people on no ground: no quarter with holder '{holder}' has a population weight "
                    "above 0; give one a weight or set this to 0",
                )

    def sectors_of(self, side: Literal["rebel", "government"]) -> set[str]:
        """Return the sectors of the map in which a side holds ground on day 0."""
        return {quarter.sector for quarter in self.city_map.quarters if quarter.holder == side}
