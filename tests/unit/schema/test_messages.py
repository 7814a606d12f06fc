"""Messages about wrong values use the words of files, whatever the block and whatever the value."""

from __future__ import annotations

import re
from datetime import date

import pytest
from pydantic import ValidationError

from siege_sim.model.scenario import Scenario
from siege_sim.schema.block import Block
from siege_sim.schema.messages import problem_lines
from siege_sim.schema.values import ADVICE, as_written, way_out
from siege_sim.schema.yaml_file import Document, Mark, parse_yaml
from tests.blocks import VALUES, all_blocks

BLOCKS = all_blocks()

WORDS_OF_THE_PROGRAM = re.compile(
    r"\binput\b|\btuple|\bdict|\blist should|\bvalid\b|validation|NoneType|\bNone\b|\bTrue\b|\bFalse\b|datetime"
    r"|pydantic|<class|object at|instance|\bstr\b|\bint\b|\bfloat\b|\bbool\b|function-|tagged|discriminator|\bmodel\b"
    r"|\(\)|\('|\{'|\[key\]|_type\b|(?<!\.)\bnan\b|[A-Z][a-z]+[A-Z][a-z]|cannot be used here"
)
"""What no reader of a file should meet: words of Python and of the library that checks types, names of classes."""


def lines_about(block: type[Block], data: dict) -> list[str]:
    document = Document(data, {(): Mark("my.yaml", 1)})
    try:
        block.model_validate(data)
    except ValidationError as error:
        return problem_lines(error, document)
    return []


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_a_wrong_value_is_described_in_words_of_files(block):
    for name, field in block.model_fields.items():
        key = field.alias or name
        for value in VALUES:
            for line in lines_about(block, {key: value}):
                said = re.sub(r"'[^']*'", "", line)
                assert not WORDS_OF_THE_PROGRAM.search(said), f"{key}: {value!r}\n{line}"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.__name__)
def test_a_wrong_value_is_described_once_and_at_its_key(block):
    for name, field in block.model_fields.items():
        key = field.alias or name
        for value in VALUES:
            places = [line.split(": ")[1] for line in lines_about(block, {key: value})]
            about_it = [place for place in places if place == key]
            assert len(about_it) <= 1, (key, value, places)
            of_inner = {place.split(".")[0] for place in places if "." in place}
            assert of_inner <= {key}, (key, value, places)


WAYS_OUT = {
    "start: 13/09/2020": "'13/09/2020' is not a date such as 2016-09-22; write the year first: 2020-09-13",
    "start: 01/09/2020": "write the year first: 2020-09-01 or 2020-01-09",
    "start: 1.9.2020": "write the year first: 2020-09-01 or 2020-01-09",
    "start: 2020-9-1": "write 2020-09-01",
    "start: 20200901": "write 2020-09-01",
    "start: 2020-09-01T12:00": "write 2020-09-01",
    "start: '2020-02-31'": "there is no such day in the calendar",
    "days: 6e1": "60.0 is not a whole number; write 60, without a point or an exponent",
    "days: '60'": "'60' is not a whole number; remove the quotes",
    "days: 60 days": "write the number alone: 60",
    "days: 1,000": "write 1000",
    "food: {home_days: '6e3'}": "'6e3' is not a number; remove the quotes",
    "food: {home_days: '0,5'}": "write 0.5",
    "food: {council_kcal: 12 000}": "write 12000",
    "population: {children_share: 40 %}": "write 0.4 for 40 %",
    "forces: {besieger: {vanguard: {vanguard: yes}}}": "'yes' is not true or false; write true",
    "title: 12": """12 is not text; write "12", in quotes""",
    "interventions: {c: {kind: corridor, from_day: 1/10/2020}}": "is not a whole number or a date such as 2016-09-22; write the year first: 2020-10-01",
    "interventions: {c: {kind: corridor, from_day: 3, crossings: South gate}}": "write [South gate]",
    "interventions: [{kind: corridor, from_day: 3}]": "[{kind: corridor, from_day: 3}] has no names; write each entry below a name of your choosing",
    "air_wings: [{weight: 1}]": "[{weight: 1}] is not a block of keys; write 'key: value' lines, without dashes",
    "sides: {garrison: {label: '{x}'}}": "without braces",
    "sides: {garrison: {label: x, colour: red}}": "'red' is not a colour; write it as #rrggbb",
    "sides: {third_parties: {Hill Militia: {label: x}}}": "'Hill Militia' is not a name; use lower-case letters, digits and underscores",
    "food:": "nothing is not a block of keys; write {} for a block without keys, or leave it out",
}  # fmt: skip


@pytest.mark.parametrize(("written", "said"), WAYS_OUT.items(), ids=WAYS_OUT.keys())
def test_what_was_meant_is_named(written, said):
    data = parse_yaml(written, "my.yaml").data
    assert any(said in line for line in lines_about(Scenario, data)), lines_about(Scenario, data)


def test_values_are_shown_as_files_write_them():
    assert as_written({"a": (1, "b", None), "on": date(2020, 9, 1)}) == "{a: [1, b, nothing], on: 2020-09-01}"
    assert len(as_written("x" * 500)) <= 60


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_way_out_is_known_or_not_but_always_looked_for(value):
    for wanted in ADVICE:
        clause = way_out(value, [wanted])
        assert clause == "" or clause.startswith("; ")
