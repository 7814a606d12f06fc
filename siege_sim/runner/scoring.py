"""Holding runs against records: one siege or several, with what is known so far on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.errors import SiegeError
from siege_sim.loading.scenario import load_scenario
from siege_sim.results.changed import change_sentences, changed_title
from siege_sim.runner.finished_runs import runs_of_jobs
from siege_sim.runner.run import jobs_of
from siege_sim.schema.shipped import is_path
from siege_sim.validation.known_so_far import check_known, conditioned
from siege_sim.validation.record import Record, load_record
from siege_sim.validation.scorecard import Scorecard, scorecard

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.results.run import CompactRun, OnProgress
    from siege_sim.runner.finished_runs import FinishedRuns


@dataclass(frozen=True)
class ScoreRequest:
    """A siege to be held against its record: everything that can be checked has been.

    Attributes:
        given: the scenario's name or path, as it was given.
        scenario: the scenario, with its settings.
        record: what it is held against.
        record_given: the record's name or path, if one was given.
        settings: what was changed, as ``key=value``.
        days: after how many days each run is stopped, if so.
        known_until: the last day of which something is known, to weight runs by; None for no weights.
    """

    given: str
    scenario: Scenario
    record: Record
    record_given: str | None
    settings: tuple[str, ...]
    days: int | None
    known_until: date | None


def score_requests(
    scenarios: Sequence[str],
    record: str | None = None,
    settings: Sequence[str] = (),
    days: int | None = None,
    known_until: str | None = None,
) -> list[ScoreRequest]:
    """Load and check all that is to be scored, before anything is run.

    Args:
        scenarios: names or YAML files.
        record: name or YAML file of a record; by default each scenario's namesake, in the folder ``records`` beside the
            scenario's file or among those that come with the program.
        settings: changes to all scenarios, as ``key=value``.
        days: after how many days each run is stopped.
        known_until: a date; the runs are weighted by the record until then.

    Raises:
        SiegeError: for what is wrong, with the way out.
    """
    if len(scenarios) > 1 and (record or known_until):
        option = "--record" if record else "--known-until"
        raise SiegeError(
            f"{option} is about one siege, but {len(scenarios)} scenarios are named; score them one by one"
        )
    until = None if known_until is None else _date(known_until)
    requests = []
    for given in scenarios:
        chosen = load_scenario(given, settings)
        known = record_for(chosen, record or _beside(given, chosen.name))
        if until is not None:
            check_known(known, until)
        requests.append(ScoreRequest(given, chosen, known, record, tuple(settings), days, until))
    names = [request.scenario.name for request in requests]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SiegeError(f"'{twice}' is named twice; name each siege once")
    return requests


def _beside(given: str, name: str) -> str | None:
    """Return the file of a record that lies beside a scenario's file, in a folder ``records``, if there is one."""
    file = Path(given).parent / "records" / f"{name}.yaml"
    return str(file) if is_path(given) and file.is_file() else None


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SiegeError(f"--known-until: '{text}' is not a date such as 2016-11-01") from None


def record_for(scenario: Scenario, record: str | None = None) -> Record:
    """Return the record that a scenario is held against: the one that is named, or the one of its name.

    Raises:
        ScenarioError: it cannot be read, or reads outcomes or quarters that the scenario does not have.
    """
    outcomes = [outcome.name for outcome in scenario.outcomes]
    return load_record(record or scenario.name, outcomes, scenario.city_map.quarter_names)


def scored_runs(
    request: ScoreRequest,
    runs: int,
    workers: int | None = None,
    on_progress: OnProgress | None = None,
    finished: FinishedRuns | None = None,
) -> list[CompactRun]:
    """Run a siege with the seeds 1, 2, ... and keep what scoring needs.

    Args:
        request: what is run.
        runs: how many runs.
        workers: how many processes; the result is the same for any number.
        on_progress: called with the number of runs that are done.
        finished: where runs that are finished are kept meanwhile, if anywhere.
    """
    jobs = jobs_of(request.scenario, range(1, runs + 1), request.days)
    return runs_of_jobs(jobs, workers, on_progress, finished)


def card_of(request: ScoreRequest, compact_runs: Sequence[CompactRun]) -> Scorecard:
    """Score the runs of a request, and weight them by what is known, if that is asked for."""
    known = request.record
    card = scorecard_of(
        known, compact_runs, request.scenario, request.given, request.days, request.settings, request.record_given
    )
    if request.known_until is None:
        return card
    return replace(card, known=conditioned(known, compact_runs, request.known_until))


def scorecard_of(
    known: Record,
    compact_runs: Sequence[CompactRun],
    chosen: Scenario,
    called: str,
    days: int | None,
    settings: Sequence[str],
    record: str | None,
) -> Scorecard:
    """Return the scorecard of runs of a scenario, which says what was changed in it.

    Args:
        known: what they are held against.
        compact_runs: the runs.
        chosen: their scenario.
        called: name or file of the scenario, as it was given.
        days: after how many days they were stopped, if so.
        settings: what was changed, as ``key=value``.
        record: name or file of the record, where one was given.
    """
    title = changed_title(chosen.title, chosen.name, chosen.lineage)
    changed = change_sentences(chosen.lineage)
    return scorecard(known, compact_runs, called, title, days, settings, record, changed)
