"""What each mechanism, dated action and what-if of a case changes, on the outcomes that it is in the model for.

Every one of them is held against the same runs of the case, seed by seed. What shows no clear effect on anything it is
there for has to be mended, merged, removed or explained.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from siege_sim.analysis.comparison.effects import effects_of, first_differing_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from siege_sim.analysis.comparison.comparison import Comparison
    from siege_sim.analysis.comparison.effects import Effect

SwitchKind = Literal["mechanism", "action", "what_if"]
KIND_HEADINGS: dict[SwitchKind, str] = {
    "mechanism": "Mechanisms, each made to do nothing",
    "action": "Dated actions of the case, each left out",
    "what_if": "What-ifs",
}
"""What is switched, in the order of the tables, with the headings of its tables."""

ABOUT_ANYTHING = ("excess_deaths", "garrison_area_share", "end_day", "ending")
"""By what something is judged that names no outcomes of its own."""

CLEAR_EFFECT, NO_CLEAR_EFFECT, TOO_FEW = "clear effect", "no clear effect", "too few pairs"
NO_RUN_DIFFERS, ALWAYS_ZERO = f"{NO_CLEAR_EFFECT}: no run differs", f"{NO_CLEAR_EFFECT}: 0 in every run"
"""What is said of an effect."""

ABLATION_COLUMNS = (
    "case", "kind", "name", "outcome", "label", "unit", "pairs", "baseline", "changed", "difference", "low", "high",
    "verdict", "persons_a_row", "days", "model_version",
)  # fmt: skip
"""The columns of ``ablation.csv``."""


@dataclass(frozen=True)
class Switch:
    """Something that is changed in a case: a mechanism that does nothing, an action left out, a what-if.

    Attributes:
        kind: which of them.
        name: how scenarios call it.
        title: what it is, in a sentence or a question.
        about: names of the outcomes that it is in the model for.
        not_run: why there are no runs of it, where there are none.
    """

    kind: SwitchKind
    name: str
    title: str
    about: tuple[str, ...]
    not_run: str = ""


@dataclass(frozen=True)
class SwitchEffects:
    """What a switch changes.

    Attributes:
        switch: what is changed.
        effects: on the outcomes that it is there for, as far as the case has them.
        alike: whether no run differs from its baseline in anything that was compared.
    """

    switch: Switch
    effects: tuple[Effect, ...] = ()
    alike: bool = False

    @property
    def is_clear(self) -> bool:
        """Whether it has a clear effect on one of the outcomes at least."""
        return any(effect.difference.clear for effect in self.effects)

    def verdict(self, effect: Effect) -> str:
        """Return what is said of one of its effects."""
        if self.alike:
            return NO_RUN_DIFFERS
        if effect.difference.low is None:
            return TOO_FEW
        if effect.difference.before == effect.difference.after == 0.0:
            return ALWAYS_ZERO
        return CLEAR_EFFECT if effect.difference.clear else NO_CLEAR_EFFECT


@dataclass(frozen=True)
class CaseAblation:
    """What the switches of one case change.

    Attributes:
        name: of the case.
        title: of it.
        pairs: how many runs of the case there are, and of it with each switch.
        days: how many days each run has at the most.
        persons_a_row: how many people a household of the model stands for.
        switches: what each of them changes, by kind.
        model_version: which model it was.
    """

    name: str
    title: str
    pairs: int
    days: int
    persons_a_row: float
    switches: tuple[SwitchEffects, ...] = field(repr=False)
    model_version: str = ""

    def of_kind(self, kind: SwitchKind) -> tuple[SwitchEffects, ...]:
        """Return the switches of a kind."""
        return tuple(one for one in self.switches if one.switch.kind == kind)

    @property
    def without_clear_effect(self) -> tuple[SwitchEffects, ...]:
        """What was run and has no clear effect on any of the outcomes that it is there for."""
        return tuple(one for one in self.switches if one.effects and not one.is_clear)


@dataclass(frozen=True)
class AblationFindings:
    """What the switches of some cases change.

    Attributes:
        cases: the cases, in the order in which they were named.
        settings: what was changed in all of them, as ``key=value``.
    """

    cases: tuple[CaseAblation, ...]
    settings: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return a row a case, switch and outcome."""
        rows = [
            _row(case, one, effect) for case in self.cases for one in case.switches for effect in one.effects or (None,)
        ]
        return pd.DataFrame(rows, columns=list(ABLATION_COLUMNS))

    def data(self) -> dict[str, Any]:
        """Return everything as plain data."""
        rows = self.table().astype(object)
        return {"settings": list(self.settings), "rows": rows.where(rows.notna(), None).to_dict("records")}


def _row(case: CaseAblation, one: SwitchEffects, effect: Effect | None) -> dict[str, Any]:
    switch = one.switch
    known: dict[str, Any] = {
        "case": case.name, "kind": switch.kind, "name": switch.name, "persons_a_row": case.persons_a_row,
        "days": case.days, "model_version": case.model_version, "verdict": switch.not_run,
    }  # fmt: skip
    if effect is None:
        return known
    gap = effect.difference
    return known | {
        "outcome": effect.name, "label": effect.label, "unit": effect.unit, "pairs": gap.pairs, "baseline": gap.before,
        "changed": gap.after, "difference": gap.middle, "low": gap.low, "high": gap.high,
        "verdict": one.verdict(effect),
    }  # fmt: skip


def switch_effects(switches: Sequence[Switch], comparison: Comparison) -> tuple[SwitchEffects, ...]:
    """Return what switches change.

    Args:
        switches: all switches of a case; those that were run in the order of the comparison's what-ifs.
        comparison: the case, then it with each switch that was run.
    """
    arms = iter(range(1, len(comparison.arms)))
    return tuple(
        SwitchEffects(switch) if switch.not_run else _effects(switch, comparison, next(arms)) for switch in switches
    )


def _effects(switch: Switch, comparison: Comparison, arm: int) -> SwitchEffects:
    about = about_known(switch.about, {quantity.name: quantity for quantity in comparison.quantities})
    found = effects_of(comparison, arm)
    mine = [effect for name in about for effect in found if effect.name.split(":")[0] == name]
    return SwitchEffects(switch, tuple(mine), _alike(comparison, arm))


def about_known(about: Sequence[str], known: Mapping[str, object]) -> tuple[str, ...]:
    """Return the outcomes of a switch that a case has; those of anything where it has none of them."""
    mine = tuple(name for name in about if name in known)
    return mine or tuple(name for name in ABOUT_ANYTHING if name in known)


def _alike(comparison: Comparison, arm: int) -> bool:
    """Return whether no run differs from its baseline in any day of any outcome, nor in its ending."""
    pairs = zip(comparison.traces[0], comparison.traces[arm], strict=True)
    same_end = all(a.ending == b.ending and a.curves.shape == b.curves.shape for a, b in pairs)
    numbers = pd.DataFrame(comparison.numbers(0)).equals(pd.DataFrame(comparison.numbers(arm)))
    return same_end and numbers and first_differing_day(comparison, arm) is None
