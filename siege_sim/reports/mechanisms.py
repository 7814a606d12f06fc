"""The page on what each mechanism and lever does: effects that were measured beside what literature and record say.

Effects come from the table of an ablation, words from a data file with sources; so the page can be made anew from new
runs without a word being lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field

from siege_sim.analysis.ablation import ABLATION_COLUMNS, CLEAR_EFFECT, KIND_HEADINGS
from siege_sim.errors import ResultError, did_you_mean
from siege_sim.reports.effects import scale_of
from siege_sim.results.numbers import is_share, number
from siege_sim.schema.block import Block
from siege_sim.schema.messages import read_block

if TYPE_CHECKING:
    import pandas as pd

    from siege_sim.analysis.ablation import SwitchKind

EFFECTS_FILE, WORDS_FILE = "effects.csv", "words.yaml"
"""The files beside the page, in the folder ``mechanisms``."""

BEGINS, ENDS_HERE = "<!-- mechanisms -->", "<!-- end -->"
"""Between these comments stands what is generated."""

MADE_WITH = ["case", "days", "persons_a_row", "model_version"]
"""Columns of the table of an ablation that say how its runs were made."""

SWITCHED: Mapping[str, str] = {"mechanism": "mechanisms", "action": "dated actions", "what_if": "what-ifs"}

NOT_WRITTEN = "*Nothing is written here yet.*"
NOT_TRIED = "*Not tried yet.*"


Known = Mapping["SwitchKind", Mapping[str, str]]
"""What there is of each kind, by name, with what it is in a sentence."""


class Said(Block):
    """What somebody says of a mechanism or lever, and where."""

    says: str
    """What is known of it, in a sentence or some."""
    source: str
    """Who says so, and where; ``assumed`` for nobody."""


class MechanismWords(Block):
    """What literature and record say of mechanisms, dated actions and what-ifs, by name."""

    mechanism: dict[str, tuple[Said, ...]] = Field({})
    """By name of the mechanism."""
    action: dict[str, tuple[Said, ...]] = Field({})
    """By name of the dated action in its case."""
    what_if: dict[str, tuple[Said, ...]] = Field({})
    """By name of the what-if."""


def read_words(file: Path) -> MechanismWords:
    """Read what is said of mechanisms and levers.

    Raises:
        ScenarioError: it cannot be read, or is not of that form; names the line.
    """
    words, _ = read_block(MechanismWords, file, "a file of what is said of mechanisms")
    return words


def read_effects(file: Path) -> pd.DataFrame:
    """Read the table of an ablation.

    Raises:
        ResultError: it cannot be read, or is none.
    """
    import pandas as pd

    try:
        table = pd.read_csv(file, encoding="utf-8-sig", keep_default_na=True)
    except (OSError, ValueError) as error:
        raise ResultError(
            f"{file}: not the table of an ablation: {error}; give the ablation.csv of `siege-sim ablate`"
        ) from None
    missing = [name for name in ABLATION_COLUMNS if name not in table]
    if missing:
        raise ResultError(f"{file}: no column '{missing[0]}'; give the ablation.csv of `siege-sim ablate`")
    return table


def mechanisms_text(page: str, effects: pd.DataFrame, words: MechanismWords, known: Known) -> str:
    """Return the page with its generated part as effects and words have it now.

    Args:
        page: the page as it is.
        effects: the table of an ablation.
        words: what is said of mechanisms and levers.
        known: every mechanism, dated action and what-if there is, by kind and name, with what it is in a sentence.

    Raises:
        ResultError: the page has no place for it, or the words name what is not there.
    """
    before, begins, rest = page.partition(BEGINS)
    _, ends, after = rest.partition(ENDS_HERE)
    if not (begins and ends):
        raise ResultError(f"the page has no lines {BEGINS!r} and {ENDS_HERE!r}, between which the table goes")
    _check_names(effects, words, known)
    lines = [*_made(effects), *_sections(effects, words, known)]
    return f"{before}{BEGINS}\n\n" + "\n".join(lines).strip() + f"\n\n{ENDS_HERE}{after}"


def _check_names(effects: pd.DataFrame, words: MechanismWords, known: Known) -> None:
    for kind in KIND_HEADINGS:
        there = {*effects.loc[effects["kind"] == kind, "name"], *known.get(kind, ())}
        for name in getattr(words, kind):
            if name not in there:
                raise ResultError(f"{WORDS_FILE}: {kind}: there is no '{name}'{did_you_mean(name, there)}")


def _made(effects: pd.DataFrame) -> list[str]:
    lines = []
    tried = effects[effects["pairs"].notna()]
    for _, rows in tried.groupby(MADE_WITH, sort=False):
        case, days, persons, version = rows.iloc[0][MADE_WITH]
        kinds = [SWITCHED[kind] for kind in dict.fromkeys(rows["kind"])]
        lines.append(
            f"- `{case}`, {', '.join(kinds)}: {int(rows['pairs'].max())} pairs of runs of {int(days)} days "
            f"at the most, {number(float(persons))} people a household of the model, model `{version}`."
        )
    return ["What was run:", "", *lines, ""]


def _sections(effects: pd.DataFrame, words: MechanismWords, known: Known) -> Iterator[str]:
    for kind, heading in KIND_HEADINGS.items():
        rows = effects[effects["kind"] == kind]
        mine = known.get(kind, {})
        names = dict.fromkeys([*mine, *rows["name"]])
        if names:
            yield from (f"## {heading}", "", *_in_short(kind, rows), "")
        for name in names:
            yield from (f"### {name}", "")
            if name in mine:
                yield from (mine[name], "")
            yield from (*_said(getattr(words, kind).get(name, ())), "")
            yield from (*_effects_of(rows[rows["name"] == name]), "")


def _in_short(kind: SwitchKind, rows: pd.DataFrame) -> Iterator[str]:
    """Yield for each case what has a clear effect on nothing that it is there for."""
    for case, mine in rows[rows["pairs"].notna()].groupby("case", sort=False):
        clear = set(mine.loc[mine["verdict"] == CLEAR_EFFECT, "name"])
        unclear = [f"`{name}`" for name in dict.fromkeys(mine["name"]) if name not in clear]
        text = f"`{case}`: {len(clear)} of {mine['name'].nunique()} have a clear effect on something they are there for"
        yield f"- {text}" + (f"; not: {', '.join(unclear)}." if unclear else ".")


def _said(said: tuple[Said, ...]) -> list[str]:
    if not said:
        return [NOT_WRITTEN]
    return [f"- {' '.join(one.says.split())} ({' '.join(one.source.split())})" for one in said]


def _effects_of(rows: pd.DataFrame) -> list[str]:
    """Return the effects of one mechanism or lever as a table: a row an outcome, a column a case."""
    cases, each = list(dict.fromkeys(rows["case"])), _rows_of(rows)
    outcomes = [name for name in dict.fromkeys(rows["outcome"]) if isinstance(name, str)]
    notes = [f"`{row['case']}`: {row['verdict']}." for row in each if row["outcome"] not in outcomes]
    if not outcomes:
        return notes or [NOT_TRIED]
    lines = ["| outcome | " + " | ".join(f"`{case}`" for case in cases) + " |", "| --- |" + " --- |" * len(cases)]
    for outcome in outcomes:
        mine = {row["case"]: row for row in each if row["outcome"] == outcome}
        cells = [_cell(mine[case]) if case in mine else "" for case in cases]
        lines.append(f"| {_name_of(outcome, list(mine.values()))} | " + " | ".join(cells) + " |")
    return [*lines, *(["", *notes] if notes else [])]


def _name_of(outcome: str, rows: list[dict[str, Any]]) -> str:
    """Return what an outcome is called: its label, or its name in code where cases call it differently."""
    labels = {str(row["label"]) for row in rows}
    return f"{labels.pop() if len(labels) == 1 else f'`{outcome}`'}{', %' if is_share(str(rows[0]['unit'])) else ''}"


def _rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def _cell(row: Mapping[str, Any]) -> str:
    """Return an effect as it stands in a cell: means, difference and interval, or that none is clear."""
    effect = _effect(row)
    scale, gap = scale_of(effect), effect.difference
    size = "" if scale.size == 1.0 else f" {scale.words.split()[0]}"
    if row["verdict"] != CLEAR_EFFECT:
        return f"{scale.number(gap.before)}{size}; {row['verdict']}"
    numbers = f"{scale.number(gap.before)} → {scale.number(gap.after)}: **{scale.gap(gap)}** ({scale.between(gap)})"
    return f"{numbers}{size}"


def _effect(row: Mapping[str, Any]) -> Any:
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.analysis.comparison.paired import Difference

    before, after, low, high = (_number_of(row[name]) for name in ("baseline", "changed", "low", "high"))
    unit = str(row["unit"])
    return Effect(
        "", str(row["outcome"]), str(row["label"]), unit, Difference(int(row["pairs"]), before, after, low, high)
    )


def _number_of(value: Any) -> float | None:
    """Return a number of a table; None where there is none."""
    return None if value is None or value != value else float(value)
