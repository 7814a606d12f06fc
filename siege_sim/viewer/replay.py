"""`siege-sim replay`: a run, or two side by side, as one page that needs no network, to hand out.

A run can be played again from its results folder, to the byte. So it is, and filmed in full; the film is taken only
when its daily series is that of the folder. Otherwise (another version of the program, a plug-in that is not here) the
page shows what the folder has kept: charts and events of every day, and maps of some.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim._version import __version__
from siege_sim.errors import ResultError, ScenarioError
from siege_sim.results.run import read_run

if TYPE_CHECKING:
    from siege_sim.results.run import RunResult
    from siege_sim.validation.record import Record
    from siege_sim.viewer.frames import Film, Json

SCRIPTS = ("frames.js", "look.js", "map.js", "charts.js", "labels.js", "stage.js")
"""The page's scripts, in the order in which they build on each other."""

AS_KEPT = "Maps of the days that the results folder has kept; between them the last one stands."
PLAYS_OTHERWISE = (
    f"{AS_KEPT} This version of siege_sim plays the run otherwise than the one that wrote the folder, "
    "so its units, places and the days between are not shown."
)

Progress = Callable[[int], None]


def page_part(name: str) -> str:
    """Return a file of the page: a script, the style, a template."""
    return files("siege_sim.viewer").joinpath("page", name).read_text("utf-8")


def page_script() -> str:
    """Return all scripts of the page as one."""
    return "\n".join(page_part(name) for name in SCRIPTS)


def write_replay(
    folders: Sequence[Path], target: Path, force: bool = False, as_kept: bool = False, progress: Progress | None = None
) -> list[str]:
    """Write a page with one run, or with two on one clock.

    Args:
        folders: one or two results folders that `run` has written.
        target: the page.
        force: replace a file that is there.
        as_kept: take what the folders have kept, and play nothing again.
        progress: called with the number of each day that was played again.

    Returns:
        What the reader of the page should know: a note for each run that could not be filmed in full.

    Raises:
        ResultError: a folder that is not a run's, or a file that is there or cannot be written.
    """
    if target.exists() and not force:
        raise ResultError(f"{target}: is there already; choose another --out, or replace it with --force")
    films = [film_of_folder(folder, as_kept, progress) for folder in folders]
    text = replay_html(films, _names(films, folders))
    partial = target.with_name(f".{target.name}.part")
    try:
        partial.write_text(text, "utf-8", newline="\n")
        partial.replace(target)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ResultError(f"{target}: cannot be written: {error.strerror}; choose another --out") from None
    return [film.head["note"] for film in films if film.head["note"]]


def film_of_folder(folder: Path, as_kept: bool = False, progress: Progress | None = None) -> Film:
    """Return the film of a run: in full when it can be played again, otherwise of what was kept."""
    from siege_sim.viewer.stored_run import film_of_kept

    result = read_run(folder)
    record = record_of(str(result.manifest["scenario"]["name"]))
    if as_kept:
        return film_of_kept(result, record, AS_KEPT)
    film = _played_again(result, (folder / "series.csv").read_text("utf-8"), record, progress)
    return film_of_kept(result, record, PLAYS_OTHERWISE) if film is None else film


def record_of(name: str) -> Record | None:
    """Return the shipped record that goes by a scenario's name, if there is one."""
    from siege_sim.validation.record import load_record, shipped_records

    return load_record(name) if name in shipped_records() else None


def _played_again(result: RunResult, series_csv: str, record: Record | None, progress: Progress | None) -> Film | None:
    """Return the film of a run that is played again, if it comes out as it did."""
    from siege_sim.loading.scenario import scenario_of
    from siege_sim.model.model import SiegeModel
    from siege_sim.runner.tables import result_of
    from siege_sim.viewer.recorder import Camera

    try:
        scenario = scenario_of(result.manifest["scenario"])
    except ScenarioError:
        return None
    model = SiegeModel(scenario, int(result.manifest["seed"]))
    camera = Camera(model, record)
    while model.running and model.day < int(result.manifest["days_played"]):
        model.step()
        camera.shoot()
        if progress is not None:
            progress(model.day)
    return camera.film if result_of(model).series_csv() == series_csv else None


def replay_html(films: Sequence[Film], names: Sequence[str] = (), place: str = "") -> str:
    """Return a page that plays one film, or two side by side on one clock.

    Args:
        films: one or two.
        names: what tells them apart.
        place: where it opens when its address does not say, such as ``#day=60&layer=hunger``.

    Raises:
        ResultError: when the cities of two films do not fit side by side.
    """
    heads = [film.head for film in films]
    if len({(head["rows"], head["columns"], head["start"]) for head in heads}) > 1:
        which = " and ".join(names or [str(head["title"]) for head in heads])
        raise ResultError(f"{which} are not of the same city and start; give runs of one scenario")
    from siege_sim.reports.page import page

    titles = list(dict.fromkeys(str(head["title"]) for head in heads))
    return page(
        "replay.html",
        title=" and ".join(titles),
        lines=_heading(heads),
        waiting="The run is being unpacked ...",
        version=__version__,
        style=page_part("stage.css"),
        script=page_script(),
        film=_compressed(films, names),
        place=place,
    )


def _names(films: Sequence[Film], folders: Sequence[Path]) -> list[str]:
    """Return what tells the runs apart: their titles, or their folders where the titles are the same."""
    titles = [str(film.head["title"]) for film in films]
    return titles if len(set(titles)) == len(titles) else [folder.resolve().name for folder in folders]


def _heading(heads: Sequence[Json]) -> list[str]:
    seeds = " and ".join(dict.fromkeys(str(head["seed"]) for head in heads))
    which = "A simulated run" if len(heads) == 1 else "Two simulated runs on one clock"
    return [f"{which}, seed {seeds}: one of many possible courses. Press ? for the keys."]


def _compressed(films: Sequence[Film], names: Sequence[str]) -> str:
    data = [{**film.json(), "name": name} for film, name in zip(films, [*names, "", ""], strict=False)]
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
