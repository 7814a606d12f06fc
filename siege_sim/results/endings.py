"""How a run can end, and what each ending is called in tables and sentences."""

from __future__ import annotations

from dataclasses import dataclass

ENDING = "ending"
"""The name of how a run ended, among the outcomes of a run: the one that is not a number."""


@dataclass(frozen=True)
class EndingTexts:
    """An ending in words.

    Attributes:
        label: in a table.
        noun: after "Ended in:".
        sentence: as a sentence, without its full stop.
        clause: after "Why the siege ended ...,"; empty for runs that were stopped before the siege ended.
    """

    label: str
    noun: str
    sentence: str
    clause: str = ""


ENDINGS = {
    "holding": EndingTexts(
        label="Still held when the run ended",
        noun="still holding when the run ended",
        sentence="At the end of the run the pocket was still held",
    ),
    "pocket_taken": EndingTexts(
        label="Ended: pocket taken",
        noun="the pocket taken",
        sentence="The pocket was taken",
        clause="when the pocket was taken",
    ),
    "evacuated": EndingTexts(
        label="Ended: agreed evacuation",
        noun="an agreed evacuation",
        sentence="The siege ended with an agreed evacuation",
        clause="when an agreed evacuation was completed",
    ),
    "siege_broken": EndingTexts(
        label="Ended: siege broken",
        noun="the siege broken from outside",
        sentence="The siege was broken from outside",
        clause="when it was broken from outside",
    ),
}
"""The endings that the program knows, in the order of tables; a plug-in may end a siege in another way."""


def ending_texts(ending: str) -> EndingTexts:
    """Return an ending in words, also for one that a plug-in has brought."""
    words = ending.replace("_", " ")
    return ENDINGS.get(ending) or EndingTexts(ending, words, f"The siege ended ({words})", words)
