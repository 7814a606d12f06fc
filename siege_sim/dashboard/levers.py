"""Levers: what a teacher or student can change, read off the parameters of mechanisms and interventions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

from siege_sim.model import catalogue
from siege_sim.schema.block import Block
from siege_sim.schema.clock import Day, Window
from siege_sim.schema.dated import DatedWords, reader_of
from siege_sim.schema.meanings import meanings
from siege_sim.schema.series import Series

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from siege_sim.model.processes.base import Process
    from siege_sim.model.scenario import Scenario

LeverKind = Literal["number", "whole", "switch", "choice", "text", "list", "weights", "day", "series"]
"""How a lever is set; ``weights`` are numbers by name, a ``day`` is a number or an ISO date, and a ``series`` is one
value, values by date, or nothing."""

PHASE_LABELS = {
    "EXOGENOUS": "Season and calendar",
    "AIR": "Air strikes",
    "FIRES": "Artillery and shelling",
    "COMMAND": "Command",
    "COMBAT": "Ground combat",
    "COHESION": "Cohesion of units",
    "SUPPLY": "Supply",
    "FOOD": "Food",
    "HEALTH": "Health and rescue",
    "MOVEMENT": "Where people go",
    "POLITICS": "Politics",
    "ENDING": "How it ends",
}
"""Headings for the parts of a day."""


@dataclass(frozen=True)
class Lever:
    """Something that can be set.

    Attributes:
        key: its name in its mechanism or intervention.
        kind: how it is set.
        description: what it means, in a sentence or two.
        unit: of its value, empty without one.
        value: what it is now; ``None`` when it has to be given, or may be left out.
        low: the least value of a slider; ``None`` when it cannot be a slider.
        high: the greatest value of a slider.
        plausible: the range in which the truth may lie, if one is given.
        source: where value and range come from.
        choices: the values to choose from, or names that make sense.
        optional: whether it may be left out.
        title: what it is called where its key alone would not say it.
    """

    key: str
    kind: LeverKind
    description: str
    unit: str = ""
    value: Any = None
    low: float | None = None
    high: float | None = None
    plausible: tuple[float, float] | None = None
    source: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    title: str = ""

    @property
    def label(self) -> str:
        """Its name in words."""
        return self.title or in_sentence_case(self.key)

    @property
    def hint(self) -> str:
        """Meaning, unit, plausible range and source in one text."""
        parts = [self.description]
        if self.plausible is not None:
            parts.append(
                f"Plausible: {self.plausible[0]:g} to {self.plausible[1]:g}{f' {self.unit}' if self.unit else ''}."
            )
        if self.source:
            parts.append(f"Source: {self.source}.")
        return " ".join(parts)


@dataclass(frozen=True)
class LeverPanel:
    """The levers of one mechanism, of one kind of intervention, or of one block of what stands on day 0.

    Attributes:
        name: its name in scenarios.
        group: the part of the day, or of the scenario, to which it belongs.
        description: what it does.
        levers: what can be set.
        neutral: values with which it does nothing; empty when there are none.
        block: the keys that lead to it in a scenario, for what stands on day 0.
    """

    name: str
    group: str
    description: str
    levers: tuple[Lever, ...]
    neutral: Mapping[str, Any]
    block: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Its name in words."""
        return in_sentence_case(self.name)


def mechanism_panels(scenario: Scenario, day: int) -> list[LeverPanel]:
    """Return the panels of a scenario's mechanisms in the order of a day, with the values of a day."""
    on = sorted(scenario.mechanisms_on(day).on(), key=lambda entry: entry[1].phase)
    return [_panel(type(process), process) for _, process in on]


def intervention_panels(scenario: Scenario) -> list[LeverPanel]:
    """Return a panel for every kind of intervention, with its own usual values."""
    return [_panel(kind, None, scenario) for kind in catalogue.interventions().values()]


def start_panels(scenario: Scenario) -> list[LeverPanel]:
    """Return the panels of what stands on day 0: ground, people, food, forces and air wings, with their values."""
    sectors = {side: tuple(sorted(scenario.sectors_of(side))) for side in SIDES}
    return [
        _start_panel("City", scenario.ground, ("ground",)),
        *([_start_panel("City", scenario.front, ("front",))] if "clearing" in dict(scenario.processes.on()) else []),
        _start_panel("City", scenario.population, ("population",)),
        _start_panel("City", scenario.food, ("food",)),
        _start_panel("Forces", scenario.forces, ("forces",)),
        *(
            _start_panel(
                f"Forces, {scenario.sides.by_name[side].label}", faction, ("forces", side, name), sectors[side]
            )
            for side in SIDES
            for name, faction in getattr(scenario.forces, side).items()
        ),
        *(_start_panel("Air wings", wing, ("air_wings", name)) for name, wing in scenario.air_wings.items()),
    ]


SIDES: tuple[Literal["garrison", "besieger"], ...] = ("garrison", "besieger")


def _start_panel(group: str, now: Block, block: tuple[str, ...], sectors: tuple[str, ...] = ()) -> LeverPanel:
    levers = [
        _lever(type(now), name, now, None, sectors if name == "sectors" else ())
        for name in type(now).model_fields
        if name not in (*SIDES, "third_parties")
    ]
    description = (type(now).__doc__ or "").strip().splitlines()[0]
    return LeverPanel(block[-1], group, description, tuple(levers), {}, block)


def _panel(kind: type[Process], now: Process | None, scenario: Scenario | None = None) -> LeverPanel:
    shown = (name for name in _own_fields(kind) if not _has_series_by_name(now, name))
    levers = tuple(_lever(kind, name, now, scenario) for name in shown)
    return LeverPanel(
        kind.name(), PHASE_LABELS[kind.phase.name], kind.summary(), levers, dict(getattr(kind, "neutral", {}))
    )


def _own_fields(kind: type[Process]) -> Iterator[str]:
    """Yield the fields that a form can show: no windows, and no blocks by name."""
    for name, field in kind.model_fields.items():
        parts = get_args(field.annotation)
        of_blocks = any(isinstance(part, type) and issubclass(part, Block) for part in parts)
        if name != "kind" and name not in Window.model_fields and not of_blocks and not _is_by_date(field.annotation):
            yield name


def _has_series_by_name(now: Block | None, name: str) -> bool:
    """Return whether a value is a block of series, for which a form has no field."""
    value = getattr(now, name, None)
    return isinstance(value, dict) and any(isinstance(part, Series) for part in value.values())


def _is_by_date(annotation: Any) -> bool:
    """Return whether a field holds values by date for each of several names: too much for one lever."""
    if get_origin(annotation) is not dict:
        return False
    inner = get_args(annotation)[1]
    return get_origin(get_args(inner)[0] if get_origin(inner) is Annotated else inner) is dict


def _lever(
    block: type[Block], name: str, now: Block | None, scenario: Scenario | None, known: tuple[str, ...] = ()
) -> Lever:
    field = block.model_fields[name]
    facts = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    usual = None if field.is_required() else field.get_default(call_default_factory=True)
    value = usual if now is None else getattr(now, name)
    plausible: Any = facts.get("plausible")
    kind = _kind_of_dated(value) if reader_of(field) else _kind(field.annotation)
    low, high = _range(field, value, plausible) if kind in ("number", "whole") else (None, None)
    return Lever(
        key=name,
        kind=kind,
        description=meanings(block)[name],
        unit=str(facts.get("unit", "")),
        value=_plain(kind, value),
        low=low,
        high=high,
        plausible=None if plausible is None else (float(plausible[0]), float(plausible[1])),
        source=str(facts.get("source", "")),
        choices=known or _words_of(field) or _choices(name, field.annotation, scenario),
        optional=not field.is_required() and type(None) in get_args(field.annotation),
    )


def _kind_of_dated(value: Any) -> LeverKind:
    """Return how a value that may be a series is set: with a slider or from a list while it is one value."""
    if isinstance(value, str):
        return "choice"
    return "number" if isinstance(value, int | float) else "series"


def _words_of(field: FieldInfo) -> tuple[str, ...]:
    reader = reader_of(field)
    return reader.words if isinstance(reader, DatedWords) else ()


def _plain(kind: LeverKind, value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Series):
        return value.data
    return list(value) if kind == "list" and value is not None else value


def _kind(annotation: Any) -> LeverKind:
    if set(get_args(Day)) <= set(get_args(annotation)):
        return "day"
    annotation = _without_none(annotation)
    if get_origin(annotation) is Literal:
        return "choice"
    if get_origin(annotation) is dict:
        return "weights"
    if get_origin(annotation) is tuple:
        return "list"
    if annotation is bool:
        return "switch"
    return {int: "whole", float: "number"}.get(annotation, "text")  # type: ignore[return-value]


def _without_none(annotation: Any) -> Any:
    """Return what a field holds when it holds anything."""
    if get_origin(annotation) in (Union, UnionType):
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def _range(field: FieldInfo, value: Any, plausible: Sequence[float] | None) -> tuple[float, float]:
    """Return the ends of a slider: within what is permitted, and well around what is plausible and what is now."""
    bounds = {
        name: bound
        for rule in field.metadata
        for name in ("ge", "gt", "le", "lt")
        if (bound := getattr(rule, name, None)) is not None
    }
    floor, ceiling = bounds.get("ge", bounds.get("gt")), bounds.get("le", bounds.get("lt"))
    known = [float(number) for number in (value, *(plausible or ())) if isinstance(number, (int, float))]
    largest = max(map(abs, known), default=1.0) or 1.0
    low = float(floor) if floor is not None else min(0.0, *known, 0.0) * 2
    high = min(2.0 * largest, float(ceiling)) if ceiling is not None else 2.0 * largest
    if ceiling is not None and ceiling <= 1.0:
        high = float(ceiling)
    return low, max(high, low + 1e-9)


def _choices(name: str, annotation: Any, scenario: Scenario | None) -> tuple[str, ...]:
    annotation = _without_none(annotation)
    if get_origin(annotation) is Literal:
        return tuple(str(choice) for choice in get_args(annotation))
    return () if scenario is None else names_of(scenario).get(name, ())


def names_of(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Return names of a scenario's places, sectors and factions by the parameters that take them."""
    places = scenario.city_map.facilities
    factions = (*scenario.forces.garrison, *scenario.forces.besieger)
    return {
        "crossing": tuple(place.name or place.quarter for place in places.crossings),
        "road": tuple(place.name or place.quarter for place in places.roads),
        "faction": tuple(factions),
        "sector": tuple(sorted(scenario.city_map.sectors)),
    }


def in_sentence_case(name: str) -> str:
    """Return a name in words, the first with a capital letter."""
    return name.replace("_", " ").capitalize()
