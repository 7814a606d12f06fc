"""A class: who is there, how far they are, what they guessed and what came of it; and what the teacher tells all pages.

All of it is in memory and gone when the server stops. A student is a name that was typed, and nothing else is asked.
"""

from __future__ import annotations

import csv
import hmac
import io
import math
import secrets
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from siege_sim.dashboard.limits import SessionError

if TYPE_CHECKING:
    from siege_sim.dashboard.runs import ShownRuns
    from siege_sim.viewer.frames import Json

LONGEST_STUDENT_NAME, LONGEST_WORDS = 40, 200
"""How many characters of a name, and of a question or a guess in words, are kept."""

MOST_SEATS, MOST_GUESSES = 300, 60
"""How many pages a class remembers, and how many guesses of each."""

CLASS_LESSON = "class"
"""The lesson of questions that the teacher asks on the class's own page."""


@dataclass(frozen=True)
class Guess:
    """A guess that was locked.

    Attributes:
        lesson: the name of the lesson; ``CLASS_LESSON`` for a question of the teacher's.
        question: the question's name in it.
        value: a number, or words.
        outcome: the outcome that it is about, if it is one.
    """

    lesson: str
    question: str
    value: float | str
    outcome: str = ""


@dataclass(frozen=True)
class ClassQuestion:
    """A question that the teacher asks all students.

    Attributes:
        name: what tells it from others.
        text: the question.
        outcome: in which of the rows that runs are compared in its answer is read; empty for none.
    """

    name: str
    text: str
    outcome: str = ""


@dataclass
class Seat:
    """A page of the class, and the student at it.

    Attributes:
        number: what it is called in lists.
        name: as the student typed it; empty before.
        pages: how many pages show it.
        run: what its current run is: scenario, seed, changes, day, ending and values by outcome.
        guesses: by lesson and question; the first one counts.
    """

    number: int
    name: str = ""
    pages: int = 0
    run: dict[str, Any] = field(default_factory=dict)
    guesses: dict[tuple[str, str], Guess] = field(default_factory=dict)
    heads: dict[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class ClassNews:
    """What the teacher tells all pages.

    Attributes:
        serial: grows with every change.
        frozen: whether nobody may go on.
        question: what is asked, if anything is.
        push_serial: grows with every state that is pushed.
        pushed: the runs that were pushed last, on the day that they are shown on.
    """

    serial: int = 0
    frozen: bool = False
    question: ClassQuestion | None = None
    push_serial: int = 0
    pushed: ShownRuns | None = None


class Classroom:
    """A class on one server; safe to be used from several threads.

    Args:
        secret: what the teacher's link holds; drawn when none is given.

    Attributes:
        secret: what the teacher's link holds.
        news: what all pages are told.
    """

    def __init__(self, secret: str = "") -> None:
        self.secret = secret or secrets.token_urlsafe(18)
        self.news = ClassNews()
        self._seats: dict[str, Seat] = {}
        self._teachers: set[str] = set()
        self._questions: list[ClassQuestion] = []
        self._next_number = 1
        self._changed = threading.Condition()

    def is_teacher(self, secret: str) -> bool:
        """Return whether a secret is the teacher's; it takes as long for a wrong one."""
        return hmac.compare_digest(secret.encode("utf-8", "replace"), self.secret.encode())

    def teaches(self, key: str) -> bool:
        """Return whether a page is the teacher's."""
        return key in self._teachers

    def enter(self, key: str, secret: str = "") -> None:
        """Note that a page shows a session; with the secret it is the teacher's from then on."""
        with self._changed:
            if secret and self.is_teacher(secret):
                self._teachers.add(key)
                self._seats.pop(key, None)
            elif key not in self._teachers:
                self._seat(key).pages += 1

    def go(self, key: str) -> None:
        """Note that a page was closed; what its student did stays until the class is over."""
        with self._changed:
            seat = self._seats.get(key)
            if seat is None:
                return
            seat.pages -= 1
            if seat.pages <= 0 and not seat.name:
                del self._seats[key]

    def _seat(self, key: str) -> Seat:
        if key not in self._seats:
            if len(self._seats) >= MOST_SEATS:
                raise SessionError(f"this class has {MOST_SEATS} pages, and can remember no more")
            self._seats[key] = Seat(self._next_number)
            self._next_number += 1
        return self._seats[key]

    def join(self, key: str, name: str) -> str:
        """Give a page its student's name; return it as it is shown: one that is taken has a number added.

        Raises:
            SessionError: there is no letter or figure in it, or the class is full.
        """
        plain = plain_name(name)
        if not any(letter.isalnum() for letter in plain):
            raise SessionError("type a name with a letter or a figure in it; any name will do")
        with self._changed:
            taken = {seat.name for other, seat in self._seats.items() if other != key}
            shown = next(one for one in _with_numbers(plain) if one not in taken)
            self._seat(key).name = shown
        return shown

    def name_of(self, key: str) -> str:
        """Return the name of a page's student; empty before one was typed."""
        return self._seats[key].name if key in self._seats else ""

    def forget(self, key: str) -> None:
        """Forget a page's student and all that they did."""
        with self._changed:
            if key in self._seats:
                old = self._seats[key]
                self._seats[key] = Seat(old.number, pages=old.pages, run=old.run, heads=old.heads)

    def forget_all(self) -> None:
        """Forget all students: names, guesses, results. Pages that are open stay, without a name."""
        with self._changed:
            for key, seat in list(self._seats.items()):
                if seat.pages > 0:
                    self.forget(key)
                else:
                    del self._seats[key]
            self._questions = []
            self._tell(question=None)

    def guess(self, key: str, lesson: str, question: str, value: float | str, outcome: str = "") -> bool:
        """Lock a guess; return whether it counts: the first one does, a later one changes nothing.

        Raises:
            SessionError: the number is none, or there are too many guesses.
        """
        kept = value[:LONGEST_WORDS] if isinstance(value, str) else float(value)
        if isinstance(kept, float) and not math.isfinite(kept):
            raise SessionError("a guess is a number; write it in figures")
        with self._changed:
            seat, place = self._seat(key), (lesson[:LONGEST_WORDS], question[:LONGEST_WORDS])
            if place in seat.guesses:
                return False
            if len(seat.guesses) >= MOST_GUESSES:
                raise SessionError(f"a student has {MOST_GUESSES} guesses at most")
            seat.guesses[place] = Guess(*place, kept, outcome[:LONGEST_WORDS])
            return True

    def guess_of(self, key: str, lesson: str, question: str) -> Guess | None:
        """Return a guess that was locked, if it was."""
        return self._seats[key].guesses.get((lesson, question)) if key in self._seats else None

    def report(self, key: str, updates: Sequence[Mapping[str, Any]]) -> None:
        """Note how far a page's runs are, from the frames that it is sent; the last run is the one that counts."""
        with self._changed:
            if key not in self._seats or not updates:
                return
            seat = self._seats[key]
            for update in updates:
                if update["head"] is not None:
                    seat.heads[int(update["id"])] = update["head"]
            shown = {int(update["id"]) for update in updates}
            seat.heads = {number: head for number, head in seat.heads.items() if number in shown}
            last = updates[-1]
            head = seat.heads.get(int(last["id"]))
            if head is None:
                return
            if last["frames"]:
                seat.run = run_facts(head, last["name"], last["frames"][-1])
            seat.run["two"] = len(updates) > 1

    def push(self, shown: ShownRuns) -> None:
        """Show some runs on all pages of students, on the day that they have."""
        with self._changed:
            self._tell(pushed=shown, push_serial=self.news.push_serial + 1)

    def freeze(self, frozen: bool) -> None:
        """Let nobody go on, or all again."""
        with self._changed:
            self._tell(frozen=frozen)

    def ask(self, text: str, outcome: str = "") -> None:
        """Ask all students a question; its guesses are numbers.

        Raises:
            SessionError: there is no question.
        """
        plain = plain_name(text, LONGEST_WORDS)
        if not plain:
            raise SessionError("write the question first")
        with self._changed:
            question = ClassQuestion(f"question {len(self._questions) + 1}", plain, outcome[:LONGEST_WORDS])
            self._questions.append(question)
            self._tell(question=question)

    def end_question(self) -> None:
        """Ask nothing any more; guesses are kept."""
        with self._changed:
            self._tell(question=None)

    def _tell(self, **changes: Any) -> None:
        now = self.news
        self.news = replace(now, **changes, serial=now.serial + 1)
        self._changed.notify_all()

    def wait_for_news(self, serial: int, seconds: float) -> ClassNews:
        """Return the news once they are newer than a serial, or after some seconds as they are."""
        with self._changed:
            self._changed.wait_for(lambda: self.news.serial != serial, timeout=seconds)
            return self.news

    def key_of(self, number: int) -> str | None:
        """Return the key of a seat by its number."""
        return next((key for key, seat in self._seats.items() if seat.number == number), None)

    def data(self) -> Json:
        """Return what the teacher's page shows."""
        with self._changed:
            named = sorted((seat for seat in self._seats.values() if seat.name), key=lambda seat: seat.name.casefold())
            return {
                "frozen": self.news.frozen,
                "asking": self.news.question is not None,
                "questions": [vars(question) for question in self._questions],
                "nameless": sum(not seat.name and seat.pages > 0 for seat in self._seats.values()),
                "teacher_here": bool(self._teachers),
                "students": [
                    {
                        "number": seat.number,
                        "name": seat.name,
                        "here": seat.pages > 0,
                        "run": dict(seat.run),
                        "guesses": [vars(guess) for guess in seat.guesses.values()],
                    }
                    for seat in named
                ],
            }

    def csv(self) -> str:
        """Return the class as a table: a row a student and guess, or one where there is none."""
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow(["student", "scenario", "seed", "changes", "day", "ending", "lesson", "question", "guess",
                        "about", "result"])  # fmt: skip
        texts = {question.name: question.text for question in self._questions}
        for student in self.data()["students"]:
            run = student["run"]
            values = run.get("values", {})
            about = [student["name"], *(run.get(key, "") for key in ("scenario", "seed", "changes", "day", "ending"))]
            for guess in student["guesses"] or [{}]:
                asked = guess.get("question", "")
                outcome = guess.get("outcome", "")
                table.writerow(map(_safe_cell, [*about, guess.get("lesson", ""), texts.get(asked, asked),
                                                guess.get("value", ""), outcome, values.get(outcome, "")]))  # fmt: skip
        return out.getvalue()


def run_facts(head: Mapping[str, Any], name: str, frame: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a class shows of a run on its last day.

    Args:
        head: of the run.
        name: what tells the run from the other one of its page.
        frame: of its last day.
    """
    places = {outcome["name"]: place for place, outcome in enumerate(head["outcomes"])}
    rows = {str(row["name"]): _summed(frame["values"], [places[one] for one in row["outcomes"]])
            for row in head["compared"]}  # fmt: skip
    over = frame["ending"] != "holding" or frame["day"] >= head["days"]
    rows["end_day"] = frame["day"] if over else None
    return {
        "scenario": head["scenario"],
        "seed": head["seed"],
        "changes": "" if name == head["title"] else name,
        "day": frame["day"],
        "ending": "" if frame["ending"] == "holding" else frame["ending"].replace("_", " "),
        "over": over,
        "values": rows,
        "labels": {"end_day": "Day of the end", **{str(row["name"]): str(row["label"]) for row in head["compared"]}},
    }


def _summed(values: Sequence[float | None], places: Sequence[int]) -> float | None:
    known = [values[place] for place in places]
    return None if None in known else float(sum(value for value in known if value is not None))


def plain_name(text: str, longest: int = LONGEST_STUDENT_NAME) -> str:
    """Return words as one line without signs that cannot be seen, so long at most."""
    seen = "".join(" " if letter.isspace() else letter for letter in text[: 10 * longest])
    seen = "".join(letter for letter in seen if unicodedata.category(letter)[0] != "C")
    return " ".join(unicodedata.normalize("NFC", seen).split())[:longest].strip()


def _with_numbers(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1


def _safe_cell(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in FORMULA_SIGNS and value else value


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet begins a formula."""


@cache
def server_classroom() -> Classroom:
    """Return this server's class."""
    return Classroom()
