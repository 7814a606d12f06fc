"""Sessions as text, for the browser and for a folder on disk: what it takes to come back after a restart.

A run is kept as the text of a scenario file, its seed and its changes, so what comes back is read as strictly as a file
that a reader sends: whoever changes the text gains nothing by it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.dashboard.branching import scenario_yaml
from siege_sim.dashboard.change_log import LogEntry
from siege_sim.dashboard.limits import SessionError
from siege_sim.dashboard.runs import MOST_FORMER, RunDefinition, SessionState, ShownRuns
from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import load_scenario_text, shipped_scenarios
from siege_sim.viewer.frames import MAX_RUNS

if TYPE_CHECKING:
    from siege_sim.dashboard.limits import Limits
    from siege_sim.viewer.frames import Json

SAVED_FORMAT = 1
"""Version of the text; another one is not read."""

MOST_BYTES = 1_000_000
"""The longest text that is kept or read; runs that were shown before are left out of longer ones."""


class SessionWriter:
    """Writes one session as text, again and again; what it has written of a run it keeps."""

    def __init__(self) -> None:
        self._runs: dict[int, Json] = {}

    def text(self, state: SessionState, lesson: str) -> str:
        """Return a session as text; the empty text where it is too long."""
        for former in (state.former, ()):
            sets = (state.shown, *former)
            runs = {run.number: run for one in sets for run in one.runs}
            self._runs = {number: self._runs.get(number) or _run_data(run) for number, run in runs.items()}
            data = {
                "format": SAVED_FORMAT,
                "lesson": lesson,
                "runs": list(self._runs.values()),
                "shown": _set_data(state.shown),
                "former": [_set_data(one) for one in former],
                "undoable": state.undoable if former else 0,
                "next_number": state.next_number,
            }
            if len(text := json.dumps(data)) <= MOST_BYTES:
                return text
        return ""


def _run_data(run: RunDefinition) -> Json:
    return {
        "number": run.number,
        "scenario": scenario_yaml(run.scenario, run.parent, run.scenario.name, run.scenario.title, []),
        "seed": run.seed,
        "name": run.name,
        "parent": run.parent if run.parent in shipped_scenarios() else None,
        "log": [[entry.day, entry.text, entry.key] for entry in run.log],
    }


def _set_data(shown: ShownRuns) -> Json:
    return {"runs": list(shown.numbers), "day": shown.day}


def read_session(text: str, limits: Limits) -> tuple[SessionState, str]:
    """Return a session from its text: its state, and the lesson that was read beside it.

    Raises:
        SiegeError: it is damaged, of another version, or asks for too much.
    """
    try:
        if len(text) > MOST_BYTES:
            raise ValueError("too long")
        data = json.loads(text)
        if data["format"] != SAVED_FORMAT:
            raise ValueError("another version")
        runs = {int(run["number"]): _run(run) for run in data["runs"][: MAX_RUNS * (MOST_FORMER + 1)]}
        former = tuple(_set(one, runs) for one in data["former"][-MOST_FORMER:])
        undoable = max(0, min(int(data["undoable"]), len(former)))
        following = max(int(data["next_number"]), 1 + max(runs))
        state, lesson = SessionState(_set(data["shown"], runs), former, undoable, following), str(data["lesson"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise SessionError(f"what was kept of the session cannot be read ({error})") from None
    for run in runs.values():
        limits.check(run.scenario)
    return state, lesson


def first_readable(texts: Sequence[str], day: int, limits: Limits) -> tuple[SessionState, str] | None:
    """Return the first session that can be read from some texts, on this day at least; None when none can."""
    for text in filter(None, texts):
        with contextlib.suppress(SiegeError):  # what cannot be continued is begun anew
            state, lesson = read_session(text, limits)
            return replace(state, shown=replace(state.shown, day=max(state.shown.day, day))), lesson
    return None


def _run(data: Json) -> RunDefinition:
    name, parent, seed = str(data["name"])[:200], data["parent"], int(data["seed"])
    if seed < 0:
        raise ValueError("a seed below 0")
    scenario = load_scenario_text(str(data["scenario"]), "kept session")
    log = tuple(LogEntry(int(day), str(text), str(key)) for day, text, key in data["log"])
    known = str(parent) if parent in shipped_scenarios() else None
    return RunDefinition(int(data["number"]), scenario, seed, name, known, log)


def _set(data: Json, runs: dict[int, RunDefinition]) -> ShownRuns:
    chosen = tuple(runs[int(number)] for number in data["runs"][:MAX_RUNS])
    if not chosen:
        raise ValueError("no runs")
    return ShownRuns(chosen, max(int(data["day"]), 0))


class SavedSessions:
    """Texts of sessions in a folder, so many at most and none for longer than some days.

    Args:
        folder: where; it is made when it is needed. ``None`` keeps nothing.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def save(self, key: str, text: str) -> None:
        """Keep the text of a session; where nothing can be written, nothing is kept."""
        if self._folder is None or not text:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._folder, suffix=".part", delete=False, encoding="utf-8"
            ) as new:
                new.write(text)
            os.replace(new.name, self._file(key))

    def load(self, key: str) -> str:
        """Return the text of a session; the empty text where there is none."""
        if self._folder is None or not key:
            return ""
        try:
            return self._file(key).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    def clean(self) -> None:
        """Remove what is old, and the oldest of too many."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            files = sorted(self._folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
            oldest = time.time() - 86_400.0 * MOST_DAYS
            for place, file in enumerate(files):
                if place >= MOST_SAVED or file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)

    def _file(self, key: str) -> Path:
        """Return the file of a session: a key is a reader's secret, and may hold anything."""
        assert self._folder is not None
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:40]}.json"


MOST_SAVED, MOST_DAYS = 300, 14
"""How many sessions are kept on disk, and for how many days."""


def sessions_folder() -> Path | None:
    """Return the folder for sessions of this user; ``None`` where there is no place for it."""
    try:
        base = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".local" / "state"
    except RuntimeError:
        return None
    return Path(base) / "siege_sim" / "sessions"
