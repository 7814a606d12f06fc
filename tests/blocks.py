"""Every type of block that a file can hold, found from the kinds of files, for tests of all of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, get_args

from siege_sim.cli.check import FILE_KINDS
from siege_sim.model import catalogue
from siege_sim.schema.block import Block

VALUES: tuple[Any, ...] = (
    None, True, -3, 0, 7, 10**20, 2.5, 6000.0, float("inf"), float("nan"), "", "word", "A word", "12", "1,000", "0,5",
    "20%", "400 m", "01/09/2020", "31/31/2020", "2020-9-1", "2020-13-40", "yes", "x" * 500, date(2020, 9, 1),
    (), ("a",), (1, 2), ("a", "b"), (1, 2, 3), ({"a": (1, "b")},), {}, {"a": 1}, {"a": {"b": ("c", None)}},
    {"Bad Key": {}},
    {"kind": "nothing"}, {"kind": 3}, {"2020-09-01": 0.5}, {"2020-09-01": 0.5, "12": "word"}, {"01/09/2020": 0.5},
    {"2020-9-1": 0.5}, {"12": float("nan")}, {"12": 10**20}, {"12": None}, {"12": (1, 2)},
    {"before": "1,000", "12": 1},
)  # fmt: skip
"""Values of every kind that YAML has, some of them as people write numbers and dates elsewhere, and some by date."""


def blocks_in(annotation: Any) -> Iterator[type[Block]]:
    """Yield the types of blocks that an annotation names."""
    if isinstance(annotation, type) and issubclass(annotation, Block):
        yield annotation
    for part in get_args(annotation):
        yield from blocks_in(part)


def all_blocks() -> list[type[Block]]:
    """Return all types of blocks, each once."""
    processes, interventions = catalogue.processes().values(), catalogue.interventions().values()
    return blocks_within(*(kind.block for kind in FILE_KINDS), *processes, *interventions)


def blocks_within(*blocks: type[Block]) -> list[type[Block]]:
    """Return types of blocks and those that their fields can hold, each once."""
    waiting, found = list(blocks), dict[type[Block], None]()
    while waiting:
        block = waiting.pop(0)
        if block not in found:
            found[block] = None
            waiting += [inner for field in block.model_fields.values() for inner in blocks_in(field.annotation)]
    return list(found)
