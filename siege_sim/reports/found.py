"""What a what-if changes, in plain words: first what it is about, then all deaths, how the siege ends, and when.

Each sentence says which way a number goes, by how much and between which bounds, or that there is no clear effect and
how large one could still be. Counts of people are fewer or more, days earlier or later, all else lower or higher.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from siege_sim.reports.effects import scale_of
from siege_sim.results.calendar import Calendar
from siege_sim.results.endings import ENDING, ending_texts
from siege_sim.results.numbers import is_share, number, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.analysis.comparison.comparison_findings import ArmFindings, ComparisonFindings
    from siege_sim.analysis.comparison.effects import Effect
    from siege_sim.analysis.comparison.leading import Onset
    from siege_sim.analysis.comparison.paired import Difference

COUNTS_OF_PEOPLE = {
    "excess_deaths": "civilians die, of all causes",
    "civilians_killed": "civilians are killed by violence",
    "civilians_wounded": "civilians are wounded",
    "besieger_civilians_killed": "civilians are killed on the other side",
    "left_by_road": "people leave by an open road",
    "came_under_new_holder": "people stay and come under a new holder",
    "evacuated": "civilians are evacuated",
    "evacuated_for_treatment": "wounded civilians are brought out",
}
"""Counts of people, as what follows ``fewer`` or ``more``."""

FROM_LABELS = {
    "Died of ": "people die of ",
    "Killed by ": "people are killed by ",
    "Killed in ": "people are killed in ",
    "Left to ": "people leave to ",
}
"""How such a phrase is made of a label."""

MOMENTS = {
    "end_day": ("The siege ends", "when the siege ends"),
    "days_to_half": ("Half of the ground is lost", "when half of the ground is lost"),
    "day_pocket_split": ("The pocket is cut in two", "when the pocket is cut in two"),
}
"""Dates: what happens then, as a sentence and as a question."""

NAMES = {
    "kcal_eaten_per_person": "Food eaten a day by each person",
    "mean_body_mass_loss": "Body mass that people have lost",
    "heavy_impacts": "Heavy impacts a day",
    "person_days_of_hunger": "Days that people go hungry",
}
"""Other numbers, where their label by itself does not say what goes up or down."""

CAUSES_OF_ENDINGS = {
    "evacuated": ("condemnation", "In the model an evacuation is agreed on the sooner, the stronger the condemnation"),
}
"""For an ending, an outcome that makes it likelier, and the model's rule in words."""

COUNTED = ("persons", "fighters", "aircraft", "impacts", "hospitals", "bakeries", "pockets")
"""Units of what is counted: there is less or more of it, and the label says of what."""

MOST_ONSETS = 6
"""How many beginnings a sentence tells."""


@dataclass(frozen=True)
class Wording:
    """The words of an effect.

    Attributes:
        less: what it is called when it goes down.
        more: when it goes up.
        subject: at the head of a sentence, without ``fewer`` or ``more``.
        matter: after ``no clear effect on``.
        unit: behind a number; empty where the sentence tells it.
    """

    less: str
    more: str
    subject: str
    matter: str
    unit: str = ""


def found_sentences(one: ArmFindings, findings: ComparisonFindings) -> list[str]:
    """Return what a what-if changes, a sentence for each outcome that leads, and in which order it shows."""
    if findings.pairs < 2:
        return ["One pair of runs shows what can happen, and no effect can be called clear; use --runs 30 or more."]
    calendar = Calendar(findings.start, findings.last_day)
    return [*(sentence for _, sentence in found_by_outcome(one, calendar)), *order_sentences(one.onsets, calendar)]


def found_by_outcome(one: ArmFindings, calendar: Calendar) -> list[tuple[str, str]]:
    """Return the sentences on the outcomes that lead, each with the outcome's name; all endings have one sentence."""
    endings = [effect for effect in one.leading if effect.name.startswith(f"{ENDING}:")]
    found = []
    for effect in one.leading:
        if effect not in endings:
            found.append((effect.name, effect_sentence(effect, calendar)))
        elif effect is endings[0]:
            found.append((ENDING, " ".join([ending_change(endings), *cause_sentences(endings, one.effects)])))
    return found


def effect_sentence(effect: Effect, calendar: Calendar) -> str:
    """Return an effect in a sentence that claims no more than its interval."""
    words, difference = _wording(effect), effect.difference
    if not difference.pairs:
        return f"No pair of runs has a number for {words.matter}."
    if difference.lower == difference.higher == 0.0:
        return f"{words.subject}: the same in every pair of runs, {_value(effect, difference.after, calendar)}."
    if difference.low is None or difference.high is None:
        return f"Only one pair of runs has a number for {words.matter}."
    if not difference.clear:
        return f"No clear effect on {words.matter}: {_between(effect, words)}."
    return f"{_clear(effect, difference, words)}, {_before_and_after(effect, calendar)}."


def _wording(effect: Effect) -> Wording:
    name, label = effect.name, effect.label.removesuffix(" (mean)")
    if name in MOMENTS:
        return Wording("earlier", "later", *MOMENTS[name], "days")
    phrase = COUNTS_OF_PEOPLE.get(name) or next(
        (f"{new}{label.removeprefix(old)}" for old, new in FROM_LABELS.items() if label.startswith(old)), ""
    )
    if phrase:
        return Wording("fewer", "more", f"How many {phrase}", f"how many {phrase}")
    told = NAMES.get(name) or label
    if effect.unit in COUNTED:
        return Wording("fewer", "more", told, _as_matter(told))
    unit = "percentage points" if is_share(effect.unit) else scale_of(effect).words
    return Wording("lower", "higher", told, _as_matter(told), unit)


def _as_matter(name: str) -> str:
    return f"“{name}”" if ":" in name else f"{name[0].lower()}{name[1:]}"


def _clear(effect: Effect, difference: Difference, words: Wording) -> str:
    assert difference.low is not None
    assert difference.high is not None
    less = difference.high < 0.0
    ends = sorted((abs(difference.low), abs(difference.high)))
    gap, low, high = (_size(effect, value) for value in (abs(difference.middle or 0.0), *ends))
    way, unit = (words.less if less else words.more), f" {words.unit}" if words.unit else ""
    if words.subject.startswith("How many "):
        return f"{way.capitalize()} {words.subject.removeprefix('How many ')}: {gap} {way} ({low} to {high})"
    if effect.name in MOMENTS:
        return f"{words.subject} {gap}{unit} {way} ({low} to {high})"
    return f"{words.subject}: {gap}{unit} {way} ({low} to {high})"


def _between(effect: Effect, words: Wording) -> str:
    """Return how large an effect could still be, either way."""
    difference = effect.difference
    assert difference.low is not None
    assert difference.high is not None
    unit = f" {words.unit}" if words.unit else ""
    low, high = _size(effect, abs(difference.low)), _size(effect, abs(difference.high))
    return f"between {low}{unit} {words.less} and {high}{unit} {words.more}"


def _before_and_after(effect: Effect, calendar: Calendar) -> str:
    after = _value(effect, effect.difference.after, calendar)
    return f"{after} instead of {_value(effect, effect.difference.before, calendar)}"


def _value(effect: Effect, value: float | None, calendar: Calendar) -> str:
    if effect.name in MOMENTS and value is not None:
        return f"{calendar.short(round(value))} (day {round(value)})"
    if is_share(effect.unit):
        return percent(value)
    return scale_of(effect).number(value) + _size_word(effect)


def _size_word(effect: Effect) -> str:
    word = scale_of(effect).words.split()[:1]
    return f" {word[0]}" if word and word[0] in ("million", "billion") else ""


def _size(effect: Effect, value: float) -> str:
    return scale_of(effect).number(value)


def ending_change(endings: Sequence[Effect]) -> str:
    """Return in a sentence how otherwise sieges end: the endings whose share clearly differs, or all of them."""
    clear = [one for one in endings if one.difference.clear]
    if len(endings) == 1:
        return f"Every run ends in the same way: {_ending(endings[0])}."
    if clear:
        return f"The siege ends in another way more often: {'; '.join(_ending_gap(one) for one in clear)}."
    both = "; ".join(_ending_shares(one) for one in endings)
    return f"No clear effect on how the siege ends: {both}."


def _ending(effect: Effect) -> str:
    return ending_texts(effect.name.partition(":")[2]).label


def _ending_shares(effect: Effect) -> str:
    shares = effect.difference
    return f"{_ending(effect)} in {percent(shares.after)} of the runs instead of {percent(shares.before)}"


def _ending_gap(effect: Effect) -> str:
    difference = effect.difference
    less = (difference.high or 0.0) < 0.0
    ends = sorted((abs(difference.low or 0.0), abs(difference.high or 0.0)))
    gap, low, high = (number(value, effect.unit) for value in (abs(difference.middle or 0.0), *ends))
    return f"{_ending_shares(effect)}, {gap} points {'less' if less else 'more'} ({low} to {high})"


def cause_sentences(endings: Sequence[Effect], effects: Sequence[Effect]) -> list[str]:
    """Return what in the model makes an ending likelier, where both clearly went the same way."""
    found = []
    for ending in endings:
        name, rule = CAUSES_OF_ENDINGS.get(ending.name.partition(":")[2], ("", ""))
        cause = next((one for one in effects if one.name == name), None)
        if cause is None or not (cause.difference.clear and ending.difference.clear):
            continue
        after, before = cause.difference.after or 0.0, cause.difference.before or 0.0
        if (after > before) == ((ending.difference.middle or 0.0) > 0.0):
            found.append(f"{rule}, which is {number(after)} {cause.unit} instead of {number(before)} on average.")
    return found


def order_sentences(onsets: Sequence[Onset], calendar: Calendar) -> list[str]:
    """Return in a sentence in which order daily outcomes begin to differ; none where fewer than two do."""
    if len(onsets) < 2:
        return []
    told = "; ".join(_onset_words(onset, calendar) for onset in onsets[:MOST_ONSETS])
    return [f"In the order in which it shows in the pairs of runs: {told}."]


def _onset_words(onset: Onset, calendar: Calendar) -> str:
    name = NAMES.get(onset.quantity.name) or onset.quantity.label.removesuffix(" (mean)")
    return f"{_as_matter(name)} {'higher' if onset.higher else 'lower'} from {calendar.short(onset.day)}"
