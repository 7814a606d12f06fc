"""Schemas accept what the program accepts, and refuse what a block refuses by itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from pydantic import ValidationError

from siege_sim import load_scenario
from siege_sim._version import __version__
from siege_sim.cli.check import FILE_KINDS, file_kind
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import build_scenario, load_scenario_text, tuples
from siege_sim.loading.starter import starter_text
from siege_sim.model.scenario import Scenario
from siege_sim.schema.yaml_file import Document, Mark, parse_yaml, read_yaml
from tests.blocks import VALUES

ROOT = Path(__file__).parents[3]
SHIPPED = sorted([*ROOT.glob("scenarios/**/*.yaml"), *ROOT.glob("experiments/*.yaml")])
SCHEMAS = {kind.name: kind.schema() for kind in FILE_KINDS}
VALIDATORS = {name: Draft7Validator(schema) for name, schema in SCHEMAS.items()}


def as_an_editor_reads(value: Any) -> Any:
    """Return what our reader gave as an editor has it: lists, and dates as text."""
    if isinstance(value, dict):
        return {key: as_an_editor_reads(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_an_editor_reads(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def said_of(kind: str, data: Any) -> list[str]:
    """Return what a schema has against some data."""
    return [
        f"{list(error.absolute_path)}: {error.message[:200]}"
        for error in VALIDATORS[kind].iter_errors(as_an_editor_reads(data))
    ]


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_one_and_says_of_what_and_of_which_version(kind):
    schema = SCHEMAS[kind]
    Draft7Validator.check_schema(schema)
    assert schema["$id"] == f"urn:siege-sim:schema:{kind}:{__version__}"
    assert json.loads(json.dumps(schema)) == schema


@pytest.mark.parametrize("kind", SCHEMAS)
def test_every_reference_of_a_schema_leads_somewhere(kind):
    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from ([part["$ref"]] if isinstance(part.get("$ref"), str) else [])
        for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
            yield from references(inner)

    for reference in set(references(SCHEMAS[kind])):
        place: Any = SCHEMAS[kind]
        for step in reference.removeprefix("#/").split("/"):
            place = place[int(step) if isinstance(place, list) else step]
        assert isinstance(place, dict)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_every_file_that_comes_with_the_program_has_its_schema(file):
    assert said_of(file_kind(file).name, read_yaml(file).data) == []


def test_the_starter_has_its_schema():
    assert said_of("scenario", parse_yaml(starter_text("mine"), "mine.yaml").data) == []


def test_what_a_file_resolves_to_has_its_schema():
    for name in ("aleppo_2016", "toy_town"):
        whole = load_scenario(name, ["changes.x={from_day: 20, processes: {sorties: {per_day: 30}}}"])
        assert said_of("scenario", whole.model_dump(mode="json", by_alias=True)) == []


TOY = "extends: toy_town\nname: mine\n"

BROKEN = {
    "unknown key": ("scenario", TOY + "populatoin: {besieged: 3}"),
    "unknown key of a block": ("scenario", TOY + "population: {beseiged: 3}"),
    "unknown key of a process": ("scenario", TOY + "processes: {sorties: {per_dya: 3}}"),
    "unknown process": ("scenario", TOY + "processes: {sortees: {}}"),
    "unknown kind of action": ("scenario", TOY + "interventions: {a: {kind: aid_convoi, from_day: 3}}"),
    "unknown key of an action": ("scenario", TOY + "interventions: {a: {kind: aid_convoy, from_day: 3, truks: 3}}"),
    "wrong type": ("scenario", TOY + "processes: {sorties: {per_day: lots}}"),
    "truth for a number": ("scenario", TOY + "processes: {sorties: {per_day: true}}"),
    "a quoted number": ("scenario", TOY + "processes: {sorties: {per_day: '6e3'}}"),
    "fraction of a day": ("scenario", TOY + "days: 3.5"),
    "below range": ("scenario", TOY + "processes: {sorties: {per_day: -3}}"),
    "above range": ("scenario", TOY + "days: 99999"),
    "not a date": ("scenario", TOY + "start: 01/09/2020"),
    "a date with one digit": ("scenario", TOY + "start: 2020-9-1"),
    "a list of actions": ("scenario", TOY + "interventions: [{kind: corridor, from_day: 3}]"),
    "a name with spaces": ("scenario", "extends: toy_town\nname: My Siege"),
    "a colour by name": ("scenario", TOY + "sides: {garrison: {label: x, colour: red}}"),
    "a third party with a capital": ("scenario", TOY + "sides: {third_parties: {Hill: {label: x}}}"),
    "a list of changes": ("scenario", TOY + "changes: [{from_day: 3, processes: {sorties: {per_day: 3}}}]"),
    "a change of nothing known": ("scenario", TOY + "changes: {x: {from_day: 3, processes: {sortees: {per_day: 3}}}}"),
    "a change out of range": ("scenario", TOY + "changes: {x: {from_day: 3, processes: {sorties: {per_day: -3}}}}"),
    "a change of a kind": ("scenario", TOY + "changes: {x: {from_day: 3, processes: {sorties: {kind: sorties}}}}"),
    "missing keys": ("scenario", "name: mine"),
    "no kind": ("scenario", starter_text("mine").replace("kind: ceasefire", "every_days: 1")),
    "nothing for a block": ("scenario", starter_text("mine").replace("air_wings:\n  bombers: {weight: 1.0, share_on_pocket: 0.8}", "air_wings: null")),
    "a place without a quarter": ("scenario", TOY + "map: {facilities: {hospitals: [{beds: 3}]}}"),
    "a map's ground": ("map", "name: A\ncell_size_m: 400\nrows: [ab, ab]\nlegend: {a: {name: A, ground: sand, holder: garrison}, b: {name: B, holder: besieger}}"),
    "a map's character": ("map", "name: A\ncell_size_m: 400\nrows: [ab, ab]\nlegend: {aa: {name: A, holder: garrison}, b: {name: B, holder: besieger}}"),
    "a map's cell": ("map", "name: A\ncell_size_m: 4\nrows: [ab, ab]\nlegend: {a: {name: A, holder: garrison}, b: {name: B, holder: besieger}}"),
    "a map's single row": ("map", "name: A\ncell_size_m: 400\nrows: [ab]\nlegend: {a: {name: A, holder: garrison}, b: {name: B, holder: besieger}}"),
    "a record's measure": ("record", "name: a\ntitle: a\nsummary: a\nstart: 2020-01-01\nuntil: 2020-02-01\ntopics: {a: {title: a, patterns: {p: {title: a, unit: a, source: a, low: 1, confidence: read, measure: {kind: value_no, on: 2020-01-03, outcomes: [a]}}}}}"),
    "a record's confidence": ("record", "name: a\ntitle: a\nsummary: a\nstart: 2020-01-01\nuntil: 2020-02-01\ntopics: {a: {title: a, patterns: {p: {title: a, unit: a, source: a, low: 1, confidence: high, measure: {kind: value_on, on: 2020-01-03, outcomes: [a]}}}}}"),
    "an experiment's design": ("experiment", "name: a\ntitle: a\nbase: toy_town\nlevers: {days: {values: [3, 4]}}\ndesign: {kind: grit}"),
    "an experiment's key": ("experiment", "name: a\ntitle: a\nbase: toy_town\nlevers: {days: {values: [3, 4]}}\ndesing: {kind: grid}"),
    "a calibration's particles": ("calibration", "name: a\nscenario: toy_town\ndays: 3\nparameters: {days: {}}\nparticles: 2"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), BROKEN.values(), ids=BROKEN.keys())
def test_what_the_program_refuses_of_one_value_the_schema_refuses_too(tmp_path, kind, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ScenarioError):
        next(one for one in FILE_KINDS if one.name == kind).check(file)
    assert said_of(kind, read_yaml(file).data), "the schema accepts it"


def places_in(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ():
        yield (*path, key)
        yield from places_in(value, (*path, key))


COMPLETE = as_an_editor_reads(load_scenario("toy_town").model_dump(mode="python", by_alias=True, exclude_none=True))
PLACES = [path for path in places_in(COMPLETE) if path not in (("map",), ("map", "rows"))]
"""Where a value can be replaced; not the map itself, which a file may name, nor its rows, which only validation knows."""
IN_FILES = [value for value in VALUES if value == value]


def with_value(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    changed = copy.deepcopy(data)
    block = changed
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = value
    return changed


def accepted(data: Any) -> bool:
    try:
        build_scenario(Document(tuples(data), {(): Mark("mine.yaml")}))
    except ScenarioError:
        return False
    return True


numbers = st.one_of(st.integers(-5, 10_000), st.floats(0, 1), st.floats(allow_nan=False, allow_infinity=False))
values = st.one_of(st.sampled_from(IN_FILES), numbers, st.text(max_size=5), st.booleans())


@given(st.sampled_from(PLACES), values)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_schema_accepts_every_scenario_that_the_program_accepts(path, value):
    data = with_value(COMPLETE, path, value)
    if accepted(data):
        assert said_of("scenario", data) == []


@given(st.sampled_from(PLACES), values)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_schema_refuses_what_a_field_by_itself_does_not_take(path, value):
    data = with_value(COMPLETE, path, value)
    if isinstance(value, date) or not _refused_by_a_field(data):
        return  # to an editor a date is a text, and a text may be anywhere where the program takes texts alone
    assert said_of("scenario", data), path


def _refused_by_a_field(data: Any) -> bool:
    """Return whether validation stops before it looks at several fields together."""
    try:
        Scenario.model_validate(tuples(data))
    except ValidationError as error:
        return any(
            item["type"] not in ("problems", "int_from_float") and not _is_whole(item) for item in error.errors()
        )
    return False


def _is_whole(error: Any) -> bool:
    """Return whether a number is refused that is whole, but written with a point: to a schema 0.0 is an integer."""
    return error["type"] == "int_type" and isinstance(error["input"], float) and error["input"].is_integer()


def child_of_toy_town(path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    """Return a file that builds on another one and changes one value, or the list that it stands in."""
    upto = next((step for step, key in enumerate(path) if isinstance(key, int)), len(path))
    inner = value
    if upto < len(path):
        inner = with_value(COMPLETE, path, value)
        for key in path[:upto]:
            inner = inner[key]
    for key in reversed(path[:upto]):
        inner = {key: inner}
    return {"extends": "toy_town", **inner}


@given(st.sampled_from(PLACES), values)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_schema_accepts_every_file_on_top_of_another_that_the_program_accepts(path, value):
    child = child_of_toy_town(path, value)
    try:
        load_scenario_text(json.dumps(as_an_editor_reads(child)), "mine.yaml")
    except ScenarioError:
        return
    assert said_of("scenario", child) == []
