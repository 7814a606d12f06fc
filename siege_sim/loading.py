"""From a name or a file to a scenario: where scenarios are found, ``extends``, overrides, messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from siege_sim.blocks import Path as KeyPath
from siege_sim.errors import ScenarioError, did_you_mean
from siege_sim.scenario import Scenario
from siege_sim.yamlfile import Document, Mark, parse_yaml, read_yaml

LONGEST_CHAIN = 10


def shipped_folder() -> Path:
    """Return the folder of the scenarios that come with the program."""
    package = Path(__file__).parent
    installed = package / "shipped" / "scenarios"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped_scenarios() -> dict[str, Path]:
    """Return the files of the shipped scenarios by name."""
    return {file.stem: file for file in sorted(shipped_folder().glob("*.yaml"))}


def parent_of(name: str) -> str | None:
    """Return what a shipped scenario says that it builds on, if anything."""
    data = read_yaml(find(name)).data
    parent = data.get("extends") if isinstance(data, dict) else None
    return None if parent is None else str(parent)


def load_scenario(name_or_path: str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Load a scenario.

    Args:
        name_or_path: the name of a shipped scenario (``"aleppo_2016"``), or the path of a YAML file.
        overrides: settings such as ``"processes.sorties.per_day=20"``, applied last.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return build_scenario(load_document(name_or_path, overrides))


def load_document(name_or_path: str | Path, overrides: Iterable[str] = ()) -> Document:
    """Return the merged data of a scenario with the mark of every value, before validation."""
    document = _read_chain(find(name_or_path), [])
    for setting in overrides:
        _apply(document, setting)
    return document


def build_scenario(document: Document) -> Scenario:
    """Validate merged data.

    Raises:
        ScenarioError: one line for each problem.
    """
    if not isinstance(document.data, dict):
        raise ScenarioError([f"{document.mark(())}: a scenario is a list of 'key: value' lines"])
    try:
        return Scenario.model_validate(document.data)
    except ValidationError as error:
        raise ScenarioError(_problem_lines(error, document)) from None


def scenario_of(data: Mapping[str, Any]) -> Scenario:
    """Return the scenario that a manifest holds, as read from JSON."""

    def tuples(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {key: tuples(item) for key, item in value.items()}
        return tuple(map(tuples, value)) if isinstance(value, list) else value

    return build_scenario(Document(tuples(data), {(): Mark("manifest")}))


def find(name_or_path: str | Path, beside: Path | None = None) -> Path:
    """Return the file of a scenario given by name or path.

    A text with a slash or an ending in ``.yaml`` or ``.yml`` is a path, anything else a name: of a file in the
    folder ``beside``, if given, or of a shipped scenario.
    """
    text = str(name_or_path)
    if "/" in text or "\\" in text or text.endswith((".yaml", ".yml")) or isinstance(name_or_path, Path):
        file = Path(text)
        if not file.is_file():
            what = "is a folder" if file.is_dir() else "there is no such file"
            raise ScenarioError([f"{text}: {what}; give a YAML file or a name from `siege-sim list scenarios`"])
        return file
    if beside is not None and (file := beside / f"{text}.yaml").is_file():
        return file
    shipped = shipped_scenarios()
    if text not in shipped:
        raise ScenarioError([f"no scenario is called '{text}'{did_you_mean(text, shipped)}"])
    return shipped[text]


def _read_chain(file: Path, seen: list[Path]) -> Document:
    """Read a file with its map and its parents."""
    resolved = file.resolve()
    if resolved in seen or len(seen) >= LONGEST_CHAIN:
        chain = " -> ".join(step.name for step in [*seen, resolved])
        raise ScenarioError([f"{file}: 'extends' goes round in a circle or is too long: {chain}"])
    document = read_yaml(file)
    data = document.data
    if not isinstance(data, dict):
        return document
    if isinstance(data.get("map"), str):
        _insert(document, ("map",), read_yaml(_inside(file, data["map"], document.mark(("map",)))))
    parent_name = data.pop("extends", None)
    if parent_name is None:
        return document
    mark = document.mark(("extends",))
    if not isinstance(parent_name, str):
        raise ScenarioError([f"{mark}: extends: {parent_name!r}; name one scenario"])
    if "/" in parent_name or parent_name.endswith((".yaml", ".yml")):
        parent_file = _inside(file, parent_name, mark)
    else:
        try:
            parent_file = find(parent_name, beside=file.parent)
        except ScenarioError as error:
            raise ScenarioError([f"{mark}: extends: {problem}" for problem in error.problems]) from None
    return _merge(_read_chain(parent_file, [*seen, resolved]), document)


def _inside(file: Path, relative: str, mark: Mark) -> Path:
    """Return a file named in another one; it must lie in that file's folder or below."""
    folder = file.parent.resolve()
    target = (folder / relative).resolve()
    if not target.is_relative_to(folder):
        raise ScenarioError([f"{mark}: '{relative}' leaves the scenario's folder; put the file beside or below it"])
    if not target.is_file():
        raise ScenarioError([f"{mark}: there is no file '{relative}' beside the scenario"])
    return file.parent / relative


def _insert(document: Document, path: KeyPath, part: Document) -> None:
    """Put another document's data in the place of a value."""
    block = document.data
    for key in path[:-1]:
        block = block[key]
    block[path[-1]] = part.data
    for inner, mark in part.marks.items():
        document.marks[path + inner] = mark


def _merge(parent: Document, child: Document) -> Document:
    """Return the parent's data with the child's over it: mappings merge, ``null`` removes, the rest replaces.

    A whole other city replaces the parent's map; it is no variation of it.
    """
    marks = {**parent.marks, **child.marks}
    if isinstance(child.data.get("map"), dict) and {"rows", "synthetic"} & set(child.data["map"]):
        parent.data.pop("map", None)

    def over(below: Any, above: Any) -> Any:
        if not (isinstance(below, dict) and isinstance(above, dict)):
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
    """Apply one ``key.key=value`` setting."""
    shown = f"--set {setting}"
    keys, equals, text = setting.partition("=")
    path = tuple(keys.strip().split("."))
    if not equals or not all(path):
        raise ScenarioError([f"{shown}: write KEY=VALUE, for example processes.sorties.per_day=20"])
    value = parse_yaml(text if text.strip() else "null", shown).data
    if not isinstance(document.data, dict):
        return
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
    for depth in range(1, len(path) + 1):
        document.marks.setdefault(path[:depth], Mark(shown))
    document.marks[path] = Mark(shown)


def _problem_lines(error: ValidationError, document: Document) -> list[str]:
    lines: list[str] = []
    for item in error.errors():
        path = _real_path(item["loc"], document.data)
        if item["type"] == "problems":
            found = [((*path, *inner), message) for inner, message in item["ctx"]["problems"]]
        else:
            found = [(path, _plain_words(item))]
        for place, message in found:
            shown = ".".join(str(key) for key in place)
            lines.append(
                f"{document.mark(place)}: {shown}: {message}" if shown else f"{document.mark(place)}: {message}"
            )
    return lines


def _real_path(location: tuple[str | int, ...], data: Any) -> KeyPath:
    """Drop from pydantic's location what is no key of the data: the tags of unions."""
    path: list[str | int] = []
    for step, key in enumerate(location):
        last = step == len(location) - 1
        known = (isinstance(data, dict) and key in data) or (isinstance(data, tuple) and isinstance(key, int))
        if known:
            data = data[key]
            path.append(key)
        elif last and isinstance(data, dict) and isinstance(key, str) and " " not in key and key.islower():
            path.append(key)
    return tuple(path)


def _plain_words(item: Mapping[str, Any]) -> str:
    """Say what pydantic found in the words of this project."""
    kind, value, facts = item["type"], item["input"], item.get("ctx", {})
    shown = _shown(value)
    limits = {
        "greater_than_equal": ("ge", "must be at least"),
        "greater_than": ("gt", "must be above"),
        "less_than_equal": ("le", "must be at most"),
        "less_than": ("lt", "must be below"),
    }
    if kind in limits:
        key, words = limits[kind]
        return f"{shown} is out of range; it {words} {facts[key]:g}"
    if kind == "missing":
        return "this key is missing; add it"
    if kind == "finite_number":
        return f"{shown} is not a finite number"
    if kind in ("union_tag_invalid", "literal_error"):
        known = str(facts.get("expected_tags") or facts.get("expected", ""))
        names = [part.strip().strip("'") for part in known.replace(" or ", ", ").split(",")]
        word = value.get("kind") if isinstance(value, dict) else value
        return f"{_shown(word)} is not known here{did_you_mean(str(word), names)}"
    if kind == "string_pattern_mismatch":
        return f"{shown} is not a name; use lower-case letters, digits, dashes and underscores"
    if kind == "union_tag_not_found":
        return "the key 'kind' is missing; see `siege-sim list interventions`"
    types = {
        "float_type": "a number", "int_type": "a whole number", "int_from_float": "a whole number",
        "string_type": "text", "bool_type": "true or false", "date_type": "a date such as 2016-09-22",
        "dict_type": "a block of keys",
        "tuple_type": "a list", "model_type": "a block of keys",
    }  # fmt: skip
    if kind in types:
        return f"{shown} is not {types[kind]}"
    return f"{shown}: {item['msg'].lower()}"


def _shown(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    text = str(value) if isinstance(value, (int, float)) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
