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
