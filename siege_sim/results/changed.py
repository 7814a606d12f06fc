"""How a changed scenario is called: in titles, in sentences, and as a part of a folder's name."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from siege_sim.schema.lineage import own_changes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from siege_sim.schema.lineage import Lineage, ValueChange

MOST_CHANGES_SAID = 6
"""How many changes a sentence names; the manifest has them all."""

LONGEST_CHANGE = 70
"""Characters of the changes in a title."""

CHANGED_MARK = " (changed: "
"""What stands in a title before what was changed."""

LONGEST_SUFFIX = 48
"""Characters that changes add to a folder's name."""

BEFORE_ITS_NAME = ("processes", "interventions", "changes")
"""Blocks whose parts are told by their own names."""


def changed_title(title: str, name: str, steps: Sequence[Lineage]) -> str:
    """Return a scenario's title, with what was changed where its own name does not tell it.

    Args:
        title: of the scenario.
        name: of the scenario.
        steps: how it came about.
    """
    changes, further = own_changes(name, steps)
    if not changes:
        return title
    said = "; ".join(change.text for change in changes)
    if further or len(said) > LONGEST_CHANGE:
        count = len(changes) + further
        said = f"{_cut(changes[0].text)} and {count - 1} more" if count > 1 else _cut(said)
    return f"{title}{CHANGED_MARK}{said})"


def title_alone(title: str) -> str:
    """Return such a title without what was changed, for pages that tell it elsewhere."""
    return title.partition(CHANGED_MARK)[0]


def _cut(text: str) -> str:
    return textwrap.shorten(text, LONGEST_CHANGE, placeholder=" ...")


def change_sentences(steps: Sequence[Lineage]) -> list[str]:
    """Return a sentence for each step: what was changed, and in which scenario."""
    return [_sentence(step) for step in steps]


def _sentence(step: Lineage) -> str:
    said = [change.text for change in step.changes[:MOST_CHANGES_SAID]]
    rest = step.count - len(said)
    if rest > 0:
        said.append(f"{rest} more")
    what = f"in {step.parent}" if step.by == "set" else f"against {step.parent} ({step.title})"
    return f"Changed {what}: {'; '.join(said)}."


def change_suffix(name: str, steps: Sequence[Lineage], digest: str) -> str:
    """Return what a folder's name says of changes, such as ``+no-relief_attack``; nothing where none are untold.

    Where not all can be said, a few characters of the digest tell one change from another.

    Args:
        name: of the scenario.
        steps: how it came about.
        digest: of the scenario.
    """
    changes, further = own_changes(name, steps)
    if not changes:
        return ""
    words = [_folder_words(change) for change in changes]
    whole = "".join(f"+{word}" for word in words)
    if not further and all(words) and len(whole) <= LONGEST_SUFFIX:
        return whole
    count = len(changes) + further
    first = (words[0] or changes[0].key.rpartition(".")[2])[: LONGEST_SUFFIX // 2]
    more = f"+{count - 1}-more" if count > 1 else ""
    return f"+{_safe(first)}{more}-{digest[:6]}"


def _folder_words(change: ValueChange) -> str:
    """Return a change for a folder's name; nothing where a few characters cannot say it in full."""
    path = change.key.split(".")
    short = ".".join(path[1:] if path[0] in BEFORE_ITS_NAME and len(path) > 1 else path[-2:])
    if change.made == "removed":
        return _safe(f"no-{short}")
    value = change.after.replace(",", "")
    return _safe(f"{short}-{value}") if value and re.fullmatch(r"[\w.-]+", value, flags=re.ASCII) else ""


def _safe(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "_", text)
