"""Reference pages generated from the code: commands, parameters, state, outcomes; and the order of a day.

``python -m siege_sim.cli.reference docs`` writes them; a test checks that they are current.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from siege_sim.cli.command_pages import commands_page
from siege_sim.cli.file_pages import FILE_PAGES, with_tables
from siege_sim.cli.mechanisms import write_mechanisms
from siege_sim.cli.odd_page import ODD_PAGE, with_schedule
from siege_sim.dashboard.lessons.lesson_file import load_lesson, shipped_lesson_files
from siege_sim.dashboard.lessons.written import written_lesson
from siege_sim.model import catalogue
from siege_sim.model.agents.household import Households
from siege_sim.model.agents.unit import Units
from siege_sim.model.city.layers import LAYERS
from siege_sim.model.outcomes import known_outcomes
from siege_sim.model.processes.base import Intervention, Process
from siege_sim.model.processes.deliveries import Route
from siege_sim.model.setting import AirWing, Faction, Food, Forces, Front, Ground, Population
from siege_sim.schema.block import Block
from siege_sim.schema.clock import Window
from siege_sim.schema.dated import reader_of
from siege_sim.schema.meanings import meanings

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

INPUT_BLOCKS: tuple[type[Block], ...] = (Population, Food, Faction, Forces, AirWing, Route)
"""What a siege begins with and what is brought to it."""
SCENARIO_BLOCKS: tuple[type[Block], ...] = (*INPUT_BLOCKS, Ground, Front)


def parameters_page() -> str:
    """Return the page of all parameters with value, plausible range, unit and source."""
    processes = sorted(catalogue.processes().values(), key=lambda cls: cls.phase)
    interventions = list(catalogue.interventions().values())
    blocks: list[type[Block]] = [*processes, *interventions, *SCENARIO_BLOCKS]
    numeric = [(cls, name, field) for cls in blocks for name, field in fields_of(cls) if facts_of(field)]
    own = [field for cls, name, field in numeric if not _is_input(cls, name)]
    sourced = sum(not facts_of(field)["source"].startswith("assumed") for field in own)
    lines = [
        "# Parameters",
        "",
        "Generated from the code by `make docs`. A [scenario](glossary.md#scenario) may set every parameter",
        "(`siege-sim show NAME --resolved` shows its values). Sweeps and calibration stay within the",
        "[plausible range](glossary.md#plausible-range). *Does nothing with* gives the",
        "[neutral values](glossary.md#neutral-value). Values marked *by date* may be a [series](inputs_by_date.md).",
        "",
        f"{len(numeric) - len(own)} numbers are inputs: what a siege begins with, what the parties decided, the",
        "climate; they differ between sieges, and their sources stand in each scenario's file.",
        "",
        f"Of {len(own)} numeric parameters, which are the same in every siege, {sourced} have a source for value",
        f"or range, and {len(own) - sourced} are assumed.",
        "",
        "## Processes, in the order of the day",
        "",
        "A [process](glossary.md#process) runs once a day, in the [phase](glossary.md#phase) in brackets.",
        "",
    ]
    for cls in processes:
        lines += block_section(cls, f"{cls.name()} ({cls.phase.name.lower()})")
    lines += [
        "## Interventions",
        "",
        "An [intervention](glossary.md#intervention) also has a window: `from_day`, `until_day`, `every_days`.",
        "",
    ]
    for cls in interventions:
        lines += block_section(cls, cls.name())
    lines += ["## Blocks of a scenario", ""]
    for block in SCENARIO_BLOCKS:
        lines += block_section(block, block.__name__)
    return "\n".join(lines).rstrip() + "\n"


def block_section(cls: type[Block], heading: str) -> list[str]:
    """Return a heading, the documentation and a table of fields."""
    text = " ".join((cls.__doc__ or "").split())
    rows = [field_row(cls, name, field) for name, field in fields_of(cls)]
    section = [f"### {heading}", "", text, ""]
    if rows:
        section += table(("parameter", "value", "plausible", "unit", "meaning", "source"), rows)
    if issubclass(cls, Process) and cls.neutral:
        values = ", ".join(f"`{name}: {_value(value)}`" for name, value in cls.neutral.items())
        section += [f"Does nothing with {values}.", ""]
    return section


def fields_of(cls: type[Block]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield a block's own fields (without ``kind`` and an intervention's window)."""
    inherited = set(Window.model_fields) if issubclass(cls, Intervention) else set[str]()
    for name, field in cls.model_fields.items():
        if name != "kind" and name not in inherited:
            yield name, field


def facts_of(field: FieldInfo) -> dict[str, Any]:
    """Return unit, source and plausible range of a numeric field; empty for others."""
    return dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}


def field_row(cls: type[Block], name: str, field: FieldInfo) -> tuple[str, ...]:
    """Return the cells of a field's line."""
    facts = facts_of(field)
    default = _default(field) + (" *by date*" if reader_of(field) else "")
    plausible = " to ".join(_value(bound) for bound in facts.get("plausible", ()))
    source = facts.get("source", "")
    if _is_input(cls, name):
        source = "input" if source in ("", "assumed") else f"input; {source}"
    return f"`{name}`", default, plausible, facts.get("unit", ""), meanings(cls)[name], source


def _is_input(cls: type[Block], name: str) -> bool:
    """Return whether a field differs between sieges, so that each says where its value is from."""
    return cls in INPUT_BLOCKS or (issubclass(cls, Process) and name in cls.inputs)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return _value(field.get_default(call_default_factory=True))


def state_page() -> str:
    """Return the page of layers, columns and outcomes."""
    lines = [
        "# State and outcomes",
        "",
        "Generated from the code by `make docs`: the [layers](glossary.md#layer) of the map, the",
        "[columns](glossary.md#column) of households and units, and the [outcomes](glossary.md#outcome) of a day.",
        "",
        "## Layers (a value a cell)",
        "",
    ]
    lines += table(
        ("layer", "unit", "type", "meaning"),
        [(f"`{spec.name}`", spec.unit, np.dtype(spec.dtype).name, spec.doc) for spec in LAYERS],
    )
    for heading, kind in (("Columns of households", Households), ("Columns of armed units", Units)):
        lines += [f"## {heading}", ""]
        lines += table(
            ("column", "unit", "type", "meaning"),
            [
                (f"`{name}`", column.unit, np.dtype(column.dtype).name, column.__doc__ or "")
                for name, column in kind.columns.items()
            ],
        )
    lines += [
        "## Outcomes of a day (`series.csv`)",
        "",
        "Deaths and departures ([flows](glossary.md#flow)) are counted from day 0.",
        "",
    ]
    lines += table(("outcome", "unit", "meaning"), [(f"`{o.name}`", o.unit, o.label) for o in known_outcomes()])
    return "\n".join(lines).rstrip() + "\n"


def table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Return a Markdown table as lines, a row a line, with an empty line after it."""
    cells = [header, tuple("---" for _ in header), *rows]
    return ["| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) + " |" for row in cells] + [
        ""
    ]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:g}"
    return "none" if value in (None, {}) else str(value) if value != () else "all"


PAGES = {"commands.md": commands_page, "parameters.md": parameters_page, "state.md": state_page}


def write_pages(folder: Path) -> None:
    """Write every page into a folder, and the tables of those that are written by hand, mechanisms included."""
    for name, page in PAGES.items():
        (folder / name).write_text(page(), "utf-8", newline="\n")
    for name in FILE_PAGES:
        (folder / name).write_text(with_tables((folder / name).read_text("utf-8")), "utf-8", newline="\n")
    (folder / ODD_PAGE).write_text(with_schedule((folder / ODD_PAGE).read_text("utf-8")), "utf-8", newline="\n")
    write_lessons(folder / "lessons")
    write_mechanisms(folder)


def write_lessons(folder: Path) -> None:
    """Write the written form of every lesson beside its file."""
    for name, file in shipped_lesson_files().items():
        (folder / f"{name}.md").write_text(written_lesson(load_lesson(file)[0], file), "utf-8", newline="\n")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]))
