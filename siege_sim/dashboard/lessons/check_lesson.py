"""Checks a lesson without a run: scenarios, levers, days, charts and outcomes that it names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from siege_sim.dashboard.branching import SetParameter, branch_scenario
from siege_sim.dashboard.lessons.lesson_file import Lesson, LessonCard, LessonStep, LeverPull, load_lesson, scenario_for
from siege_sim.errors import ScenarioError, SiegeError, did_you_mean
from siege_sim.loading.scenario import build_scenario, load_document
from siege_sim.viewer.charts import Chart, charts
from siege_sim.viewer.frames import SHADES

if TYPE_CHECKING:
    from siege_sim.model.scenario import Scenario
    from siege_sim.schema.block import KeyPath, Problem

MAP_LAYERS = ("holder", *(shade.name for shade in SHADES))
"""What the map can be shaded by."""


def checked_lesson(file: Path) -> Lesson:
    """Load a lesson and check all that it names.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    lesson, document = load_lesson(file)
    found = list(_Checker(lesson, file).problems())
    if found:
        lines = [(path, line) for path, text in found for line in text.splitlines()]
        raise ScenarioError([f"{document.mark(path)}: {'.'.join(map(str, path))}: {line}" for path, line in lines])
    return lesson


def charts_for(scenario: Scenario) -> dict[str, Chart]:
    """Return the charts that the page has beside a scenario's map, by name."""
    outcomes = [{"name": outcome.name, **outcome.about()} for outcome in scenario.outcomes]
    return {chart.name: chart for chart in charts(outcomes, scenario.sides)}


def edit_of(pull: LeverPull) -> SetParameter:
    """Return the edit of a scenario that a lever of a lesson makes."""
    _, mechanism, parameter = pull.key.split(".")
    return SetParameter(mechanism, parameter, pull.value)


class _Checker:
    """Goes through the cards as a class does, with the scenarios that are on the page by then."""

    def __init__(self, lesson: Lesson, file: Path) -> None:
        self.lesson = lesson
        self.file = file
        self.shown: list[Scenario] = []
        self._loaded: dict[str, Scenario] = {}

    def problems(self) -> Iterator[Problem]:
        """Yield what is wrong; nothing more once the first scenario cannot be opened."""
        yield from self._opened(("scenario",), self.lesson.scenario)
        if not self.shown:
            return
        for number, card in enumerate(self.lesson.cards):
            path: KeyPath = ("cards", number)
            if card.do is not None:
                yield from self._of_step((*path, "do"), card.do)
            yield from self._of_charts(path, card)

    def _opened(self, path: KeyPath, name: str) -> Iterator[Problem]:
        try:
            self.shown = [self._scenario(name)]
        except SiegeError as error:
            yield path, str(error)

    def _scenario(self, name: str) -> Scenario:
        if name not in self._loaded:
            document = load_document(scenario_for(self.file, name), self.lesson.settings)
            self._loaded[name] = build_scenario(document)
        return self._loaded[name]

    def _of_step(self, path: KeyPath, step: LessonStep) -> Iterator[Problem]:
        if step.open is not None:
            yield from self._opened((*path, "open"), step.open)
        if step.beside is not None:
            yield from self._beside((*path, "beside"), step.beside)
        for number, pull in enumerate(step.pull):
            yield from self._pulled((*path, "pull", number), pull)
        days = min(scenario.days for scenario in self.shown)
        if step.go_to is not None and step.go_to > days:
            yield (*path, "go_to"), f"day {step.go_to} is after the last day of the scenario, which is day {days}"
        if step.layer is not None and step.layer not in MAP_LAYERS:
            yield (*path, "layer"), f"there is no layer '{step.layer}' of the map{did_you_mean(step.layer, MAP_LAYERS)}"
        if step.difference and len(self.shown) < 2:
            yield (*path, "difference"), "there is one run only; give 'beside' or 'pull' too"

    def _beside(self, path: KeyPath, name: str) -> Iterator[Problem]:
        try:
            other = self._scenario(name)
        except SiegeError as error:
            yield path, str(error)
            return
        first = self.shown[0]
        if (first.city_map.shape, first.start) != (other.city_map.shape, other.start):
            yield path, f"'{name}' has another map or start date than '{first.name}', so it cannot run beside it"
        self.shown = [first, other]

    def _pulled(self, path: KeyPath, pull: LeverPull) -> Iterator[Problem]:
        scenario, edit = self.shown[-1], edit_of(pull)
        known = dict(scenario.processes.on())
        if edit.mechanism not in known:
            hint = did_you_mean(edit.mechanism, known)
            yield (*path, "key"), f"the scenario has no mechanism '{edit.mechanism}'{hint}"
            return
        try:
            self.shown = [self.shown[0], branch_scenario(scenario, [edit], pull.from_day - 1)]
        except SiegeError as error:
            yield (*path, "value"), "\n".join(line.removeprefix("lever: ") for line in str(error).splitlines())

    def _of_charts(self, path: KeyPath, card: LessonCard) -> Iterator[Problem]:
        known = charts_for(self.shown[0])
        for number, name in enumerate(card.charts):
            if name not in known:
                yield (*path, "charts", number), f"there is no chart '{name}'{did_you_mean(name, known)}"
        guess = card.guess
        if guess is None or guess.outcome is None:
            return
        lines = {line.outcomes for name in card.charts or known if name in known for line in known[name].lines}
        single = sorted(outcomes[0] for outcomes in lines if len(outcomes) == 1)
        if (guess.outcome,) not in lines:
            which = "the charts of this card" if card.charts else "the charts"
            hint = did_you_mean(guess.outcome, single)
            yield (*path, "guess", "outcome"), f"'{guess.outcome}' is no line of {which} to draw a guess on{hint}"
