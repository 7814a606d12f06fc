"""From a name or a file to a scenario: where scenarios are found, ``extends``, overrides, messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.loading.keys import TIMES, parameter_of
from siege_sim.loading.lineage import lineage_step
from siege_sim.loading.tables import read_table, tables_in
from siege_sim.model.scenario import Scenario
from siege_sim.schema.block import KeyPath
from siege_sim.schema.lineage import LINEAGE_KEY, Lineage, lineage_from_file
from siege_sim.schema.messages import problem_lines
from siege_sim.schema.series import Series, is_series_data, scaled_data
from siege_sim.schema.shipped import find_file
from siege_sim.schema.shipped import shipped_scenarios as shipped_scenarios
from siege_sim.schema.yaml_file import Document, Mark, parse_yaml, read_yaml

LONGEST_CHAIN = 10


def parent_of(name: str) -> str | None:
    """Return what a shipped scenario says that it builds on, if anything."""
    data = read_yaml(find(name)).data
    parent = data.get("extends") if isinstance(data, dict) else None
    return None if parent is None else str(parent)


def parent_file_of(file: Path) -> Path | None:
    """Return the file that a scenario's file says that it builds on, if any.

    Raises:
        ScenarioError: it cannot be read, or what it names is not there.
    """
    return _parent_file(file, read_yaml(file))


def load_scenario(name_or_path: str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Load a scenario.

    Args:
        name_or_path: the name of a shipped scenario (``"aleppo_2016"``), or the path of a YAML file.
        overrides: settings such as ``"processes.sorties.per_day=20"``, applied last; ``*=`` multiplies a number, or
            every value of a series.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    settings = list(overrides)
    scenario = build_scenario(load_document(name_or_path, settings))
    return scenario.with_lineage(_lineage(find(name_or_path), scenario, settings))


def _lineage(file: Path, scenario: Scenario, settings: Sequence[str]) -> tuple[Lineage, ...]:
    """Return the steps in which a scenario came about: from what its file builds on, and by settings."""
    written = scenario if not settings else _unless_wrong(file)
    if written is None:
        return ()
    steps = _recorded(file, written)
    parent = _parent_file(file, read_yaml(file))
    if parent is not None and (before := _unless_wrong(parent)) is not None:
        steps = (*_recorded(parent, before), *lineage_step(before, written, "extends"))
    return steps if written is scenario else (*steps, *lineage_step(written, scenario, "set"))


def _unless_wrong(file: Path) -> Scenario | None:
    """Return the scenario of a file; None when it is none by itself, such as one that only others build on."""
    try:
        return build_scenario(_read_chain(file, []))
    except ScenarioError:
        return None


def _recorded(file: Path, scenario: Scenario) -> tuple[Lineage, ...]:
    """Return the lineage that stands in a scenario's file, as ``run`` writes it beside results."""
    document = read_yaml(file)
    data = document.data.get(LINEAGE_KEY) if isinstance(document.data, dict) else None
    if data is None:
        return ()
    try:
        return lineage_from_file(data, scenario.name, scenario.title, scenario.digest)
    except ValueError as error:
        mark = document.mark((LINEAGE_KEY,))
        raise ScenarioError([f"{mark}: {LINEAGE_KEY}: {error}; remove it: it decides on no value"]) from None


def load_document(name_or_path: str | Path, overrides: Iterable[str] = ()) -> Document:
    """Return the merged data of a scenario with the mark of every value, before validation."""
    document = _read_chain(find(name_or_path), [])
    for setting in overrides:
        _apply(document, setting)
    return document


def build_scenario(document: Document, kind: type[Scenario] = Scenario) -> Scenario:
    """Validate merged data.

    Args:
        document: the data.
        kind: what knows the mechanisms that it may name; see ``Scenario.with_process``.

    Raises:
        ScenarioError: one line for each problem.
    """
    if not isinstance(document.data, dict):
        raise ScenarioError([f"{document.mark(())}: a scenario is a list of 'key: value' lines"])
    try:
        return kind.model_validate(document.data)
    except ValidationError as error:
        raise ScenarioError(problem_lines(error, document)) from None


def scenario_of(data: Mapping[str, Any]) -> Scenario:
    """Return the scenario that a manifest holds, as read from JSON."""
    return build_scenario(Document(tuples(data), {(): Mark("manifest")}))


def tuples(value: Any) -> Any:
    """Return data from JSON with tuples in the place of lists, as the strict reader of YAML gives them."""
    if isinstance(value, Mapping):
        return {key: tuples(item) for key, item in value.items()}
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def load_scenario_text(text: str, name: str) -> Scenario:
    """Load a scenario from text that somebody sent: it may build on a shipped scenario, but no file is opened for it.

    Args:
        text: the YAML.
        name: what the text is called in messages.

    Raises:
        ScenarioError: as for `load_scenario`, or when the text names a file.
    """
    document = parse_yaml(text, name)
    data = document.data
    if not isinstance(data, dict):
        return build_scenario(document)
    if isinstance(data.get("map"), str):
        raise ScenarioError([f"{document.mark(('map',))}: map: files are not opened here; write the map itself"])
    data.pop(LINEAGE_KEY, None)
    parent, mark = data.pop("extends", None), document.mark(("extends",))
    if parent is None:
        return build_scenario(document)
    known = shipped_scenarios()
    if parent not in known:
        hint = did_you_mean(str(parent), known)
        raise ScenarioError([f"{mark}: extends: only a shipped scenario can be extended here, not {parent!r}{hint}"])
    merged = _merge(_read_chain(known[parent], []), document)
    named = {path: Mark(Path(place.file).name, place.line) for path, place in merged.marks.items()}
    return build_scenario(Document(merged.data, named))


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """Return the file of a scenario given by name or path, as ``shipped.find_file`` does."""
    return find_file(name_or_path, shipped_scenarios(), "scenario", beside)


def _read_chain(file: Path, seen: list[Path]) -> Document:
    """Read a file with its map and its parents."""
    resolved = file.resolve()
    if resolved in seen or len(seen) >= LONGEST_CHAIN:
        chain = " -> ".join(step.name for step in [*seen, resolved])
        raise ScenarioError([f"{file}: 'extends' is circular or too long: {chain}"])
    document = read_yaml(file)
    data = document.data
    if not isinstance(data, dict):
        return document
    if isinstance(data.get("map"), str):
        _insert(document, ("map",), read_yaml(_inside(file, data["map"], document.mark(("map",)))))
    for path in list(tables_in(data)):
        asked = _at(data, path)
        _put_table(document, path, _inside(file, asked["csv"], document.mark((*path, "csv"))))
    parent_file = _parent_file(file, document)
    data.pop("extends", None)
    data.pop(LINEAGE_KEY, None)
    return document if parent_file is None else _merge(_read_chain(parent_file, [*seen, resolved]), document)


def _parent_file(file: Path, document: Document) -> Path | None:
    """Return the file that a scenario's file builds on, if any."""
    parent_name = document.data.get("extends") if isinstance(document.data, dict) else None
    if parent_name is None:
        return None
    mark = document.mark(("extends",))
    if not isinstance(parent_name, str):
        raise ScenarioError([f"{mark}: extends: {parent_name!r}; name one scenario"])
    if "/" in parent_name or parent_name.endswith((".yaml", ".yml")):
        return _inside(file, parent_name, mark)
    try:
        return find(parent_name, beside=file.parent)
    except ScenarioError as error:
        raise ScenarioError([f"{mark}: extends: {problem}" for problem in error.problems]) from None


def _inside(file: Path, relative: str, mark: Mark) -> Path:
    """Return a file named in another one; it must lie in that file's folder or below."""
    folder = file.parent.resolve()
    target = (folder / relative).resolve()
    if not target.is_relative_to(folder):
        raise ScenarioError([f"{mark}: '{relative}' leaves the scenario's folder; put the file in it or below"])
    if not target.is_file():
        raise ScenarioError([f"{mark}: there is no file '{relative}' in the scenario's folder"])
    return file.parent / relative


def _insert(document: Document, path: KeyPath, part: Document) -> None:
    """Put another document's data in the place of a value."""
    block = document.data
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = part.data
    for inner, mark in part.marks.items():
        document.marks[path + inner] = mark


def _at(data: Any, path: KeyPath) -> Any:
    for key in path:
        data = data[key]
    return data


def _put_table(document: Document, path: KeyPath, file: Path) -> None:
    """Put the values of a table in the place of its name."""
    values, marks = read_table(file, _at(document.data, path), str(file))
    _at(document.data, path[:-1])[path[-1]] = values
    for day, mark in marks.items():
        document.marks[(*path, day)] = mark


def _merge(parent: Document, child: Document) -> Document:
    """Return the parent's data with the child's over it: mappings merge, ``null`` removes, the rest replaces.

    A whole other city replaces the parent's map, and a series the parent's series; they are no variations of it.
    """
    marks = {**parent.marks, **child.marks}
    if isinstance(child.data.get("map"), dict) and {"rows", "synthetic"} & set(child.data["map"]):
        parent.data.pop("map", None)

    def over(below: Any, above: Any) -> Any:
        if not (isinstance(below, dict) and isinstance(above, dict)) or is_series_data(above):
            return above
        merged = dict(below)
        for key, value in above.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = over(merged.get(key), value)
        return merged

    return Document(over(parent.data, child.data), marks)


def _apply(document: Document, setting: str) -> None:
    """Apply one ``key.key=value`` setting, or ``key.key*=factor``."""
    shown = f"--set {setting}"
    keys, equals, text = setting.partition("=")
    times = keys.rstrip().endswith(TIMES)
    path = tuple(keys.strip().removesuffix(TIMES).strip().split("."))
    if not equals or not all(path):
        raise ScenarioError([f"{shown}: write KEY=VALUE, for example processes.sorties.per_day=20"])
    value = parse_yaml(text if text.strip() else "null", shown).data
    if not isinstance(document.data, dict):
        return
    read_from: dict[str, Mark] = {}
    if times:
        value = _multiplied(document, path, value, shown)
    elif list(tables_in(value)) == [()]:
        value, read_from = read_table(Path(value["csv"]), value, str(value["csv"]))
    block = document.data
    for depth, key in enumerate(path[:-1]):
        inner = block.get(key)
        if inner is None:
            inner = block[key] = {}
        elif not isinstance(inner, dict):
            place = ".".join(path[: depth + 1])
            raise ScenarioError([f"{shown}: '{place}' is not a block with keys"])
        block = inner
    if value is None:
        block.pop(path[-1], None)
    else:
        block[path[-1]] = value
    for stale in [inner for inner in document.marks if inner[: len(path)] == path]:
        del document.marks[stale]
    for depth in range(1, len(path) + 1):
        document.marks.setdefault(path[:depth], Mark(shown))
    document.marks[path] = Mark(shown)
    document.marks.update({(*path, day): mark for day, mark in read_from.items()})


def _multiplied(document: Document, path: KeyPath, factor: Any, shown: str) -> Any:
    """Return what a key holds, multiplied: a number, or every value of a series."""
    key = ".".join(map(str, path))
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise ScenarioError([f"{shown}: write KEY*=FACTOR with a number, for example {key}*=0.5"])
    known = parameter_of(build_scenario(document), key)
    if known is None:
        raise ScenarioError([f"{shown}: the scenario has no key '{key}'; `siege-sim show --resolved` lists all"])
    product = scaled_data(known.value.data if isinstance(known.value, Series) else known.value, factor)
    if product is None:
        raise ScenarioError(
            [f"{shown}: '{key}' is neither a number nor a series of numbers; set it whole, with KEY=VALUE"]
        )
    return product
