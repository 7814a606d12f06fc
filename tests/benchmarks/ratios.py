"""The ratios between measurements of one invocation, and the figures that the project has aims for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.benchmarks.measurement import Measurement

Measured = Mapping[str, Measurement]
"""Measurements by their key in the plan."""

Line = tuple[str, str, str]
"""What, measured, aimed at."""

HEAD: Line = ("ratio or figure", "measured", "aim")

PAIRS = (
    ("twin", "processes", "plain-Mesa twin / civilians' processes", "at least 100 x"),
    ("grid twin", "processes", "the twin on a Mesa grid / civilians' processes", ""),
    ("twin", "columns", "plain-Mesa twin / civilians' processes, books and outcomes", ""),
    ("processes", "bare", "civilians' processes / bare array loop", ""),
    ("twin", "bare", "plain-Mesa twin / bare array loop", ""),
)
"""Which renderings of the civilians' day are compared, by their time for a household and day."""


def ratio_rows(measured: Measured) -> list[Line]:
    """Return the head and a line for each ratio and figure of which all parts were measured."""
    return [HEAD, *_civilians(measured), *_resolutions(measured), *_figures(measured)]


def _civilians(measured: Measured) -> Iterator[Line]:
    for size in dict.fromkeys(key.split("@")[1] for key in measured if "@" in key):
        for above, below, label, aim in PAIRS:
            first, second = measured.get(f"{above}@{size}"), measured.get(f"{below}@{size}")
            if first and second:
                ratio = first.ns_per_row_day / second.ns_per_row_day
                yield f"{label}, {int(size):,} households", f"{ratio:.3g} x", aim
        alone = measured[f"processes@{size}"]
        yield f"civilians' processes, {alone.rows:,} households", f"{alone.ns_per_row_day:.0f} ns/row-day", "below 100"


def _resolutions(measured: Measured) -> Iterator[Line]:
    """Compare a day of Aleppo at different numbers of persons a row."""
    for above, below in (("persons", "aleppo"), ("aleppo", "coarse")):
        if {above, below} <= measured.keys():
            fine, coarse = measured[above], measured[below]
            times = (fine.best / fine.days) / (coarse.best / coarse.days)
            label = f"{fine.label} / {coarse.label}: a day's time ({fine.rows / coarse.rows:.3g} x the rows)"
            yield label.replace(" / Aleppo,", " /"), f"{times:.3g} x", ""


def _figures(measured: Measured) -> Iterator[Line]:
    if "aleppo" in measured:
        one = measured["aleppo"]
        yield f"{one.label}: day loop, {one.days:g} days", f"{one.best:.2f} s", "about 1 s"
    if "persons" in measured:
        one = measured["persons"]
        yield f"{one.label}: day loop, {one.days:g} days", f"{one.best:.2f} s", "a few seconds"
        yield f"{one.label}: peak memory", f"{one.peak_mb:.0f} MB", "below 500 MB"
    if "coarse" in measured:
        one = measured["coarse"]
        yield f"{one.label}: whole runs on one core", f"{one.runs_per_second:.2f} a second", "at least 5"
        growth = one.notes["peak_mb_after_all_runs"] - one.peak_mb
        yield f"{one.label}: memory that {one.notes['runs_after_first']:.0f} more runs add", f"{growth:.1f} MB", "0 MB"


def sweep_rows(found: Mapping[str, Mapping[str, float]]) -> list[Line]:
    """Return the head and a line for each figure of sweeps that was measured."""
    return [HEAD, *_rates(found), *_costs(found), *_driving(found)]


def _rates(found: Mapping[str, Mapping[str, float]]) -> Iterator[Line]:
    one, two = found.get("sweep by 1"), found.get("sweep by 2")
    for count, sweep in ((1, one), (2, two)):
        if sweep:
            what = f"sweep of Aleppo, 50 persons a row, {sweep['runs']:.0f} runs by {count}"
            yield what, f"{sweep['runs_per_second']:.2f} a second", "" if count == 1 else "10 or more"
    if one and two:
        yield "two workers / one", f"{two['runs_per_second'] / one['runs_per_second']:.2f} x", "near 2"
        yield "peak memory of that driver", f"{two['driver_mb']:.0f} MB", ""
        yield "peak memory of a worker", f"{two['worker_mb']:.0f} MB", ""
    for count, sweep in ((1, one), (2, two)):
        batch = found.get(f"batch by {count}")
        if batch and sweep:
            what = f"{sweep['runs']:.0f} runs by {count}, start-up and all"
            yield f"sweep: {what}", f"{sweep['wall_seconds']:.1f} s", ""
            yield f"mesa.batch_run of the twin, civilians alone: {what}", f"{batch['wall_seconds']:.1f} s", ""
            yield f"mesa.batch_run / sweep, by {count}", f"{batch['wall_seconds'] / sweep['wall_seconds']:.3g} x", ""


def _costs(found: Mapping[str, Mapping[str, float]]) -> Iterator[Line]:
    if "sweep by 1" in found:
        one = found["sweep by 1"]
        yield "of a run by one: playing it", f"{one['play_ms']:.0f} ms", ""
        yield "of a run by one: writing it to the store", f"{one['store_ms']:.2f} ms", ""
        yield "of a run by one: all else", f"{one['other_ms']:.1f} ms", ""
    for key, part in found.items():
        if key.startswith("store@"):
            what = f"writing a run to the store in a part of {part['runs_a_part']:.0f} ({part['kb_a_run']:.1f} kB)"
            yield what, f"{part['ms_a_run']:.2f} ms", "below 2 ms"


def _driving(found: Mapping[str, Mapping[str, float]]) -> Iterator[Line]:
    for key in found:
        if key.startswith("driver@"):
            sweep, what = found[key], f"driver of {found[key]['runs']:,.0f} runs in {found[key]['parts']:,.0f} parts"
            yield f"{what}: peak memory", f"{sweep['driver_mb']:.0f} MB", "flat"
            yield f"{what}: driver and store alone", f"{sweep['runs'] / sweep['wall_seconds']:,.0f} a second", ""
    if "resume" in found:
        again = found["resume"]
        what = f"store of {again['runs']:,.0f} finished runs"
        yield f"{what}: scan", f"{again['scan_seconds']:.2f} s", "a few seconds"
        yield f"{what}: resuming it, nothing left to play", f"{again['again_seconds']:.2f} s", ""
