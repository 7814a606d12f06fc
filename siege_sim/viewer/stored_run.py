"""Frames of a stored run: charts and events of every day, maps of the days with a snapshot."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import HOLDING
from siege_sim.viewer.charts import charts_of
from siege_sim.viewer.compared_rows import compared_rows
from siege_sim.viewer.frames import SHADES, Json, RunFrames, head_of, packed, packed_shares, plain_numbers

if TYPE_CHECKING:
    from siege_sim.results.run import RunResult
    from siege_sim.validation.record import Record

STORED_SHADES = tuple(shade for shade in SHADES if shade.name != "hunger")
"""Layers that snapshots have."""


def frames_of_stored_run(result: RunResult, record: Record | None, note: str) -> RunFrames:
    """Return the frames of a run from its results alone.

    Args:
        result: the run.
        record: what is known of the real siege, if anything.
        note: why there is no more than that.
    """
    run = RunFrames(_head(result, record, note))
    days = {int(day): number for number, day in enumerate(result.snapshots["day"])}
    series, events = result.series, _events_by_day(result)
    names = [outcome["name"] for outcome in run.head["outcomes"]]
    last = len(series) - 1
    before: int | None = None
    for day in range(last + 1):
        frame: Json = {
            "day": day,
            "ending": result.summary["ending"] if day == last else HOLDING,
            "values": plain_numbers(series.loc[day, names].to_numpy(dtype=float)),
            "events": events.get(day, []),
        }
        if day in days:
            frame |= _ground(result, days[day], before)
            before = days[day]
        run.frames.append(frame)
    return run


def _head(result: RunResult, record: Record | None, note: str) -> Json:
    manifest, quarters = result.manifest, result.quarters
    city, days = manifest["city"], Calendar.of(result)
    about = quarters.set_index("quarter").to_dict("index")
    outcomes = [{"name": name, **entry} for name, entry in manifest["outcomes"].items()]
    return head_of(
        title=result.title,
        scenario=manifest["scenario"]["name"],
        seed=int(manifest["seed"]),
        start=days.date_of(0).isoformat(),
        days=int(manifest["scenario"]["days"]),
        cell_size_m=float(city["cell_size_m"]),
        quarter=result.snapshots["quarter"][0],
        quarters=[
            {
                "name": name,
                "sector": str(about.get(name, {}).get("sector", "")),
                "holder": str(about.get(name, {}).get("holder_on_day_0", "")),
                "ground": kind,
            }
            for name, kind in zip_longest(city["quarters"], city.get("ground", ()), fillvalue="")
        ],
        facilities=(),
        places={},
        outcomes=outcomes,
        sides=result.sides,
        shades=STORED_SHADES,
        charts=charts_of(outcomes, result.sides, record, days.date_of(0)),
        compared=compared_rows(outcomes),
        note=note,
    )


def _ground(result: RunResult, number: int, before: int | None) -> Json:
    layers = {name: array[number].ravel() for name, array in result.snapshots.items() if name != "day"}
    earlier = 0 if before is None else result.snapshots["impacts_so_far"][before].ravel()
    return {
        "holder": packed(layers["holder"]),
        "civilians": packed(layers["civilians"], "u2"),
        "danger": packed_shares(layers["danger"]),
        "rubble": packed_shares(layers["rubble"]),
        "entrenchment": packed_shares(layers["entrenchment"]),
        "defenders": packed(layers["defenders"], "u2"),
        "impacts": packed(np.maximum(layers["impacts_so_far"] - earlier, 0)),
    }


def _events_by_day(result: RunResult) -> dict[int, list[Json]]:
    days: dict[int, list[Json]] = {}
    for number, row in enumerate(result.events.to_dict("records")):
        because = row.get("because")
        days.setdefault(int(row["day"]), []).append(
            {
                "number": int(row.get("event", number)),
                "kind": row["kind"],
                "where": row["where"],
                "what": row["what"],
                "cause": row["cause"],
                "because": None if because is None or because != because or str(because) == "<NA>" else int(because),
            }
        )
    return days
