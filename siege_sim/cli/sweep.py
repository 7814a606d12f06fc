"""The sweep command: what it will take, running it, and the summary in the end."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from siege_sim.cli.progress import duration, sweep_progress
from siege_sim.errors import SiegeError
from siege_sim.experiments.plan import Plan
from siege_sim.results.store import Store
from siege_sim.runner.pool import as_completed
from siege_sim.runner.sweep import Driver, Engine, SweepProgress, default_target, refuse_changes, seconds_a_run


@dataclass(frozen=True)
class SweepOptions:
    """What the user asked for besides the experiment: see the options of ``siege-sim sweep``."""

    workers: int
    scheduler: str | None = None
    out: str | None = None
    limit: int | None = None
    only_failed: bool = False
    check: bool = False
    per_worker: bool = False
    quiet: bool = False

    def target(self, plan: Plan) -> str:
        """Return the folder or URL of the results.

        Raises:
            SiegeError: a store that does not outlive the program.
        """
        if self.out is not None and self.out.startswith("memory://"):
            raise SiegeError(
                f"--out {self.out}: is temporary and lost when the program ends; name a folder or an object store"
            )
        return self.out or str(default_target(plan))


def forecast(plan: Plan, options: SweepOptions) -> str:
    """Return what a sweep will run, and how long that takes on this machine, by doing one run."""
    experiment, runs = plan.experiment, min(options.limit or plan.runs, plan.runs)
    lines = [f"{experiment.name}: {experiment.title}", *plan.changed, ""]
    for factor in plan.factors:
        span = f"{factor.low:g} to {factor.high:g}" if factor.low is not None and factor.high is not None else ""
        values = span or ", ".join(map(str, factor.values or ()))
        lines.append(f"  {factor.role:<12} {factor.name}: {values} {factor.unit}".rstrip())
    lines += [
        "",
        f"design {experiment.design.kind}: {len(plan.points):,} points x {experiment.replications} replications "
        f"= {plan.runs:,} runs" + (f", of which the first {runs:,} are to be run" if runs < plan.runs else ""),
    ]
    target = options.target(plan)
    store = Store.at(target)
    manifest = store.manifest()
    if manifest is not None:
        refuse_changes(manifest, plan, target)
        scan = store.scan(len(plan.points), plan.runs)
        tried = int((scan.done | scan.failed)[:runs].sum())
        lines.append(f"{target} holds {tried:,} of them already")
        runs -= tried
    one = seconds_a_run(plan)
    took = duration(one * runs / options.workers)
    lines.append(f"one run took {one:.2g} s here: about {took} if {options.workers} workers have a processor each")
    return "\n".join(lines)


def run_plan(plan: Plan, options: SweepOptions) -> None:
    """Run an experiment into its folder, and print how it went and what to do next.

    Raises:
        SiegeError: runs have failed, now or before; all others are kept.
    """
    store = Store.at(options.target(plan))
    with sweep_progress(plan.experiment.name, options.quiet, options.per_worker) as on_progress:
        driver = Driver(
            plan, store, options.workers, options.limit, options.only_failed, options.check, on_progress=on_progress,
            on_message=_print_message, engine=_engine(options),
        )  # fmt: skip
        progress = driver.sweep()
    if not options.quiet:
        print(_closing_text(plan, progress, store.where))
    if progress.failed or progress.failed_before:
        raise SiegeError(_failed_text(progress, store.where))


def _engine(options: SweepOptions) -> Engine:
    if options.scheduler is None:
        return as_completed
    from siege_sim.runner.cluster import as_completed_on

    return as_completed_on(options.scheduler, lambda sentence: None if options.quiet else _print_message(sentence))


def _print_message(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _failed_text(progress: SweepProgress, where: str) -> str:
    failed = progress.failed + progress.failed_before
    example = f", the last with {progress.example.splitlines()[0]}" if progress.example else ""
    return f"{failed:,} runs failed{example}; see `siege-sim status {where}`"


def _closing_text(plan: Plan, progress: SweepProgress, where: str) -> str:
    now = progress.done + progress.failed
    rate = f" at {progress.runs_a_second:.2g} a second" if progress.counted else ""
    done = f"{now:,} runs done now{rate}" if now else "nothing was left to run"
    rest = plan.runs - progress.planned
    lines = [f"{where}: {progress.planned:,} runs are there; {done}"]
    lines += [f"{rest:,} more are in the design; leave --limit out to run them"] if rest > 0 else []
    return "\n".join([*lines, f"next: siege-sim status {where} | report {where} | export {where} --out PATH"])
