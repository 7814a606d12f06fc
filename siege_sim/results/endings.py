"""How a siege can end, in words: one table for pages, figures and the terminal."""

from __future__ import annotations

from dataclasses import dataclass

ENDING = "ending"
"""The name of how a run ended, among the outcomes of a run: the one that is not a number."""

HOLDING = "holding"
"""The name of the ending of a run that stopped before its siege ended."""


@dataclass(frozen=True)
class EndingTexts:
    """An ending in words.

    Attributes:
        label: in legends and tables.
        sentence: by itself, without the full stop.
        clause: at the end of a sentence that says on which day the siege ended.
        moment: beside the day itself.
        outcome: as a number of many runs: the share that ended so.
    """

    label: str
    sentence: str
    clause: str
    moment: str
    outcome: str


ENDINGS = {
    HOLDING: EndingTexts(
        "still held when the run ended", "At the end of the run the pocket was still held", "", "end of the run",
        "Still held when the run ended",
    ),
    "pocket_taken": EndingTexts(
        "pocket taken", "The pocket was taken", "when the pocket was taken", "pocket taken", "Ended: pocket taken",
    ),
    "evacuated": EndingTexts(
        "agreed evacuation", "The siege ended with an agreed evacuation", "when an agreed evacuation was completed",
        "evacuation completed", "Ended: agreed evacuation",
    ),
    "siege_broken": EndingTexts(
        "siege broken", "The siege was broken from outside", "when it was broken from outside", "siege broken",
        "Ended: siege broken",
    ),
}  # fmt: skip
"""Every ending that the model knows, by name, in the order in which they are listed."""


def ending_texts(name: str) -> EndingTexts:
    """Return an ending by its name; one that a plug-in brought is told by its name."""
    words = name.replace("_", " ")
    return ENDINGS.get(name) or EndingTexts(words, f"The siege ended ({words})", words, words, f"Ended: {words}")
