"""Texts about scenarios and the catalogue: overviews, lists, the day's schedule.

What a list is made from is imported for that list: the catalogue alone is half a second.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import yaml

from siege_sim.schema.dated import DatedWords, reader_of
from siege_sim.schema.meanings import meanings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from siege_sim.model.processes.base import Process
    from siege_sim.model.scenario import Scenario
    from siege_sim.runner.calibration_file import CalibrationSpec
    from siege_sim.schema.block import Block

WIDTH = 110
"""Columns of a text for the terminal."""


def overview_text(scenario: Scenario) -> str:
    """Return a scenario in a dozen lines."""
    city, clock = scenario.city_map, scenario.clock
    rows, columns = city.shape
    sides = {side: getattr(scenario.forces, side).values() for side in ("garrison", "besieger")}
    fighters = {side: sum(faction.fighters for faction in factions) for side, factions in sides.items()}
    lines = [
        f"{scenario.name}: {scenario.title}",
        scenario.summary,
        "",
        f"from {clock.start} for {clock.days} days, until {clock.end}",
        f"{city.name}: {rows} x {columns} cells of {city.cell_size_m:g} m, {len(city.counted_quarters)} quarters",
        f"{scenario.population.besieged:,} besieged civilians, "
        f"{fighters['garrison']:,} fighters of {scenario.sides.garrison.the}, "
        f"{fighters['besieger']:,} of {scenario.sides.besieger.the}",
        f"{len(dict(scenario.processes.on()))} processes",
        f"digest {scenario.digest[:16]}",
    ]
    if scenario.interventions:
        lines += ["", "dated actions:"]
        lines += [
            f"  {_window(action, scenario)}  {name} ({action.kind})" for name, action in scenario.interventions.items()
        ]
    return "\n".join(lines)


def _window(action: Any, scenario: Scenario) -> str:
    clock = scenario.clock
    first = clock.date_of(clock.day_of(action.from_day))
    last = clock.end if action.until_day is None else clock.date_of(clock.day_of(action.until_day))
    return f"{first} to {last}"


def schedule_text(scenario: Scenario) -> str:
    """Return the order of a day."""
    from siege_sim.model.schedule import describe, schedule_of

    lines = []
    phase_before = ""
    for phase, name, summary in describe(schedule_of(scenario)):
        lines.append(f"{phase if phase != phase_before else '':<10} {name:<42} {summary}")
        phase_before = phase
    return "\n".join(lines)


def resolved_yaml(scenario: Scenario) -> str:
    """Return every value of a scenario as YAML, which reads back to the same scenario."""
    data = scenario.model_dump(mode="python", by_alias=True, exclude_none=True)
    for name in data["processes"]:
        data["processes"][name].pop("kind", None)
    return str(yaml.dump(_lists(data), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)).rstrip()


class _Dumper(yaml.SafeDumper):
    """Writes floats so that they read back the same, and rows of a map in quotes."""


_Dumper.add_representer(float, lambda dumper, value: dumper.represent_scalar("tag:yaml.org,2002:float", repr(value)))


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_lists(item) for item in value]
    return value


def map_text(scenario: Scenario) -> str:
    """Return the map and its legend."""
    city = scenario.city_map
    lines = [f"{city.name}, {city.cell_size_m:g} m a cell, north above", "", *city.rows, ""]
    for character, quarter in city.legend.items():
        cells = sum(row.count(character) for row in city.rows)
        holder, ground = quarter.holder or "nobody", "" if quarter.ground is None else f"  {quarter.ground}"
        lines.append(f"{character}  {quarter.name:<28} {holder:<11} {quarter.sector:<18} {cells:>3} cells{ground}")
    return "\n".join(lines)


def scenario_list() -> str:
    """Return the shipped scenarios, each followed by those that build on it."""
    from siege_sim.schema.shipped import shipped_scenarios
    from siege_sim.schema.yaml_file import read_yaml

    said = {name: read_yaml(file).data for name, file in shipped_scenarios().items()}
    by_parent: dict[str | None, list[str]] = {}
    for name in said:
        by_parent.setdefault(said[name].get("extends"), []).append(name)
    parts = [_titled(name, said) for name in by_parent.pop(None)]
    for parent, names in by_parent.items():
        parts += [f"What if? Building on {parent}:", *(_titled(name, said) for name in names)]
    return "\n\n".join(parts)


def _titled(name: str, said: Mapping[str, Any]) -> str:
    """Return what a scenario is called and what it says of itself; what it does not say, its parent does."""
    chain = [said[name]]
    while "extends" in chain[-1]:
        chain.append(said[chain[-1]["extends"]])
    title, summary = (next(data[key] for data in chain if key in data) for key in ("title", "summary"))
    return f"{name:<24} {title}\n{_wrapped(summary, 4)}"


def _wrapped(text: str, indent: int) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
    )


def record_list() -> str:
    """Return the shipped records."""
    from siege_sim.validation.record import load_record, shipped_records

    return "\n".join(f"{name:<24} {load_record(name).title}" for name in shipped_records())


def experiment_list() -> str:
    """Return the shipped experiments."""
    from siege_sim.experiments.experiment import load_experiment, shipped_experiments

    found = {name: load_experiment(name) for name in shipped_experiments()}
    return "\n\n".join(f"{name:<24} {one.title}\n{_wrapped(one.summary, 4)}" for name, one in found.items())


def calibration_list() -> str:
    """Return the shipped calibrations."""
    from siege_sim.runner.calibration_file import load_spec, shipped_calibrations

    known = shipped_calibrations()
    width = max(map(len, known), default=0)
    found = {name: load_spec(name, known) for name in known}
    return "\n".join(f"{name:<{width}}  {_fitted_to(one)}" for name, one in found.items())


def _fitted_to(spec: CalibrationSpec) -> str:
    """Return what a calibration fits to what, in words."""
    records = [f"the record '{case.record or case.scenario}' over {case.days} days" for case in spec.all_cases]
    of = " and ".join(case.scenario for case in spec.all_cases)
    return f"{len(spec.parameters)} parameters of {of}, fitted to {', '.join(records)}"


def claims_list() -> str:
    """Return the shipped claims files, each with its claims."""
    from siege_sim.runner.claims_file import load_claims, shipped_claims

    known = shipped_claims()
    files = {name: load_claims(name, known)[0] for name in known}
    return "\n\n".join(
        "\n".join([f"{name:<24} {one.title}", *(_wrapped(claim.says, 4) for claim in one.claims.values())])
        for name, one in files.items()
    )


def lesson_list() -> str:
    """Return the lessons that come with the program, each with its question."""
    from siege_sim.dashboard.lessons.lesson_file import load_lesson, shipped_lesson_files

    lessons = {name: load_lesson(file)[0] for name, file in shipped_lesson_files().items()}
    return "\n".join(f"{name:<30} {one.title}: {one.question}" for name, one in lessons.items())


def process_list() -> str:
    """Return the processes, in the order of the day, with their parameters."""
    from siege_sim.model import catalogue

    ordered = sorted(catalogue.processes().values(), key=lambda cls: cls.phase)
    return "\n\n".join(_described(cls, f"{cls.name()} [{cls.phase.name.lower()}]", set()) for cls in ordered)


def intervention_list() -> str:
    """Return the interventions with their parameters, and first the window that all of them have."""
    from siege_sim.model import catalogue
    from siege_sim.schema.clock import Window

    window = [
        "Every intervention has a name of your choosing, a kind, and a window:",
        "    interventions: {my_convoys: {kind: aid_convoy, from_day: 2016-10-01, every_days: 7, trucks: 20}}",
        *(_parameter(Window, name) for name in Window.model_fields),
    ]
    known = set(Window.model_fields)
    return "\n\n".join(
        ["\n".join(window), *(_described(cls, cls.name(), known) for cls in catalogue.interventions().values())]
    )


def _described(cls: type[Process], heading: str, known: set[str]) -> str:
    """Return a heading, the documentation, and a line for each parameter that is not known already."""
    lines = [heading, *(_wrapped(paragraph, 4) for paragraph in (cls.__doc__ or "").split("\n\n"))]
    lines += [_parameter(cls, name) for name in cls.model_fields if name not in {"kind", *known}]
    return "\n".join(lines)


def _parameter(block: type[Block], name: str) -> str:
    meaning = _wrapped(meanings(block)[name], 10)
    return f"      {name} = {value_and_range(block.model_fields[name])}\n{meaning}"


def value_and_range(field: FieldInfo) -> str:
    """Return a field's default, unit and plausible range in short."""
    facts = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default = "required" if field.is_required() else _short(field.get_default(call_default_factory=True))
    unit, plausible = facts.get("unit", ""), facts.get("plausible")
    notes = [f"plausible {_short(plausible[0])} to {_short(plausible[1])}"] if isinstance(plausible, list) else []
    reader = reader_of(field)
    choices = reader.words if isinstance(reader, DatedWords) else _choices(field.annotation)
    notes += [f"one of {', '.join(choices)}"] if choices else []
    notes += ["may be given by date"] if reader else []
    return f"{default} {unit}".strip() + (f" ({'; '.join(notes)})" if notes else "")


def _choices(annotation: Any) -> list[str]:
    """Return the words that a field may hold, if it holds one of a few."""
    parts = [annotation, *get_args(annotation)]
    return [str(word) for part in parts if get_origin(part) is Literal for word in get_args(part)]


def _short(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    return "none" if value in (None, {}) else str(value) if value != () else "all"


def outcome_list() -> str:
    """Return the outcomes of a day."""
    from siege_sim.model.outcomes import known_outcomes

    lines = [f"{outcome.name:<27} {outcome.unit:<16} {outcome.label}" for outcome in known_outcomes()]
    return "\n".join([*lines, "", "Each third party of a scenario has a left_to_... of its own: its name under sides."])
