"""States as links: scenario, seed, day and changes, as the end of an address that opens them on another screen.

``#scenario=toy_town&seed=1&day=30&changes=11:processes.sorties.per_day=20``. What comes in a link is read as strictly
as a file that a reader sends: nothing but shipped scenarios, and no file is opened for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from siege_sim.dashboard.branching import (
    AddIntervention,
    EndIntervention,
    ScenarioEdit,
    SetParameter,
    SetStartValue,
    branch_scenario,
    data_of,
)
from siege_sim.dashboard.change_log import log_with, replaced_entries
from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.runs import RunDefinition, ShownRuns
from siege_sim.errors import SiegeError, did_you_mean
from siege_sim.loading.scenario import load_scenario, shipped_scenarios

if TYPE_CHECKING:
    from siege_sim.dashboard.change_log import LogEntry
    from siege_sim.dashboard.server_settings import ServerSettings
    from siege_sim.model.scenario import Scenario

MOST_LINK_CHARACTERS = 8_000
"""The longest link that is made or read."""

MOST_LINK_CHANGES = 60
"""The most changes in a link."""

STATE_KEYS = ("scenario", "seed", "day", "set", "first", "beside", "changes", "alone")
"""What a link says of the state; ``set`` and ``first`` are changes of both runs and of A, ``changes`` those of B."""

VIEW_KEYS = ("layer", "difference", "large", "dark", "light")
"""What a link may say of how the page shows it."""

START_BLOCKS = ("population", "food", "ground", "front", "forces", "air_wings")
"""Blocks of what stands on day 0 that a link may change."""


def link_of(shown: ShownRuns, day: int, settings: ServerSettings) -> str:
    """Return the end of an address that opens some runs on a day, without the ``#``.

    Args:
        shown: one run or two.
        day: the day that the page shows.
        settings: of the server, whose ``--set`` the link keeps.

    Raises:
        SessionError: no link can hold them.
    """
    first, last = shown.runs[0], shown.runs[-1]
    if any(run.parent not in shipped_scenarios() for run in shown.runs):
        raise SessionError("a scenario from a file of your own has no link; save it and hand out the file")
    pairs = [("scenario", str(first.parent)), ("seed", str(first.seed)), ("day", str(day))]
    pairs += [("set", text) for text in _kept_settings(first, settings)]
    if len(shown.runs) > 1:
        pairs += [("first", text) for text in _entries(first)]
        pairs += [("beside", str(last.parent))] if last.parent != first.parent or not last.log else []
    elif last.log:
        pairs.append(("alone", ""))
    pairs += [("changes", text) for text in _entries(last)]
    link = urlencode(pairs, quote_via=quote, safe=":=,{}[]")
    if len(link) > MOST_LINK_CHARACTERS or not _opens(link, shown, settings):
        raise SessionError("these runs cannot be held in a link; save them and hand out the files")
    return link


def _opens(link: str, shown: ShownRuns, settings: ServerSettings) -> bool:
    """Return whether a link opens just these runs."""
    try:
        read = read_link(link, settings)
    except SiegeError:
        return False
    return [run.scenario.digest for run in read.runs] == [run.scenario.digest for run in shown.runs]


def _kept_settings(run: RunDefinition, settings: ServerSettings) -> Iterator[str]:
    data = data_of(run.scenario)
    for setting in settings.settings_for(str(run.parent)):
        key = setting.partition("=")[0].rstrip("*").strip()
        yield f"{key}={json.dumps(_at(data, key))}"


def _entries(run: RunDefinition) -> Iterator[str]:
    data = data_of(run.scenario)
    for entry in run.log:
        yield f"{entry.day}:{entry.key}={_value_of(entry, run.scenario, data)}"


def _value_of(entry: LogEntry, scenario: Scenario, data: Mapping[str, Any]) -> str:
    block, *names = entry.key.split(".")
    if block == "interventions" and len(names) > 1:
        return ""
    if block == "interventions":
        return json.dumps(_action(scenario, names[0], entry.day), separators=(",", ":"))
    dated = entry.day > 0 and entry.key.startswith("processes.")
    value = _at(data, f"changes.from_day_{entry.day}.{entry.key}" if dated else entry.key)
    return json.dumps(value, separators=(",", ":"))


def _action(scenario: Scenario, name: str, day: int) -> dict[str, Any]:
    """Return an action as it was added on a day, without what is as usual, and without that day."""
    action = scenario.interventions[name]
    values = action.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if values.get("from_day") == day:
        del values["from_day"]
    return {"kind": action.kind, **values}


def _at(data: Any, key: str) -> Any:
    for name in key.split("."):
        data = data.get(name) if isinstance(data, Mapping) else None
    return data


def read_link(text: str, settings: ServerSettings) -> ShownRuns:
    """Return what a link opens; its runs have no numbers yet.

    Args:
        text: the end of an address, with or without the ``#``.
        settings: of the server: its own scenario can be named too, and its ``--set`` hold where the link has none.

    Raises:
        SessionError: what is wrong with the link, in a sentence.
    """
    try:
        return _read(text, settings)
    except SiegeError as error:
        raise SessionError(f"this link cannot be opened: {error}. What was shown before is still there") from None


def _read(text: str, settings: ServerSettings) -> ShownRuns:
    values = _values(text)
    name = _one(values, "scenario")
    seed, day = _whole(values, "seed", 1), min(_whole(values, "day", 0), settings.limits.days)
    base = _edited(_loaded(name, "set" not in values, settings), name, seed, values.get("set", []), in_log=False)
    other = _one(values, "beside") if "beside" in values else name
    changes = values.get("changes", [])
    if "alone" in values or (other == name and "beside" not in values and not changes):
        return ShownRuns((_edited(base, name, seed, changes),), day)
    second = base if other == name else _loaded(other, "set" not in values, settings)
    if other != name:
        second = _edited(second, other, seed, values.get("set", []), in_log=False)
    runs = _edited(base, name, seed, values.get("first", [])), _edited(second, other, seed, changes)
    return ShownRuns(runs, day)


def _values(text: str) -> dict[str, list[str]]:
    if len(text) > MOST_LINK_CHARACTERS:
        raise SessionError(f"it is longer than {MOST_LINK_CHARACTERS:,} characters")
    try:
        pairs = parse_qsl(text.removeprefix("#"), keep_blank_values=True, max_num_fields=2 * MOST_LINK_CHANGES)
    except ValueError:
        raise SessionError("it has too many parts") from None
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        if key not in (*STATE_KEYS, *VIEW_KEYS):
            raise SessionError(f"'{key[:40]}' is nothing that a link can say{did_you_mean(key[:40], STATE_KEYS)}")
        values.setdefault(key, []).append(value)
    if sum(len(values.get(key, ())) for key in ("set", "first", "changes")) > MOST_LINK_CHANGES:
        raise SessionError(f"it has more than {MOST_LINK_CHANGES} changes")
    return values


def _one(values: Mapping[str, Sequence[str]], key: str) -> str:
    found = values.get(key, ())
    if len(found) != 1 or not found[0]:
        raise SessionError(f"it must name one {'scenario' if key == 'beside' else key}, as in {key}=toy_town")
    return found[0]


def _whole(values: Mapping[str, Sequence[str]], key: str, default: int) -> int:
    text = values.get(key, [str(default)])[-1]
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise SessionError(f"{key} is '{text[:40]}', and must be a whole number of at least 0")
    return int(text)


def _loaded(name: str, with_settings: bool, settings: ServerSettings) -> RunDefinition:
    known = shipped_scenarios()
    if name not in known and name != settings.scenario:
        raise SessionError(f"there is no scenario '{name[:60]}'{did_you_mean(name[:60], known)}")
    scenario = load_scenario(name, settings.settings_for(name) if with_settings else ())
    return RunDefinition(0, scenario, 0, scenario.title, name)


def _edited(run: RunDefinition, parent: str, seed: int, texts: Sequence[str], in_log: bool = True) -> RunDefinition:
    """Return a run with the changes of a link, in their order; those of one day are made together."""
    scenario, log, name = run.scenario, run.log, run.name
    changes = [_change(text if in_log else f"0:{text}") for text in texts]
    for day, group in groupby(changes, key=lambda change: change[0]):
        edits = [_edit(key, value) for _, key, value in group]
        scenario, log = _with_edits(scenario, log, edits, day - 1)
        name = (f"changed from day {day}" if day else "changed from the start") if in_log else name
    return replace(run, scenario=scenario, seed=seed, parent=parent, name=name, log=log if in_log else ())


def _with_edits(
    scenario: Scenario, log: tuple[LogEntry, ...], edits: list[ScenarioEdit], day: int
) -> tuple[Scenario, tuple[LogEntry, ...]]:
    withdrawn = [(entry.key, entry.day) for entry in replaced_entries(log, edits, day)]
    try:
        edited = branch_scenario(scenario, edits, day, withdrawn)
    except (KeyError, TypeError, AttributeError, ValueError):
        names = ", ".join(edit.key for edit in edits)
        raise SessionError(f"{names[:200]} cannot be set in this scenario") from None
    return edited, log_with(log, edits, day, edited)


def _change(text: str) -> tuple[int, str, str]:
    """Return day, key and value of ``11:processes.sorties.per_day=20``."""
    day, colon, rest = text.partition(":")
    key, equals, value = rest.partition("=")
    if not (colon and equals and key and day.isascii() and day.isdigit() and len(day) <= 5):
        raise SessionError(f"'{text[:60]}' is no change; write one as 11:processes.sorties.per_day=20")
    return int(day), key, value


def _edit(key: str, text: str) -> ScenarioEdit:
    block, *names = key.split(".")
    if block == "interventions" and len(names) == 2 and names[1] == "until_day":
        return EndIntervention(names[0])
    value = _json(key, text)
    if block == "processes" and len(names) == 2:
        return SetParameter(names[0], names[1], value)
    if block == "interventions" and len(names) == 1 and isinstance(value, dict) and "kind" in value:
        return AddIntervention(names[0], str(value.pop("kind")), value)
    if block in START_BLOCKS and names:
        return SetStartValue((block, *names[:-1]), names[-1], value)
    raise SessionError(f"'{key[:80]}' cannot be changed by a link")


def _json(key: str, text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise SessionError(f"{key[:80]}: '{text[:40]}' is no value") from None


def _no_number(text: str) -> None:
    raise ValueError(text)
