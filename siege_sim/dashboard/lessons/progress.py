"""How far a reader is in a lesson: the card, what was guessed and locked, and which steps have come to their day."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from siege_sim.dashboard.lessons.lesson_file import Lesson, LessonCard

LONGEST_GUESS = 500
"""Characters of a guess in words."""


@dataclass(frozen=True)
class LessonProgress:
    """How far a reader is in a lesson.

    Attributes:
        lesson: its name; empty for none.
        card: the card that is shown, from 0.
        guesses: what was guessed, by card; a guess that stands here is locked.
        begun: the cards whose step was performed.
        done: those whose step has come to its day.
    """

    lesson: str = ""
    card: int = 0
    guesses: Mapping[int, str] = field(default_factory=dict)
    begun: tuple[int, ...] = ()
    done: tuple[int, ...] = ()

    def text(self) -> str:
        """Return it as text, to be kept with the session."""
        if not self.lesson:
            return ""
        data = {"lesson": self.lesson, "card": self.card, "guesses": dict(self.guesses)}
        return json.dumps({**data, "begun": self.begun, "done": self.done}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> LessonProgress:
        """Return it from its text, which may be a lesson's name alone; what cannot be read is no lesson."""
        if not text.startswith("{"):
            return cls(text)
        try:
            data = json.loads(text)
            guesses = {int(card): str(guess)[:LONGEST_GUESS] for card, guess in dict(data["guesses"]).items()}
            begun, done = (tuple(int(card) for card in data[name]) for name in ("begun", "done"))
            return cls(str(data["lesson"]), max(int(data["card"]), 0), guesses, begun, done)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def turned_to(self, card: int, lesson: Lesson) -> LessonProgress:
        """Return it with another card; guesses and steps stay."""
        return replace(self, card=min(max(card, 0), len(lesson.cards) - 1))

    def locked(self, guess: str) -> LessonProgress:
        """Return it with a guess for the card that is shown; one that is locked stays."""
        return replace(self, guesses={self.card: guess, **self.guesses})

    def with_begun(self) -> LessonProgress:
        """Return it once the step of the card that is shown was performed."""
        return replace(self, begun=tuple(dict.fromkeys((*self.begun, self.card))))

    def with_done(self) -> LessonProgress:
        """Return it once that step has come to its day."""
        return replace(self, done=tuple(dict.fromkeys((*self.done, self.card))))


def guess_problem(card: LessonCard, text: str) -> str:
    """Return what is wrong with a guess that was typed, if anything."""
    guess = card.guess
    if guess is None or not text.strip():
        return "Write your guess first; there is no wrong one."
    if guess.kind == "choice" and text not in guess.options:
        return "Choose one of the answers."
    if guess.kind in ("day", "number") and guessed_number(text) is None:
        return f"'{text[:20]}' is not a number; write digits, such as 40."
    return ""


def guessed_number(text: str) -> float | None:
    """Return the number in a guess, if it is one: finite, not below 0, with or without commas and a per cent sign."""
    try:
        number = float(text.strip().removesuffix("%").replace(",", "").replace(" ", ""))
    except ValueError:
        return None
    return number if 0.0 <= number <= 1e15 else None


def guessed(card: LessonCard, text: str) -> tuple[str, float | str]:
    """Return the question of a card and what was guessed: a number where a number was asked for, else words."""
    guess = card.guess
    assert guess is not None
    number = guessed_number(text) if guess.kind in ("day", "number") else None
    return guess.ask, text if number is None else number


def marks_of(lesson: Lesson, progress: LessonProgress) -> list[dict[str, Any]]:
    """Return what is drawn on the charts of the guess that is locked on the card: its outcome, kind, number and day."""
    card = lesson.cards[progress.card]
    guess, text = card.guess, progress.guesses.get(progress.card)
    number = None if text is None else guessed_number(text)
    if guess is None or guess.outcome is None or number is None:
        return []
    day = guess.on_day if guess.on_day is not None or card.do is None else card.do.go_to
    mark = {"kind": guess.kind, "outcome": guess.outcome, "value": number, "day": day}
    return [{**mark, "below": guess.below, "above": guess.above}]
