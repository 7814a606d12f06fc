"""Lesson files: cards with a question, a guess, a step that a button performs, and what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import Field

from siege_sim.runner.calibration_file import NAME_PATTERN
from siege_sim.schema.block import AnyNumber, Block, Problem, param
from siege_sim.schema.messages import read_block
from siege_sim.schema.shipped import find_file
from siege_sim.schema.yaml_file import Document

GuessKind = Literal["day", "number", "choice", "text"]
"""What is guessed: a day, the value of an outcome, one of some answers, or words."""

MOST_TEXT = 6000
"""Characters of one text of a card."""


class LessonGuess(Block):
    """What students write down before they see anything."""

    ask: str = Field(min_length=1, max_length=500)
    """The question of the guess, with the unit in which it is answered."""
    kind: GuessKind = "text"
    """`day`: a day on which an outcome first passes a bound; `number`: an outcome on a day; `choice`; `text`."""
    outcome: str | None = None
    """For `day` and `number`: the outcome, a line of one of the card's charts."""
    below: AnyNumber | None = None
    """For `day`: the first day on which the outcome is below this; shares as 0 to 1."""
    above: AnyNumber | None = None
    """For `day`: the first day on which the outcome is above this."""
    on_day: int | None = param(None, unit="day", ge=0, le=3650)
    """For `number`: the day of the value; the day to which the card's step goes without it."""
    options: tuple[str, ...] = Field((), max_length=8)
    """For `choice`: the answers."""

    def problems(self) -> Iterator[Problem]:
        """Yield what the kind of a guess needs and does not have."""
        if self.kind in ("day", "number") and self.outcome is None:
            yield ("kind",), f"a guess of a {self.kind} is drawn on a chart; name the 'outcome' that it is about"
        if self.kind == "day" and (self.below is None) == (self.above is None):
            yield ("kind",), "a guess of a day needs one bound: 'below' or 'above'"
        if self.kind == "choice" and len(self.options) < 2:
            yield ("options",), "a choice needs at least two answers"


class LeverPull(Block):
    """A parameter of a mechanism that takes another value."""

    key: str = Field(pattern=r"^processes\.[a-z0-9_]+\.[a-z0-9_]+$", max_length=200)
    """The parameter: `processes.MECHANISM.PARAMETER`."""
    value: AnyNumber | bool | str
    """Its new value."""
    from_day: int = param(0, unit="day", ge=0, le=3650)
    """The first day on which it holds; 0 is from the start."""


class LessonStep(Block):
    """What the button of a card does, in this order; what is not given stays as it is."""

    open: str | None = None
    """Open this scenario anew, with the lesson's seed."""
    seed: int | None = param(None, unit="seed", ge=0, le=10**9)
    """With `open`: another seed."""
    beside: str | None = None
    """Put this scenario beside the run, with the same seed."""
    pull: tuple[LeverPull, ...] = Field((), max_length=10)
    """Change parameters: a branch stands beside the run."""
    go_to: int | None = param(None, unit="day", ge=0, le=3650)
    """Go or play to this day."""
    layer: str | None = None
    """Shade the map by this layer, or by `holder`."""
    difference: bool = False
    """Show where the two runs differ."""
    many_runs: int | None = param(None, unit="runs", ge=3, le=200)
    """Play so many other seeds in the background, and show their spread."""
    button: str | None = Field(None, max_length=120)
    """What the button says; made from the step without it."""

    def problems(self) -> Iterator[Problem]:
        """Yield a step that does nothing, and a seed that belongs to nothing."""
        if not (self.open or self.beside or self.pull or self.layer or self.many_runs or self.go_to is not None):
            yield ("button",), "this step does nothing; give open, beside, pull, go_to, layer or many_runs"
        if self.seed is not None and self.open is None:
            yield ("seed",), "a seed belongs to a scenario that is opened; give 'open' too"


class LessonCard(Block):
    """One card: shown alone, with only its charts beside the map."""

    title: str = Field(min_length=1, max_length=120)
    """Its heading."""
    text: str = Field(min_length=1, max_length=MOST_TEXT)
    """The question or what is to be known, in Markdown."""
    guess: LessonGuess | None = None
    """What is guessed before the step."""
    do: LessonStep | None = None
    """What the button does."""
    charts: tuple[str, ...] = Field((), max_length=8)
    """The charts that this card needs, by name; all without it."""
    look: str = Field("", max_length=MOST_TEXT)
    """What to look for, shown once the step is performed, in Markdown."""
    debrief: str = Field("", max_length=MOST_TEXT)
    """What it shows, in Markdown; shown once the step has come to its day."""
    command: str = Field("", max_length=1000)
    """The same on the command line, for the written lesson; the page does not show it."""
    teachers: str = Field("", max_length=MOST_TEXT)
    """A note for the teacher's key, in Markdown."""

    def problems(self) -> Iterator[Problem]:
        """Yield a guess of a number without a day to which it belongs."""
        guess, step = self.guess, self.do
        if guess is not None and guess.kind == "number" and guess.on_day is None and (not step or step.go_to is None):
            yield ("guess", "on_day"), "this guess needs a day: give 'on_day', or a step with 'go_to'"


class Lesson(Block):
    """A lesson: cards, one after the other, about a siege."""

    name: str = Field(pattern=NAME_PATTERN, max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str = Field(min_length=1, max_length=120)
    """Its heading."""
    question: str = Field(min_length=1, max_length=500)
    """The question of the whole lesson, in one line."""
    minutes: int = param(unit="minutes", ge=1, le=600)
    """How long it takes, about."""
    scenario: str
    """The scenario with which it opens: a shipped one's name, or a file beside the lesson."""
    settings: tuple[str, ...] = Field((), max_length=50)
    """What is changed in every scenario that it opens, `KEY=VALUE`, such as coarser people to be quicker."""
    seed: int = param(1, unit="seed", ge=0, le=10**9)
    """The seed of its runs."""
    words: dict[str, str] = Field(default_factory=dict, max_length=60)
    """Terms that it uses, each with its meaning: they are on the page and on the worksheet."""
    cards: tuple[LessonCard, ...] = Field(min_length=1, max_length=30)
    """The cards, in their order."""
    teachers: str = Field("", max_length=MOST_TEXT)
    """Notes for the teacher's key, in Markdown."""


def load_lesson(file: Path) -> tuple[Lesson, Document]:
    """Load a lesson; return it with its document, which knows where everything stands.

    Raises:
        ScenarioError: names file, line, value and way out for everything that is wrong.
    """
    return read_block(Lesson, file, "a lesson")


def lessons_folder() -> Path:
    """Return the folder of the lessons that come with the program."""
    package = Path(__file__).parents[2]
    installed = package / "shipped" / "lessons"
    return installed if installed.is_dir() else package.parent / "docs" / "lessons"


LESSON_ORDER = (
    "what_a_siege_is",
    "hunger_or_manoeuvre",
    "what_a_convoy_can_do",
    "one_run_is_not_a_forecast",
    "does_an_exit_shorten_a_siege",
    "what_a_ration_decides",
)
"""The lessons that come with the program, in the order in which a class takes them."""


def shipped_lesson_files() -> dict[str, Path]:
    """Return the files of the lessons that come with the program, by name, in their order."""
    files = {file.stem: file for file in sorted(lessons_folder().glob("*.yaml"))}
    first = [name for name in LESSON_ORDER if name in files]
    return {name: files[name] for name in (*first, *(name for name in files if name not in first))}


def find_lesson(name_or_path: str | Path) -> Path:
    """Return the file of a lesson, by a shipped one's name or by path.

    Raises:
        ScenarioError: says what is not there and what could have been meant.
    """
    return find_file(name_or_path, shipped_lesson_files(), "lesson")


def scenario_for(lesson_file: Path, scenario: str) -> str:
    """Return what a lesson's scenario is loaded by: a shipped one's name, or the path of a file beside the lesson."""
    beside = lesson_file.parent / scenario
    return str(beside) if scenario.endswith((".yaml", ".yml")) and beside.is_file() else scenario
