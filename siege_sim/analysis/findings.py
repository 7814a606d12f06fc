"""What the figures of a sweep show, found before any is drawn: numbers and a sentence, or why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from siege_sim.analysis.convergence import convergence_of
from siege_sim.analysis.discovery import Question, find_box, worst_quarter
from siege_sim.analysis.quantities import Quantity, known_share
from siege_sim.analysis.regret import is_harm, no_regret, regret_of
from siege_sim.analysis.scatter import scatter_of
from siege_sim.analysis.sensitivity import morris_effects, sobol_indices
from siege_sim.analysis.summaries import (
    factor_effects,
    grid_estimates,
    is_grid,
    many_points,
    no_effects,
    point_estimates,
)
from siege_sim.analysis.surface import no_surface, surface_of
from siege_sim.analysis.survival import has_survival, survival
from siege_sim.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from siege_sim.analysis.convergence import Convergence
    from siege_sim.analysis.summaries import FactorEffects
    from siege_sim.results.sweep import Sweep


@dataclass(frozen=True)
class About:
    """What every figure of a sweep says of it: the title of the experiment, and how many runs and seeds there are."""

    title: str
    runs: str


class Shown(Protocol):
    """What a figure shows: numbers that the analysis has found, and a sentence."""

    @property
    def sentence(self) -> str:
        """The sentence."""


@dataclass(frozen=True)
class Finding:
    """What one picture of a figure shows.

    Attributes:
        figure: the name of the figure.
        name: of the picture.
        title: over it.
        sentence: what it shows, in words.
        shows: the numbers.
    """

    figure: str
    name: str
    title: str
    sentence: str
    shows: Any


@dataclass(frozen=True)
class FigureFindings:
    """What the pictures of a figure show, and what could not be found, with the reason."""

    figure: str
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class FindingKind:
    """How the findings of a figure are made.

    Attributes:
        missing: returns why a sweep has none; None when it has.
        find: makes one, of a quantity or a question (or of the factor that parts groups).
        suffix: of its title, after the quantity's label.
        of: what it is made of.
    """

    missing: Callable[[Sweep], str | None]
    find: Callable[[Sweep, Any], Shown]
    suffix: str = ""
    of: Literal["quantity", "harm", "question", "sweep"] = "quantity"


def _always(sweep: Sweep) -> str | None:
    return None


def _effects(sweep: Sweep, quantity: Quantity) -> FactorEffects:
    found = factor_effects(sweep, quantity)
    if found is None:
        raise ResultError(f"no two finished runs of '{quantity.name}' differ in one factor only")
    return found


def _convergence(sweep: Sweep, quantity: Quantity) -> Convergence:
    found = convergence_of(sweep, quantity)
    if found is None:
        raise ResultError(f"'{quantity.name}': no estimate has three values, so nothing can be said of how it settles")
    return found


FINDING_KINDS: dict[str, FindingKind] = {
    "heat_map": FindingKind(is_grid, grid_estimates),
    "response_surface": FindingKind(no_surface, surface_of),
    "tornado": FindingKind(no_effects, _effects, ": one change at a time"),
    "points": FindingKind(many_points, point_estimates),
    "sobol": FindingKind(_always, sobol_indices, ": Sobol indices"),
    "morris": FindingKind(_always, morris_effects, ": elementary effects"),
    "scatter": FindingKind(_always, scatter_of),
    "boxes": FindingKind(_always, find_box, of="question"),
    "regret": FindingKind(no_regret, regret_of, ": regret", of="harm"),
    "survival": FindingKind(has_survival, survival, "How long the pocket held", of="sweep"),
    "convergence": FindingKind(_always, _convergence, ": were there enough runs?"),
}
"""Every figure by name, in the order of a report; the names are `figures.FIGURE_NAMES`."""


def find_figures(
    sweep: Sweep,
    names: Sequence[str],
    quantities: Sequence[Quantity],
    questions: Sequence[Question] = (),
    by: str | None = None,
) -> tuple[FigureFindings, ...]:
    """Return what the figures of some names show, in the order of a report, each of all quantities that it suits.

    Args:
        sweep: of which.
        names: from `figures.FIGURE_NAMES`.
        quantities: what is shown.
        questions: for boxes, what makes a case; by default being among the worst quarter of the points.
        by: the factor that parts survival curves; by default a list of policies, or what parts them most.
    """
    wanted = {name: kind for name, kind in FINDING_KINDS.items() if name in names}
    reasons = {name: kind.missing(sweep) for name, kind in wanted.items()}
    return tuple(
        FigureFindings(name, (), (why,))
        if (why := reasons[name]) is not None
        else _found(name, kind, sweep, _targets(kind, sweep, quantities, questions, by))
        for name, kind in wanted.items()
    )


def _found(name: str, kind: FindingKind, sweep: Sweep, targets: Sequence[Any]) -> FigureFindings:
    """Find what a figure shows of each target; one that has none, or that no run has, is left out with the reason."""
    findings, left_out = [], [] if targets else ["no outcome of harm to civilians was chosen or kept"]
    for target in targets:
        if isinstance(target, Quantity) and known_share(sweep, target) == 0.0:
            left_out.append(f"no finished run has a value of '{target.name}' ({target.label})")
            continue
        try:
            shown = kind.find(sweep, target)
            findings.append(Finding(name, _picture_name(name, target), _title(kind, target), shown.sentence, shown))
        except ResultError as error:
            left_out.append(str(error))
    return FigureFindings(name, tuple(findings), tuple(dict.fromkeys(left_out)))


def _targets(
    kind: FindingKind, sweep: Sweep, quantities: Sequence[Quantity], questions: Sequence[Question], by: str | None
) -> Sequence[Any]:
    harms = [quantity for quantity in quantities if is_harm(sweep, quantity)]
    if kind.of == "sweep":
        return [by]
    if kind.of == "harm":
        return harms
    if kind.of == "quantity":
        return quantities
    known = [quantity for quantity in [*harms, *quantities] if known_share(sweep, quantity) > 0.0]
    return questions or [worst_quarter(sweep, quantity) for quantity in known[:1]]


def _picture_name(figure: str, target: Any) -> str:
    quantity = target.quantity if isinstance(target, Question) else target
    return f"{figure}-{quantity.name}" if isinstance(quantity, Quantity) else figure


def _title(kind: FindingKind, target: Any) -> str:
    if isinstance(target, Question):
        return f"When {target.words[0].lower()}{target.words[1:]}"
    return f"{target.label}{kind.suffix}" if isinstance(target, Quantity) else kind.suffix
