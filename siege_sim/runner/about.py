"""Which outcomes a what-if is about: those that it names itself, or those of the mechanisms and actions it changes."""

from __future__ import annotations

from pathlib import Path

from siege_sim.analysis.ablation import ABOUT_ANYTHING
from siege_sim.loading.what_ifs import about_of
from siege_sim.model.outcomes import known_outcomes
from siege_sim.model.run_outcomes import OF_THE_RUN
from siege_sim.model.scenario import Scenario


def names_to_be_about() -> tuple[str, ...]:
    """Return every outcome that something can be about."""
    names = [*(outcome.name for outcome in OF_THE_RUN), *(outcome.name for outcome in known_outcomes())]
    return tuple(dict.fromkeys(names))


def about_of_what_if(file: Path, case: Scenario, what_if: Scenario) -> tuple[str, ...]:
    """Return the outcomes that a what-if is about.

    Args:
        file: of the what-if; a line ``# About:`` in it names them.
        case: what it is compared with.
        what_if: the what-if.

    Raises:
        ScenarioError: the file names what is no outcome.
    """
    return about_of(file, (*names_to_be_about(), *(one.name for one in what_if.outcomes))) or about_changes(
        case, what_if
    )


def about_changes(case: Scenario, what_if: Scenario) -> tuple[str, ...]:
    """Return the outcomes that the mechanisms and actions are about in which a what-if differs from its case."""
    before, after = dict(case.processes.on()), dict(what_if.processes.on())
    before |= case.interventions
    after |= what_if.interventions
    changed = [one for name in {**before, **after} for one in [after.get(name) or before[name]]
               if before.get(name) != after.get(name)]  # fmt: skip
    return tuple(dict.fromkeys(name for one in changed for name in type(one).about)) or ABOUT_ANYTHING
