"""Where a scenario comes from: what it was changed from, and which values were changed, in words.

A lineage says how values came about, and decides on none of them: two scenarios with the same values are equal,
whatever their lineage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

ChangeMade = Literal["changed", "added", "removed"]

MOST_CHANGES_KEPT = 40
"""How many changes a step names one by one."""

LONGEST_VALUE = 40
"""Characters of a value in words."""

LINEAGE_KEY = "lineage"
"""The key of a scenario file that `run` has written under which it says what it was changed from."""


@dataclass(frozen=True)
class ValueChange:
    """A value that is not as it was.

    Attributes:
        key: its dotted key in the scenario.
        made: what was done to it.
        before: what it was, in words; empty where it was nothing, or nothing that a few words can say.
        after: what it is now, likewise.
    """

    key: str
    made: ChangeMade
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        """The change in words: ``processes.sorties.per_day 20 (67)``, ``interventions.relief_attack removed``."""
        if self.made == "removed":
            return f"{self.key} removed"
        if not self.after:
            return f"{self.key} {self.made}"
        return f"{self.key} {self.after} ({self.before or 'not set before'})"


@dataclass(frozen=True)
class Lineage:
    """A step from a scenario to one that was made of it.

    Attributes:
        parent: the name of the scenario that was changed.
        title: its title.
        by: ``extends`` for a file that builds on another one, ``set`` for settings such as those of ``--set``.
        changes: what was changed, the first `MOST_CHANGES_KEPT`.
        further: how many more changes there are.
    """

    parent: str
    title: str
    by: Literal["extends", "set"]
    changes: tuple[ValueChange, ...]
    further: int = 0

    @property
    def count(self) -> int:
        """How many changes there are in all."""
        return len(self.changes) + self.further

    def data(self) -> dict[str, Any]:
        """Return it as plain data."""
        changes = [{"key": one.key, "made": one.made, "before": one.before, "after": one.after} for one in self.changes]
        return {**asdict(self), "changes": changes}


def lineage_in_file(steps: Sequence[Lineage], digest: str) -> dict[str, Any]:
    """Return what a scenario's file says of its lineage, with the digest of the scenario of which it is true."""
    return {"digest": digest, "steps": [step.data() for step in steps]}


def lineage_from_file(data: Any, name: str, title: str, digest: str) -> tuple[Lineage, ...]:
    """Return the steps that a file says, and one more if values in it were changed after it was written.

    Args:
        data: what stands under `LINEAGE_KEY`.
        name: of the file's scenario.
        title: of it.
        digest: of it, as it is now.

    Raises:
        ValueError: the data describe no lineage.
    """
    try:
        steps, then = lineage_of_data(data["steps"]), data["digest"]
    except (KeyError, TypeError) as error:
        raise ValueError(f"not a lineage: {error}") from None
    if then == digest:
        return steps
    return (*steps, Lineage(name, title, "set", (ValueChange("values in the file", "changed"),)))


def lineage_of_data(data: Any) -> tuple[Lineage, ...]:
    """Return the steps that plain data describes, as `Lineage.data` gives them.

    Raises:
        ValueError: the data describe none.
    """
    try:
        steps = [] if data is None else list(data)
        return tuple(_step(step) for step in steps)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a lineage: {error}") from None


def _step(data: Mapping[str, Any]) -> Lineage:
    changes = tuple(ValueChange(**{name: _text(value) for name, value in one.items()}) for one in data["changes"])  # type: ignore[arg-type]
    if data["by"] not in ("extends", "set") or any(one.made not in get_args(ChangeMade) for one in changes):
        raise ValueError(f"not a lineage: {data['by']!r}")
    return Lineage(_text(data["parent"]), _text(data["title"]), data["by"], changes, int(data.get("further", 0)))


def _text(value: Any) -> str:
    if value is None or isinstance(value, list | tuple | dict):
        raise TypeError(f"{value!r} is no text")
    return str(value)


def own_changes(name: str, steps: Sequence[Lineage]) -> tuple[tuple[ValueChange, ...], int]:
    """Return the changes that a scenario's own name does not tell, and how many more there are.

    A file that builds on another one and has a name of its own is told by that name.

    Args:
        name: of the scenario.
        steps: how it came about.
    """
    untold = [step for step in steps if step.parent == name]
    return tuple(change for step in untold for change in step.changes), sum(step.further for step in untold)
