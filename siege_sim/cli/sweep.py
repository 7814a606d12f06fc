"""The sweep command: what it will take, playing it, and what it says in the end."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from siege_sim.cli.progress import duration, sweep_progress
from siege_sim.errors import SiegeError
from siege_sim.experiments.plan import Plan
from siege_sim.results.store import Store
from siege_sim.runner.pool import finished
from siege_sim.runner.sweep import Driver, Engine, Tally, default_target, refuse_changes, seconds_a_run


@dataclass(frozen=True)
class Wishes:
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
            raise SiegeError(f"--out {self.out}: would be gone when the program ends; name a folder or an object store")
        return self.out or str(default_target(plan))


def forecast(plan: Plan, wishes: Wishes) -> str:
    """Return what a sweep will play, and how long that takes on this machine, by playing one run."""
    experiment, runs = plan.experiment, min(wishes.limit or plan.runs, plan.runs)
    lines = [f"{experiment.name}: {experiment.title}", ""]
    for factor in plan.factors:
        span = f"{factor.low:g} to {factor.high:g}" if factor.low is not None and factor.high is not None else ""
        values = span or ", ".join(map(str, factor.values or ()))
        lines.append(f"  {factor.role:<12} {factor.name}: {values} {factor.unit}".rstrip())
    lines += [
        "",
        f"design {experiment.design.kind}: {len(plan.points):,} points x {experiment.replications} replications "
        f"= {plan.runs:,} runs" + (f", of which the first {runs:,} are to be played" if runs < plan.runs else ""),
    ]
    target = wishes.target(plan)
    store = Store.at(target)
    manifest = store.manifest()
    if manifest is not None:
        refuse_changes(manifest, plan, target)
        scan = store.scan(len(plan.points), plan.runs)
        tried = int((scan.done | scan.failed)[:runs].sum())
        lines.append(f"{target} holds {tried:,} of them already")
        runs -= tried
    one = seconds_a_run(plan)
    took = duration(one * runs / wishes.workers)
    lines.append(f"one run took {one:.2g} s here: about {took} if {wishes.workers} workers have a processor each")
    return "\n".join(lines)


def play_plan(plan: Plan, wishes: Wishes) -> None:
    """Play an experiment into its folder, and say how it went and how to go on."""
    store = Store.at(wishes.target(plan))
    with sweep_progress(plan.experiment.name, wishes.quiet, wishes.per_worker) as tell:
        driver = Driver(
            plan, store, wishes.workers, wishes.limit, wishes.only_failed, wishes.check, tell=tell,
            say=_say, engine=_engine(wishes),
        )  # fmt: skip
        tally = driver.sweep()
    if tally.failed:
        _say(f"{tally.failed:,} runs failed, the last with {tally.example}; see `siege-sim status {store.where}`")
    if not wishes.quiet:
        print(_in_the_end(plan, tally, store.where))


def _engine(wishes: Wishes) -> Engine:
    if wishes.scheduler is None:
        return finished
    from siege_sim.runner.cluster import finished_on

    return finished_on(wishes.scheduler, lambda sentence: None if wishes.quiet else _say(sentence))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def _in_the_end(plan: Plan, tally: Tally, where: str) -> str:
    now = tally.done + tally.failed
    rate = f" at {tally.runs_a_second:.2g} a second" if tally.counted else ""
    played = f"{now:,} runs played{rate}" if now else "nothing was left to play"
    rest = plan.runs - tally.planned
    lines = [f"{where}: {tally.planned:,} runs are there; {played}"]
    lines += [f"{rest:,} more are in the design; leave --limit out to play them"] if rest > 0 else []
    return "\n".join([*lines, f"next: siege-sim status {where} | report {where} | export {where} --out PATH"])
