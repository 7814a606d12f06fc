"""Schema and reader agree about every key of every block, whatever stands there."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from jsonschema import Draft7Validator
from pydantic import ValidationError

from siege_sim.loading.json_schema import block_schema
from siege_sim.schema.block import Block
from siege_sim.schema.dated import reader_of
from tests.blocks import VALUES, all_blocks

FINITE = [value for value in VALUES if "nan" not in repr(value) and "inf" not in repr(value)]
"""What JSON can write."""


def reader_refuses(block: type[Block], key: str, value: Any) -> bool | None:
    """Return whether a value is refused for itself; None when only rules over several keys are broken."""
    try:
        block.model_validate({key: value})
    except ValidationError as error:
        items = [item for item in error.errors() if item["type"] != "missing" or len(item["loc"]) > 1]
        by_date = reader_of(next(f for name, f in block.model_fields.items() if key in (name, f.alias))) is not None
        if any(item["type"] == "problems" and not (by_date and item["loc"]) for item in items):
            return None
        return bool(items)
    return False


def as_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [as_json(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def schema_refuses(validator: Draft7Validator, key: str, value: Any) -> bool:
    errors = validator.iter_errors({key: as_json(value)})
    return any(error.absolute_path and error.absolute_path[0] == key for error in errors)


def looks_right_to_an_editor(value: Any) -> bool:
    """Return whether a value is something else in JSON: a date is text there, and 6000.0 a whole number."""
    return isinstance(value, date) or (isinstance(value, float) and value.is_integer())


@pytest.mark.parametrize("block", all_blocks(), ids=lambda block: block.__name__)
def test_a_schema_takes_of_every_key_what_the_reader_takes_and_no_more(block):
    validator = Draft7Validator(block_schema(block))
    for name, field in block.model_fields.items():
        key = field.alias or name
        for value in FINITE:
            refused = reader_refuses(block, key, value)
            if refused is False:
                assert not schema_refuses(validator, key, value), (key, value)
            if refused and not looks_right_to_an_editor(value):
                assert schema_refuses(validator, key, value), (key, value)
