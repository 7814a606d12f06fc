"""Results of a run: immutable in memory, a folder of plain files on disk. Knows nothing of the model."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from siege_sim.errors import ResultError
from siege_sim.results.changed import changed_title
from siege_sim.results.endings import HOLDING
from siege_sim.results.files import csv_bytes, csv_text, json_text, refuse_older
from siege_sim.results.layers import cells_of, quarter_shapes_of
from siege_sim.results.rounding import rounded, rounded_numbers
from siege_sim.results.run_folder import read_quarters, read_run_events, read_series, read_snapshots
from siege_sim.results.run_manifest import check_run_manifest, read_manifest
from siege_sim.results.why import EventsError, Explanation, explain
from siege_sim.schema.lineage import LINEAGE_KEY, Lineage, lineage_in_file, lineage_of_data
from siege_sim.schema.sides import Sides

if TYPE_CHECKING:
    import geopandas as gpd
    import xarray as xr

OnProgress = Callable[[int], None]
"""A callback: called with the number of each day that was run, or of runs that are done."""


@dataclass(frozen=True)
class RunResult:
    """Everything that a run leaves behind. Tables are handed out as copies, so a result never changes.

    Attributes:
        summary: how the run ended, the last value of every outcome, and a few numbers for the whole run.
        manifest: resolved scenario, seed, versions and wall time.
        snapshots: layers every few days: arrays ``(snapshots, rows, columns)`` by name, and their ``day``.
    """

    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]
    snapshots: Mapping[str, NDArray[Any]]
    _series: pd.DataFrame = field(repr=False)
    _quarters: pd.DataFrame = field(repr=False)
    _events: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        for array in self.snapshots.values():
            array.setflags(write=False)
        for name in ("summary", "manifest", "snapshots"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))

    @property
    def series(self) -> pd.DataFrame:
        """A row a day from day 0: ``date`` and ``day``, then the outcomes by name."""
        return self._series.copy()

    @property
    def quarters(self) -> pd.DataFrame:
        """A row a quarter: ground held, day of capture, civilians killed and gone."""
        return self._quarters.copy()

    @property
    def events(self) -> pd.DataFrame:
        """What happened: event (its number), day, date, kind, where, what, cause, amount, because, facility.

        ``because`` is the number of the earlier event that brought it about, missing where none did.
        """
        return self._events.copy()

    @property
    def cells(self) -> xr.Dataset:
        """The kept layers as an xarray dataset by time, y and x, with units and reference system (CF conventions).

        Raises:
            ResultError: the extra `geo` is not installed.
        """
        return cells_of(self)

    @property
    def quarter_shapes(self) -> gpd.GeoDataFrame:
        """The table ``quarters`` with the ground of each quarter as polygons, in the map's reference system.

        Raises:
            ResultError: the extra `geo` is not installed.
        """
        return quarter_shapes_of(self)

    def why(self, quarter: str | None = None, stock: str | None = None) -> list[str]:
        """Return in sentences what led to a quarter's fall, to a stock's end, or else to the end of the siege.

        Raises:
            ResultError: when the quarter or stock is not known.
        """
        return explain(self, quarter, stock).sentences

    @cached_property
    def sides(self) -> Sides:
        """Who held ground, and what pages call them."""
        return Sides.model_validate(json.loads(json.dumps(self.manifest["scenario"].get("sides", {}))))

    def deaths(self, *, violent_only: bool = False) -> list[str]:
        """Return the outcomes that count deaths of civilians by one cause each, in their order."""
        kinds = {"violent"} if violent_only else {"violent", "other"}
        return [name for name, about in self.manifest["outcomes"].items() if about.get("death") in kinds]

    def other_deaths(self) -> list[str]:
        """Return the outcomes that count deaths of civilians by a cause that is not violence, in their order."""
        violent = self.deaths(violent_only=True)
        return [name for name in self.deaths() if name not in violent]

    def departures(self) -> list[str]:
        """Return the outcomes that count people who left the pocket in one way each, in their order."""
        return [name for name, about in self.manifest["outcomes"].items() if about.get("departure")]

    def label(self, outcome: str) -> str:
        """Return what tables call an outcome."""
        return str(self.manifest["outcomes"][outcome]["label"])

    @property
    def stopped(self) -> bool:
        """Whether the run was stopped before the scenario's last day, with the siege going on."""
        last = int(self.manifest["scenario"]["days"])
        return self.summary["ending"] == HOLDING and int(self.summary["end_day"]) < last

    @property
    def title(self) -> str:
        """The scenario's title, and what was changed in it where its name does not say so."""
        scenario = self.manifest["scenario"]
        return changed_title(str(scenario["title"]), str(scenario["name"]), self.lineage)

    @cached_property
    def lineage(self) -> tuple[Lineage, ...]:
        """The steps in which its scenario came about."""
        return lineage_of_data(self.manifest.get("lineage"))

    def series_csv(self) -> str:
        """Return the series as the text of ``series.csv``, without its mark: the same run gives the same text."""
        return csv_text(self._series)

    def write(self, folder: Path) -> None:
        """Write manifest, resolved scenario, tables and snapshots into an existing folder."""
        manifest = {**self.manifest, "summary": rounded_numbers(self.summary)}
        (folder / "manifest.json").write_text(json_text(manifest), "utf-8", newline="\n")
        scenario = scenario_text(self.manifest["scenario"], self.lineage, str(self.manifest["scenario_digest"]))
        (folder / "scenario.yaml").write_text(scenario, "utf-8", newline="\n")
        for name, table in (("series", self._series), ("quarters", self._quarters), ("events", self._events)):
            (folder / f"{name}.csv").write_bytes(csv_bytes(table))
        with (folder / "snapshots.npz").open("wb") as file:
            layers: dict[str, Any] = {name: rounded(layer) for name, layer in self.snapshots.items()}
            np.savez_compressed(file, **layers)  # before NumPy 2.1 anything else would be a layer too


def scenario_text(scenario: Mapping[str, Any], steps: Sequence[Lineage], digest: str) -> str:
    """Return a scenario as the text of a file that runs again, and says what it was changed from."""
    data = json.loads(json_text(scenario))
    if steps:
        data[LINEAGE_KEY] = lineage_in_file(steps, digest)
    return str(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


@dataclass(frozen=True)
class CompactRun:
    """What is left of a run when many are compared: small, and able to travel between processes.

    Attributes:
        seed: the run's seed.
        ending: how the run ended; ``holding`` when it was stopped before the siege ended.
        series: a row a day, as in ``RunResult``.
        quarters: a row a quarter, as in ``RunResult``.
        provenance: program, versions and the scenario's digest, equal for all runs of one scenario.
        summary: as in ``RunResult``.
        day_lost: for each cell (flat) the day since which it has been lost to the end; 0 where it was not held on day 0
            and did not change, -1 where it was held on the last day. Empty where nobody watched.
        events: kind, day and place (``where``) of each event; None where they were not kept.
    """

    seed: int
    ending: str
    series: pd.DataFrame = field(repr=False)
    quarters: pd.DataFrame = field(repr=False)
    provenance: dict[str, Any] = field(repr=False)
    summary: dict[str, Any] = field(default_factory=dict, repr=False)
    day_lost: NDArray[np.int16] = field(default_factory=lambda: np.empty(0, dtype=np.int16), repr=False)
    events: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(cls, result: RunResult, day_lost: NDArray[np.int16] | None = None) -> CompactRun:
        """Keep what is needed of a result, and since when each cell has been lost, where somebody watched."""
        kept = ("program", "version", "git_commit", "scenario_digest", "python", "packages")
        provenance = {name: copy.deepcopy(result.manifest[name]) for name in kept}
        summary = dict(result.summary)
        lost = {} if day_lost is None else {"day_lost": day_lost}
        return cls(
            int(result.manifest["seed"]), str(summary["ending"]), result.series, result.quarters, provenance, summary,
            events=result.events[["kind", "day", "where"]], **lost,
        )  # fmt: skip


class FrozenDict(dict[str, Any]):
    """A dictionary that cannot be changed; copying it deeply gives an ordinary one."""

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("results cannot be changed; copy.deepcopy gives a dictionary that can")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        return {key: copy.deepcopy(value, memo) for key, value in self.items()}

    def __reduce__(self) -> tuple[type[FrozenDict], tuple[dict[str, Any]]]:
        """Travel between processes as it is."""
        return type(self), (dict(self),)


def _frozen(value: Any) -> Any:
    """Return nested mappings and lists as ones that cannot be changed."""
    if isinstance(value, Mapping):
        return FrozenDict({key: _frozen(item) for key, item in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def read_run(folder: Path) -> RunResult:
    """Read a run back from its folder.

    Raises:
        ResultError: when the folder is not a run's, was written by an older version, or a file is missing or damaged.
    """
    try:
        manifest = read_manifest(folder / "manifest.json")
        summary = manifest.pop("summary")
        refuse_older(manifest, summary, folder)
        check_run_manifest(folder / "manifest.json", manifest, summary)
        last = int(summary["end_day"])
        return RunResult(
            summary,
            manifest,
            read_snapshots(folder / "snapshots.npz", manifest, last),
            read_series(folder / "series.csv", manifest, last),
            read_quarters(folder / "quarters.csv", manifest),
            read_run_events(folder / "events.csv", last),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultError(f"{folder}: not a complete run: {error}; give a folder that `siege-sim run` wrote") from None


def run_made_before(folder: Path, made: Mapping[str, Any], days: int) -> RunResult | None:
    """Return the run in a folder if it is the very run that is wanted, to the byte; else None.

    Args:
        folder: where it may be.
        made: what decides on a run's numbers: ``scenario_digest``, ``seed`` and ``model_version``.
        days: after how many days it is to stop, if its siege has not ended before.
    """
    try:
        there = read_run(folder)
    except ResultError:
        return None
    played, over = int(there.summary["end_day"]), there.summary["ending"] != HOLDING
    same = all(there.manifest.get(name) == value for name, value in made.items())
    return there if same and (played == days or (over and played < days)) else None


def explain_folder(folder: Path, quarter: str | None = None, stock: str | None = None) -> Explanation:
    """Explain a run that was written to a folder; see `explain`.

    Raises:
        ResultError: when the folder is no run's, was written by an older version, or knows no such quarter or stock.
    """
    result = read_run(folder)
    try:
        return explain(result, quarter, stock)
    except EventsError as error:
        raise ResultError(f"{folder / 'events.csv'}: {error}") from None
