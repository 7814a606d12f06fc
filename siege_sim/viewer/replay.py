"""`siege-sim replay`: a run, or two side by side, as one page that needs no network, to hand out.

A run can be repeated from its results folder, to the byte. So it is, and a frame is recorded for each day; the frames
are used only when the daily series is that of the folder. Otherwise (another version of the program, a plug-in that is
not here) the page shows what the folder has stored: charts and events of every day, and maps of some.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim._version import __version__
from siege_sim.errors import ResultError, ScenarioError
from siege_sim.languages.catalogue import ENGLISH, catalogue, known_language
from siege_sim.languages.glossary import page_glossary
from siege_sim.results.files import check_new_file
from siege_sim.results.run import read_run

if TYPE_CHECKING:
    from siege_sim.languages.catalogue import Catalogue
    from siege_sim.results.run import OnProgress, RunResult
    from siege_sim.validation.record import Record
    from siege_sim.viewer.frames import Json, RunFrames

SCRIPTS = (
    "language.js", "frames.js", "look.js", "glossary.js", "map.js", "guesses.js", "charts.js", "labels.js",
    "changes.js", "lesson.js", "welcome.js", "story.js", "headline.js", "viewer.js",
)  # fmt: skip
"""The page's scripts, in the order in which they build on each other."""

STORED_ONLY = "Maps of the days that the results folder has stored; on the days between, the last one is shown."
RUNS_DIFFER = (
    f"{STORED_ONLY} With this version of siege_sim the run gives other numbers than with the one that wrote the "
    "folder, so its units, places and the maps of the days between are not shown."
)


def page_part(name: str) -> str:
    """Return a file of the page: a script, the style, a template."""
    return files("siege_sim.viewer").joinpath("page", name).read_text("utf-8")


def page_script() -> str:
    """Return all scripts of the page as one."""
    return "\n".join(page_part(name) for name in SCRIPTS)


def language_script(*languages: str) -> str:
    """Return the script that gives the page the catalogues of some languages, and the glossary."""
    catalogues = {language: catalogue(language).json() for language in languages if language != ENGLISH}
    return f"Siege.glossary = {_script_json(page_glossary())};\nSiege.catalogues = {_script_json(catalogues)};"


def _script_json(data: object) -> str:
    """Return JSON that can stand in a script of a page: nothing in it ends the script."""
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/").replace("<!", "<\\u0021")


def write_replay(
    folders: Sequence[Path],
    target: Path,
    force: bool = False,
    stored_only: bool = False,
    on_progress: OnProgress | None = None,
    language: str = ENGLISH,
) -> list[str]:
    """Write a page with one run, or with two on one clock.

    Args:
        folders: one or two results folders that `run` has written.
        target: the page.
        force: replace a file that is there.
        stored_only: show what the folders have stored, and repeat no run.
        on_progress: called with the number of each day that was run again.
        language: of the page's texts.

    Returns:
        What the reader of the page should know: a note for each run that has no frame of its own for every day.

    Raises:
        ResultError: a folder that is not a run's, or a file that is there or cannot be written.
        LanguageError: there is no catalogue of the language.
    """
    known_language(language)
    check_new_file(target, force)
    runs = [frames_of_folder(folder, stored_only, on_progress) for folder in folders]
    text = replay_html(runs, _names(runs, folders), language=language)
    partial = target.with_name(f".{target.name}.part")
    try:
        partial.write_text(text, "utf-8", newline="\n")
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ResultError(f"{target}: cannot be written: {error.strerror}; choose another --out") from None
    return [run.head["note"] for run in runs if run.head["note"]]


def frames_of_folder(folder: Path, stored_only: bool = False, on_progress: OnProgress | None = None) -> RunFrames:
    """Return the frames of a run: of every day when it can be repeated, otherwise of what was stored."""
    from siege_sim.validation.record import record_of
    from siege_sim.viewer.stored_run import frames_of_stored_run

    result = read_run(folder)
    record = record_of(str(result.manifest["scenario"]["name"]))
    if stored_only:
        return frames_of_stored_run(result, record, STORED_ONLY)
    run = _repeated(result, (folder / "series.csv").read_text("utf-8-sig"), record, on_progress)
    return frames_of_stored_run(result, record, RUNS_DIFFER) if run is None else run


def _repeated(
    result: RunResult, series_csv: str, record: Record | None, on_progress: OnProgress | None
) -> RunFrames | None:
    """Repeat a run and return its frames, if it comes out as it did."""
    from siege_sim.loading.scenario import scenario_of
    from siege_sim.model.model import SiegeModel
    from siege_sim.runner.tables import result_of
    from siege_sim.viewer.recorder import FrameRecorder

    try:
        scenario = scenario_of(result.manifest["scenario"])
    except ScenarioError:
        return None
    model = SiegeModel(scenario, int(result.manifest["seed"]))
    recorder = FrameRecorder(model, record)
    while model.running and model.day < int(result.manifest["days_played"]):
        model.step()
        recorder.record_day()
        if on_progress is not None:
            on_progress(model.day)
    return recorder.run if result_of(model).series_csv() == series_csv else None


def replay_html(runs: Sequence[RunFrames], names: Sequence[str] = (), view: str = "", language: str = ENGLISH) -> str:
    """Return a page that shows one run, or two side by side on one clock.

    Args:
        runs: one or two.
        names: what tells them apart.
        view: what it shows first when its address does not say, such as ``#day=60&layer=hunger``.
        language: of the page's texts.

    Raises:
        ResultError: when the cities of two runs do not fit side by side.
    """
    heads = [run.head for run in runs]
    if len({(head["rows"], head["columns"], head["start"]) for head in heads}) > 1:
        which = " and ".join(names or [str(head["title"]) for head in heads])
        raise ResultError(f"{which} are not of the same city and start; give runs of one scenario")
    from siege_sim.reports.page import page

    own = catalogue(language)
    titles = list(dict.fromkeys(own.text(str(head["title"])) for head in heads))
    return page(
        "replay.html",
        title=own.text(" and ").join(titles),
        lines=_heading(heads, own),
        waiting=own.text("The run is being unpacked ..."),
        no_script=own.text("This page draws with JavaScript, which is switched off here."),
        language=own.language,
        direction=own.direction,
        version=__version__,
        style=page_part("viewer.css"),
        script=f"{page_script()}\n{language_script(language)}",
        run_data=_compressed(runs, names),
        view=view,
    )


def _names(runs: Sequence[RunFrames], folders: Sequence[Path]) -> list[str]:
    """Return what tells the runs apart: their titles, or their folders where the titles are the same."""
    titles = [str(run.head["title"]) for run in runs]
    return titles if len(set(titles)) == len(titles) else [folder.resolve().name for folder in folders]


def _heading(heads: Sequence[Json], own: Catalogue) -> list[str]:
    seeds = own.text(" and ").join(dict.fromkeys(str(head["seed"]) for head in heads))
    if len(heads) == 1:
        return [own.text("A simulated run, seed {seeds}: one of many possible. Press ? for the keys.", seeds=seeds)]
    return [
        own.text(
            "Two simulated runs on one clock, seed {seeds}: one of many possible. Press ? for the keys.", seeds=seeds
        )
    ]


def _compressed(runs: Sequence[RunFrames], names: Sequence[str]) -> str:
    data = [{**run.json(), "name": name} for run, name in zip(runs, [*names, "", ""], strict=False)]
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
