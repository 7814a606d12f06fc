"""Several what-ifs at once: the scenario that changes all that each of them changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from siege_sim.errors import ScenarioError
from siege_sim.loading.lineage import lineage_step, told_data
from siege_sim.loading.scenario import scenario_of
from siege_sim.model.scenario import Scenario
from siege_sim.schema.series import is_series_data

NAME_OF_ALL = "together"
"""What the scenario with all changes is called."""

ABSENT = object()
"""In the place of a value that a scenario does not have."""


def all_together(base: Scenario, what_ifs: Sequence[Scenario]) -> Scenario:
    """Return the baseline with the changes of all what-ifs.

    Args:
        base: the baseline.
        what_ifs: two scenarios or more that were made of it.

    Raises:
        ScenarioError: two of them change the same value in different ways, or what comes out is no scenario.
    """
    if len(what_ifs) < 2:
        raise ScenarioError(["--together: name two what-ifs or more; there is nothing to put together with one"])
    data, changed = told_data(base), {one.name: told_data(one) for one in what_ifs}
    conflicts = list(_conflicts(data, changed))
    if conflicts:
        raise ScenarioError(conflicts)
    merged = _merged(data, list(changed.values()))
    names = " and ".join(one.name for one in what_ifs)
    titles = " ".join(one.title if one.title.endswith(("?", ".")) else f"{one.title}." for one in what_ifs)
    head = {
        "name": NAME_OF_ALL,
        "title": "Both together" if len(what_ifs) == 2 else "All of them together",
        "summary": f"At once: {titles}",
    }
    try:
        both = scenario_of({**merged, **head})
    except ScenarioError as error:
        problems = [f"--together: {names}: {problem.removeprefix('manifest: ')}" for problem in error.problems]
        raise ScenarioError(problems) from None
    return both.with_lineage(lineage_step(base, both, "extends"))


def _conflicts(base: Any, changed: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield the values that two what-ifs change in different ways."""
    mine = {name: value for name, value in changed.items() if value != base}
    if len(mine) < 2:
        return
    if all(_is_block(value) for value in (base, *mine.values())):
        for key in _keys(base, *mine.values()):
            inner = {name: value.get(key, ABSENT) for name, value in mine.items()}
            yield from _conflicts(base.get(key, ABSENT), inner, f"{above}.{key}" if above else key)
        return
    (first, value), *others = mine.items()
    other = next((name for name, their in others if their != value), None)
    if other is not None:
        yield (
            f"--together: '{first}' and '{other}' both change {above}, in different ways; write a scenario of your own "
            "that says what holds"
        )


def _merged(base: Any, others: Sequence[Any]) -> Any:
    """Return a value with the changes of all others, which do not contradict each other."""
    mine = [value for value in others if value != base]
    if not mine:
        return base
    if not all(_is_block(value) for value in (base, *mine)):
        return mine[0]
    merged = {key: _merged(base.get(key, ABSENT), [one.get(key, ABSENT) for one in mine]) for key in _keys(base, *mine)}
    return {key: value for key, value in merged.items() if value is not ABSENT}


def _is_block(value: Any) -> bool:
    return isinstance(value, Mapping) and not is_series_data(value)


def _keys(*blocks: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(key for block in blocks for key in block))
