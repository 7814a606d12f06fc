"""``python -m tests.benchmarks``: measure, each case in a fresh process and one after the other, and print tables."""
# ruff: noqa: T201

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.benchmarks import growth, machine, table
from tests.benchmarks.child import in_fresh_process, measure_in_fresh_process
from tests.benchmarks.measurement import Measurement
from tests.benchmarks.plan import PROFILES, QUICK, QUICK_SWEEPS, Case, Plan, SweepPlan
from tests.benchmarks.ratios import ratio_rows, sweep_rows

Render = Callable[[Sequence[Sequence[str]]], str]

REMARKS = """\
Every case ran in a process of its own, one after the other, after a warm-up. Day loop: the fastest repeat of a run;
spread: how much slower the slowest was. A row is a household (or a person, or 50 persons); rows of people who are
gone count in row-days, as columns go over them too, and person-days count the people of day 0. Memory is the peak
after the first run; +MB is what came after imports. The civilians' day starts in all renderings from the same state,
weeks into a siege, with nobody fighting; its rates are for a household and day, however many days are played."""


SWEEP_REMARKS = """\
Rates count from the first bundle on, as a sweep's own progress does, so starting the workers is left out of them.
Every run of Aleppo is the whole siege and keeps a day a week and the quarters; the twin plays the civilians' day alone,
with as many households, and keeps one number a day. "All else" is making the scenario of a point and freeing the model.
The sweeps of the driver alone are real but for the playing: two workers write runs that were made up. Files were in
the system's memory when they were read."""


def main() -> None:
    """Read the command line, measure, print."""
    options = _options()
    if options.page:
        with options.page.open("w", encoding="utf-8") as page, contextlib.redirect_stdout(page):
            _print_page(options)
    else:
        _print_one(options, table.markdown if options.markdown else table.text)


def _print_page(options: argparse.Namespace) -> None:
    """Print all that compares: ratios, growth, starting, sweeps."""
    print("# What was measured")
    for title, chosen in (
        ("Ratios and memory", {}),
        ("Growth with people, cells and units", {"growth": True}),
        ("Starting", {"starts": True}),
        ("Sweeps", {"sweeps": True}),
    ):
        print(f"\n## {title}\n", flush=True)
        _print_one(argparse.Namespace(**{**vars(options), **chosen}), table.markdown)


def _print_one(options: argparse.Namespace, render: Render) -> None:
    """Print what the options ask for, and on which machine it was measured."""
    began = time.perf_counter()
    load_before = machine.load()
    if options.growth:
        print(render(growth.growth_rows(_grown(options))))
    elif options.starts:
        print(render(growth.start_rows(2 if options.quick else 7)))
    elif options.sessions:
        from tests.benchmarks import sessions

        print(render(sessions.rows(options.sessions, 10 if options.quick else 40)))
    elif options.frames:
        from tests.benchmarks import frames

        print(render(frames.rows()))
    elif options.profile:
        print(_profiles(1 if options.quick else 3, render))
    elif options.sweeps:
        sweeps = QUICK_SWEEPS if options.quick else SweepPlan()
        print(render(sweep_rows(_found(dataclasses.replace(sweeps, runs=options.runs or sweeps.runs)))))
        print("\n" + SWEEP_REMARKS)
    else:
        plan = QUICK if options.quick else Plan()
        if options.households or options.days:
            plan = dataclasses.replace(
                plan, sizes=tuple(options.households or plan.sizes), days=options.days or plan.days
            )
        measured = _measure(plan)
        print(render(table.measurement_rows(list(measured.values()))))
        print("\n" + render(ratio_rows(measured)))
        print("\n" + REMARKS)
    print("\n" + "; ".join(f"{name} {value}" for name, value in machine.facts().items()))
    seconds = time.perf_counter() - began
    print(f"{seconds:.0f} seconds in all; load of the machine {load_before} before, {machine.load()} after")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter cases: about half a minute")
    parser.add_argument("--profile", action="store_true", help="instead: milliseconds a day of each process")
    parser.add_argument("--sweeps", action="store_true", help="instead: sweeps, their driver, their store")
    parser.add_argument("--runs", type=int, help="runs of each sweep that is played")
    parser.add_argument(
        "--sessions", type=int, nargs="?", const=30, metavar="N", help="instead: so many readers of a dashboard at once"
    )
    parser.add_argument("--frames", action="store_true", help="instead: how long a page takes to draw a day")
    parser.add_argument("--growth", action="store_true", help="instead: time and memory by people, cells and units")
    parser.add_argument(
        "--people-up-to", type=int, default=growth.MOST_PEOPLE, metavar="N", help="leave larger towns out of --growth"
    )
    parser.add_argument("--starts", action="store_true", help="instead: processor time of commands that play nothing")
    parser.add_argument("--page", type=Path, metavar="FILE.md", help="write all that compares into a page")
    parser.add_argument("--markdown", action="store_true", help="tables in Markdown")
    parser.add_argument("--households", type=int, nargs="+", help="sizes for the civilians' day")
    parser.add_argument("--days", type=int, help="days of the civilians' day")
    return parser.parse_args()


def _grown(options: argparse.Namespace) -> list[tuple[str, dict[str, float]]]:
    """Play towns of all sizes and return what each took."""
    plan = growth.QUICK_GROWTH if options.quick else growth.GrowthPlan()
    plan = dataclasses.replace(plan, people=tuple(number for number in plan.people if number <= options.people_up_to))
    found = []
    for kind, arguments in plan.cases():
        print(f"growth with {kind}: {', '.join(arguments['settings'])}", file=sys.stderr)
        found.append((kind, in_fresh_process("town", **arguments)))
    return found


def _measure(plan: Plan) -> dict[str, Measurement]:
    """Run all cases of a plan; those of one key are repeats of one thing."""
    with tempfile.TemporaryDirectory(prefix="siege_bench_") as name:
        measured: dict[str, Measurement] = {}
        for key, case, arguments in _announced(plan, Path(name)):
            found = measure_in_fresh_process(case, **arguments)
            measured[key] = measured[key].joined(found) if key in measured else found
        return measured


def _found(plan: SweepPlan) -> dict[str, dict[str, float]]:
    """Run all cases of sweeps and return their numbers by key."""
    with tempfile.TemporaryDirectory(prefix="siege_bench_") as name:
        return {key: in_fresh_process(case, **arguments) for key, case, arguments in _announced(plan, Path(name))}


def _announced(plan: Plan | SweepPlan, folder: Path) -> Iterator[Case]:
    """Write the starts, then yield the cases and say on standard error which one it is."""
    for arguments in plan.starts(folder):
        in_fresh_process("start", **arguments)
    cases = list(plan.cases(folder))
    for number, case in enumerate(cases, start=1):
        print(f"{number} of {len(cases)}: {case[2]['label']}", file=sys.stderr)
        yield case


def _profiles(repeats: int, render: Render) -> str:
    """Return a table of the processes for each run that is taken apart."""
    parts = []
    for label, settings in PROFILES:
        lines = in_fresh_process("by_process", label=label, settings=settings, repeats=repeats)["lines"]
        rows = [(label, "ms/day", "ns/row-day"), *((name, f"{ms:.3f}", f"{ns:.1f}") for name, ms, ns in lines)]
        parts.append(render(rows))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
