"""Scenarios: one validated, frozen and complete description of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache, cached_property, reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, cast

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationError,
    create_model,
    model_serializer,
)

from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.model import catalogue
from siege_sim.model.agents.facility import Facility
from siege_sim.model.city.map import CityMap, map_with
from siege_sim.model.city.synthetic import SyntheticTown, town_with
from siege_sim.model.outcome import Outcome
from siege_sim.model.outcomes import outcomes_of
from siege_sim.model.processes.base import Intervention, Process
from siege_sim.model.setting import Front, Setting, map_kind
from siege_sim.schema.block import Block, Problem, as_pydantic_error, param
from siege_sim.schema.clock import Clock, Day
from siege_sim.schema.lineage import Lineage, ValueChange
from siege_sim.schema.messages import plain_words, problems_of
from siege_sim.schema.series import problems_of_series
from siege_sim.schema.values import as_written


class ProcessesBase(Block):
    """The mechanisms that are on, with their parameters; one that is not named is off."""

    own: ClassVar[tuple[type[Process], ...]] = ()
    """Mechanisms that no catalogue knows; see ``Scenario.with_process``."""

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
    instead: ClassVar[Mapping[str, str]] = {
        **{name: f"write it under processes: {{{name}: ...}}" for name in catalogue.processes()},
        "until_day": "a change holds until another one sets the parameter anew; write a second one with the old value",
        "interventions": "a change is one of mechanisms; dated actions have days of their own, under interventions",
        "kind": "a change has no kind; dated actions stand under interventions",
    }


def _refuse_without_names(value: Any) -> Any:
    """Refuse dated entries as a list, or one alone without a name; leave the rest to validation."""
    alone = isinstance(value, dict) and "from_day" in value and not isinstance(value["from_day"], dict)
    if alone or isinstance(value, tuple):
        way_out = "write each entry below a name of your choosing: {my_name: {from_day: 20, ...}}"
        raise as_pydantic_error([((), f"{as_written(value)} has no names; {way_out}")])
    return value


Named = BeforeValidator(_refuse_without_names)
"""Dated entries, each under a name."""


def _places_of(*kinds: type[Process]) -> tuple[type[Facility], ...]:
    """Return the kinds of places that processes bring along, each once."""
    return tuple(dict.fromkeys(place for kind in kinds for place in kind.facilities))


def _map_with_places_of(*own: type[Process]) -> type[CityMap]:
    """Return the class of drawn maps that knows the places of the catalogue's processes and of some more."""
    catalogued = (*catalogue.processes().values(), *catalogue.interventions().values())
    return map_with(*_places_of(*catalogued, *own))  # type: ignore[arg-type]  # classes can be hashed


def _map_of(drawn: type[CityMap]) -> Any:
    """Return the type of a scenario's map: a drawn one, or a synthetic town that is drawn as such a one."""
    return Annotated[
        Annotated[drawn, Tag("drawn map")] | Annotated[town_with(drawn), Tag("synthetic town")],
        Discriminator(map_kind),
    ]


if TYPE_CHECKING:
    Processes = ProcessesBase
    AnyIntervention = Intervention
    AnyMap = CityMap | SyntheticTown
    DrawnMap = CityMap
else:
    DrawnMap = _map_with_places_of()
    AnyMap = _map_of(DrawnMap)
    Processes = _processes_block()
    AnyIntervention = _any_intervention()


@cache
def _processes_with(*own: type[Process]) -> type[ProcessesBase]:
    """Return the block of mechanisms that knows some more than the catalogue's."""
    if not own:
        return Processes
    kind = own[-1]
    field: Any = (kind | None, Field(None, description=kind.summary()))
    extended = cast(
        "type[ProcessesBase]",
        create_model("Processes", __base__=_processes_with(*own[:-1]), **{kind.name(): field}),
    )
    extended.own = own
    extended.made_by = (_processes_with, *own)
    return extended


@cache
def _scenario_with(plain: type[Scenario], *own: type[Process]) -> type[Scenario]:
    """Return the class of scenarios that may name some more mechanisms."""
    fields: dict[str, Any] = {
        "processes": (_processes_with(*own), ...),
        "map": (_map_of(_map_with_places_of(*own)), ...),
    }
    extended = cast("type[Scenario]", create_model("Scenario", __base__=plain, **fields))
    extended.plain = plain
    extended.made_by = (_scenario_with, plain, *own)
    return extended


def _with_values(process: Process, values: Mapping[str, Any]) -> Process:
    """Return a process with other values of some parameters."""
    return type(process).model_validate({**process.model_dump(by_alias=True), **values})


def _in_words(item: Any) -> str:
    """Return one of pydantic's errors in words."""
    return str(item["ctx"]["text"]) if item["type"] == "problems" else plain_words(item)


def _changed(processes: ProcessesBase, change: Change) -> ProcessesBase:
    """Return mechanisms as they are after a change."""
    new = {name: _with_values(getattr(processes, name), values) for name, values in change.processes.items()}
    return processes.model_copy(update=new)


def _problems_of_values(process: Process, values: Mapping[str, Any], clock: Clock) -> Iterator[Problem]:
    """Yield what is wrong with new values of a process."""
    if "kind" in values:
        yield ("kind",), "'kind' is not a parameter; a mechanism cannot become another one"
    elif not values:
        yield (), "no parameter is named; name at least one with its new value"
    else:
        try:
            changed = _with_values(process, values)
        except ValidationError as error:
            yield from problems_of(error, values)
        else:
            yield from problems_of_series({name: getattr(changed, name, None) for name in values}, clock)


def _why_not_to_change(name: str, on: Collection[str]) -> str:
    """Return why a mechanism of that name cannot be changed, and the way out."""
    if name not in catalogue.processes():
        return f"there is no mechanism '{name}'{did_you_mean(name, on)}"
    neutral = catalogue.processes()[name].neutral
    still = ", ".join(f"{key}: {as_written(value)}" for key, value in neutral.items())
    return (
        f"the mechanism '{name}' is off, and a change cannot switch it on; switch it on from the start, under "
        f"processes, with values that do nothing: {name}: {{{still}}}"
    )


def _missing(process: Process, on: Collection[str]) -> Iterator[str]:
    """Yield in words which processes are off, with nothing on in their place, without which one could do nothing."""
    for other, part in process.needs.items():
        if other not in on and not any(other in cls.instead_of for cls in _kinds_of(on)):
            yield f"the process '{other}', which {part}, is off; switch it on"


def _kinds_of(names: Collection[str]) -> list[type[Process]]:
    known = catalogue.processes()
    return [known[name] for name in names if name in known]


def _problems_beside(process: Process, on: Collection[str]) -> Iterator[Problem]:
    """Yield processes that cannot be on beside one, or without it."""
    where = ("processes", process.name())
    yield from ((where, f"'{process.name()}' could do nothing: {words}") for words in _missing(process, on))
    for other in process.instead_of:
        if other in on:
            both = f"'{process.name()}' and '{other}' are two theories of the same thing"
            yield where, f"{both}; keep one and switch the other off"


class Scenario(Setting):
    """A complete description of a run. The same scenario and seed give the same run, to the byte."""

    map: AnyMap
    """The city: a drawn map (a file's name in the scenario file) or a synthetic town."""
    processes: Processes
    """The mechanisms that are on."""
    interventions: Annotated[dict[str, AnyIntervention], Named] = {}
    """Dated actions, by a name of the scenario's choosing."""
    changes: Annotated[dict[str, Change], Named] = {}
    """New values of mechanisms' parameters from a day on, by a name of the scenario's choosing."""
    snapshot_every_days: int = param(7, unit="days", ge=1, le=3650)
    """How often the layers are kept."""
    plain: ClassVar[type[Scenario] | None] = None
    """The class that this one extends with mechanisms that no catalogue knows."""
    _lineage: tuple[Lineage, ...] = PrivateAttr(())

    __iter__ = None  # type: ignore[assignment]
    """Not a row of values: `mesa.batch_run` would try each of them as a scenario."""

    @property
    def unsaid(self) -> tuple[str, ...]:
        """Keys of which its plain data say nothing: changes when there are none, a front that no process reads."""
        front_is_unread = self.front == Front() and getattr(self.processes, "clearing", None) is None
        return (*(() if self.changes else ("changes",)), *(("front",) if front_is_unread else ()))

    @model_serializer(mode="wrap")
    def _without_what_is_unsaid(self, serialise: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data: dict[str, Any] = serialise(self)
        unsaid = self.unsaid
        return {key: value for key, value in data.items() if key not in unsaid}

    @cached_property
    def mechanisms(self) -> tuple[tuple[int, ProcessesBase], ...]:
        """The mechanisms with their parameters, each time with the first day on which they are so, from day 0 on."""
        stages: dict[int, ProcessesBase] = {0: self.processes}
        for _, change in self._changes_by_day():
            stages[self.clock.day_of(change.from_day)] = _changed(stages[max(stages)], change)
        return tuple(stages.items())

    def mechanisms_on(self, day: int) -> ProcessesBase:
        """Return the mechanisms with the parameters that hold on a day."""
        return next(processes for first, processes in reversed(self.mechanisms) if first <= day)

    @property
    def kinds_of_processes(self) -> tuple[type[Process], ...]:
        """The classes of its mechanisms and dated actions, each once."""
        on = [process for _, process in self.processes.on()]
        return tuple(dict.fromkeys(type(process) for process in (*on, *self.interventions.values())))

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The outcomes of a day that its runs have, in the order of ``series.csv``."""
        return outcomes_of(self.sides, self.kinds_of_processes)

    @cached_property
    def digest(self) -> str:
        """A hash of everything in the scenario; equal digests mean equal scenarios."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def lineage(self) -> tuple[Lineage, ...]:
        """How it came about: what it was changed from, and how. It is no part of its values, nor of its digest."""
        return self._lineage

    def with_lineage(self, steps: Sequence[Lineage]) -> Self:
        """Return the same scenario, which says that it came about in these steps."""
        same = self.model_copy()
        same._lineage = tuple(steps)
        return same

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and type(self) is type(other) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def with_process(
        self, process: Process, places: Mapping[str, Sequence[Mapping[str, Any]]] | None = None
    ) -> Scenario:
        """Return the same scenario with a mechanism of one's own, for a notebook or a script.

        It is part of the scenario that comes back: of its digest, its results, a session's levers. Only a program that
        has its class can play that scenario; for others, the class has to be a plug-in (see ``CONTRIBUTING.md``).

        Args:
            process: the mechanism with its parameters; within its phase it comes last.
            places: where places of the kinds that it brings along stand, as a map's ``facilities`` would say it.

        Raises:
            SiegeError: it is a dated action, it does not say what it does, its name is taken, or its places do not fit.
        """
        kind, name = type(process), process.name()
        if not (kind.__doc__ or "").strip():
            raise SiegeError(f"{kind.__name__} has no description; give the class a docstring of one line")
        if isinstance(process, Intervention):
            raise SiegeError(f"'{name}' is a dated action; only mechanisms can be added here, actions as plug-ins")
        if name in type(self.processes).model_fields:
            raise SiegeError(f"a mechanism is called '{name}' already; give yours another kind")
        own = (*type(self.processes).own, kind)
        mechanisms = _processes_with(*own).model_validate({**dict(self.processes.on()), name: process})
        extended = _scenario_with(type(self).plain or type(self), *own)
        blocks = {key: getattr(self, key) for key in type(self).model_fields}
        drawn = self.map.model_dump(by_alias=True)
        drawn["facilities"] |= {key: tuple(entries) for key, entries in (places or {}).items()}
        step = Lineage(self.name, self.title, "set", (ValueChange(f"processes.{name}", "added"),))
        try:
            made = extended.model_validate({**blocks, "processes": mechanisms, "map": drawn})
            return made.with_lineage((*self.lineage, step))
        except ValidationError as error:
            raise SiegeError("; ".join(_in_words(item) for item in error.errors())) from None

    def notes(self) -> list[str]:
        """Return what this siege lacks because mechanisms are off, in sentences, where their names do not say it."""
        on, known = dict(self.processes.on()), catalogue.processes()
        replaced = {other for name in on if name in known for other in known[name].instead_of}
        off = (cls for name, cls in known.items() if name not in on and name not in replaced)
        missing = (cls for cls in off if cls.off_means and not on.keys() & set(cls.instead_of))
        return [f"Without '{cls.name()}' {cls.off_means}." for cls in missing]

    def problems(self) -> Iterator[Problem]:
        """Yield what does not fit together: places, sectors, dates."""
        if self._beyond_the_calendar():
            yield ("start",), "the run would go beyond the calendar; choose an earlier start"
            return
        yield from self.problems_of_setting()
        clock, on = self.clock, dict(self.processes.on())
        for name, mechanism in on.items():
            for path, message in mechanism.problems_in(self):
                yield ("processes", name, *path), message
            yield from _problems_beside(mechanism, on)
        for name, action in self.interventions.items():
            for path, message in action.problems_on(clock):
                yield ("interventions", name, *path), f"{action.kind} '{name}' {message}"
            for path, message in action.problems_in(self):
                yield ("interventions", name, *path), message
            for words in _missing(action, on):
                yield ("interventions", name), words
        yield from problems_of_series(self, clock)
        yield from self._problems_of_changes()

    def _problems_of_changes(self) -> Iterator[Problem]:
        """Yield what is wrong with the changes, each seen after those of earlier days."""
        on = dict(self.processes.on())
        set_before: dict[tuple[int, str, str], str] = {}
        for name, change in self._changes_by_day():
            day = self.clock.day_of(change.from_day)
            if not 1 <= day <= self.days:
                yield ("changes", name, "from_day"), self._outside_the_run(name, change)
            for kind, values in change.processes.items():
                where = ("changes", name, "processes", kind)
                if kind not in on:
                    yield where, _why_not_to_change(kind, on)
                    continue
                found = list(_problems_of_values(on[kind], values, self.clock))
                found = found or list(_with_values(on[kind], values).problems_in(self))
                yield from ((where + path, words) for path, words in found)
                if not found:
                    on[kind] = _with_values(on[kind], values)
                for key in values:
                    other = set_before.setdefault((day, kind, key), name)
                    if other != name:
                        yield (*where, key), f"'{other}' sets it on the same day; keep one, or move a from_day"

    def _changes_by_day(self) -> list[tuple[str, Change]]:
        """Return the changes by name in the order in which they come into force."""
        return sorted(self.changes.items(), key=lambda named: self.clock.day_of(named[1].from_day))

    def _outside_the_run(self, name: str, change: Change) -> str:
        return (
            f"'{name}' starts on {self.clock.describe(change.from_day)}, but a change can start on days 1 to "
            f"{self.days}; move from_day, or set the parameter itself to change it from the start"
        )
