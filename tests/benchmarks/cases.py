"""The cases: what is built and played in a fresh process, and what is noted about it.

Every function runs in a process of its own and imports there what it measures, so that imports can be timed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks import growth, sweeping
from tests.benchmarks.measure import Repeats, Stopwatch, import_seconds, peak_mb, repeat
from tests.benchmarks.measurement import Measurement

if TYPE_CHECKING:
    from siege_sim import SiegeModel
    from tests.benchmarks.bare import BareTown
    from tests.benchmarks.twin import TwinTown


def aleppo(label: str, settings: list[str], repeats: int, days: int | None = None) -> Measurement:
    """Play Aleppo with seed 1, outcomes recorded every day: to its end, or only so many days."""
    imports, base = import_seconds("siege_sim.runner.run"), peak_mb()
    from siege_sim import SiegeModel, load_scenario

    scenario = load_scenario("aleppo_2016", settings)
    seen: dict[str, int] = {}

    def play_and_note(model: SiegeModel) -> None:
        seen.update(days=play(model, days), rows=len(model.households))

    done = repeat(lambda: SiegeModel(scenario, 1), play_and_note, times=repeats)
    return measured(label, (seen["rows"], scenario.population.besieged), seen["days"], done, imports, base)


def sweep(label: str, settings: list[str], repeats: int, seeds: int) -> Measurement:
    """Play Aleppo with several seeds one after the other in one process, from day 0 to the result, as a sweep does."""
    imports, base = import_seconds("siege_sim.runner.run"), peak_mb()
    from siege_sim import SiegeModel, load_scenario, run
    from siege_sim.runner.tables import result_of

    scenario = load_scenario("aleppo_2016", settings)
    run(scenario, 0)
    done, whole, days, rows = Repeats(peak_mb=peak_mb()), [], 0, 0
    for _ in range(repeats):
        build, loop, result = Stopwatch(SiegeModel), Stopwatch(play), Stopwatch(result_of)
        days = 0
        for seed in range(1, seeds + 1):
            model = build(scenario, seed)
            days += loop(model)
            result(model)
            rows = len(model.households)
            del model
            gc.collect()
        done.builds.append(build.seconds / seeds)
        done.loops.append(loop.seconds)
        whole.append(build.seconds + loop.seconds + result.seconds)
    measurement = measured(label, (rows, scenario.population.besieged), days / seeds, done, imports, base, runs=seeds)
    measurement.whole_seconds = whole
    measurement.notes = {"runs_after_first": seeds * repeats, "peak_mb_after_all_runs": peak_mb()}
    return measurement


def columns(label: str, households: int, days: int, seconds: float, processes_alone: bool) -> Measurement:
    """Play the civilians' day on the project's columns: the whole model, or counting its processes alone."""
    imports, base = import_seconds("siege_sim.runner.run"), peak_mb()
    from tests.benchmarks.by_process import OUTCOMES, watch
    from tests.benchmarks.civilians import civilian_model, civilian_scenario

    scenario = civilian_scenario("aleppo_2016", households, days)

    def play_and_count(model: SiegeModel) -> float | None:
        spent = watch(model) if processes_alone else {}
        play(model)
        return sum(seconds for name, seconds in spent.items() if name != OUTCOMES) or None

    done = repeat(lambda: civilian_model(scenario), play_and_count, seconds=seconds)
    return measured(label, (households, scenario.population.besieged), days, done, imports, base)


def twin(label: str, start_file: str, days: int, on_grid: bool) -> Measurement:
    """Play the civilians' day with a Mesa agent a household."""
    imports = import_seconds("tests.benchmarks.twin")
    from tests.benchmarks.start import read_start
    from tests.benchmarks.twin import Household, HouseholdOnGrid, TwinTown

    start, kind = read_start(Path(start_file)), HouseholdOnGrid if on_grid else Household
    base = peak_mb()

    def play_twin(town: TwinTown) -> None:
        for _ in range(days):
            town.step()

    done = repeat(lambda: TwinTown(start, kind=kind), play_twin, warm_up=lambda town: town.step())
    return measured(label, (start.households, int(start.people.persons.sum())), days, done, imports, base)


def bare(label: str, start_file: str, days: int, seconds: float) -> Measurement:
    """Play the civilians' day as a bare loop over arrays."""
    imports = import_seconds("tests.benchmarks.bare")
    from numpy.random import SFC64, Generator

    from tests.benchmarks.bare import BareTown
    from tests.benchmarks.start import read_start

    start, chance = read_start(Path(start_file)), Generator(SFC64(1))
    base = peak_mb()

    def play_bare(town: BareTown) -> None:
        for _ in range(days):
            town.day(lambda process: chance)

    done = repeat(lambda: BareTown(start), play_bare, seconds=seconds)
    return measured(label, (start.households, int(start.people.persons.sum())), days, done, imports, base)


def start(file: str, households: int, days: int) -> None:
    """Write the start of the twin and the bare loop: the state of the project's own model."""
    from tests.benchmarks.civilians import civilian_model, civilian_scenario, start_of

    start_of(civilian_model(civilian_scenario("aleppo_2016", households, days))).write(Path(file))


def by_process(label: str, settings: list[str], repeats: int) -> dict[str, Any]:
    """Return the time of each process in a run of Aleppo."""
    from siege_sim import SiegeModel, load_scenario
    from tests.benchmarks.by_process import profile

    scenario = load_scenario("aleppo_2016", settings)
    return {"label": label, "lines": profile(lambda: SiegeModel(scenario, 1), repeats)}


CASES: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        aleppo, sweep, columns, twin, bare, start, by_process,
        sweeping.aleppo_sweep, sweeping.store, sweeping.driver, sweeping.resume, sweeping.batch,
        growth.town,
    )
}  # fmt: skip
"""Every case by name."""


def play(model: SiegeModel, days: int | None = None) -> int:
    """Play a model to its end, or for so many days; return how many were played."""
    for _ in islice(model.days(), days):
        pass
    return model.day


def measured(
    label: str, size: tuple[int, int], days: float, done: Repeats, imports: float, base: float, runs: int = 1
) -> Measurement:
    """Put a measurement together; ``size`` is rows and persons."""
    return Measurement(label, *size, days, runs, done.loops, min(done.builds), imports, base, done.peak_mb)
