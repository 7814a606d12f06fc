"""What runs say of claims, as text for the terminal."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

from siege_sim.results.numbers import NOTHING, number, percent

if TYPE_CHECKING:
    from siege_sim.analysis.claims.checked_claims import CheckedClaim, ClaimsFindings
    from siege_sim.analysis.claims.evaluation import FoundStatistic

CLAIMS_WIDTH = 110
INDENT = " " * 8
MOST_FAILING = 8


def claims_text(findings: ClaimsFindings) -> str:
    """Return the claims with what runs say of each, those that fail last."""
    last = findings.first_seed + findings.runs - 1
    each = "1 run" if findings.runs == 1 else f"{findings.runs} runs"
    played = f"{each} of {'each of ' * (findings.points is not None)}{_what(findings)}"
    seeds = f"seed {last}" if findings.runs == 1 else f"seeds {findings.first_seed} to {last}"
    head = f"{findings.title} ({played}; {seeds})"
    ordered = sorted(findings.claims, key=lambda claim: claim in findings.failing)
    parts = ["\n".join(_lines(claim, findings.drawn)) for claim in ordered]
    untried = [f"Not tried: {way}: {why}." for way, why in findings.untried.items()]
    return "\n\n".join([head, *parts, *untried, _sum(findings)])


def _what(findings: ClaimsFindings) -> str:
    names = ", ".join(findings.scenarios)
    if findings.points is None:
        return names
    return f"the {findings.points:,} points of {names}"


def _lines(claim: CheckedClaim, drawn: str) -> Iterator[str]:
    yield _wrapped(f"{'holds' if claim.holds else 'FAILS':<8}{claim.name}: {claim.says}")
    yield _wrapped(f"{INDENT}check: {' '.join(claim.check.split())}")
    yield from (f"{INDENT}{_statistic(one)}" for one in claim.statistics)
    if claim.resampled is not None and (claim.narrow or not claim.holds):
        verb = "narrow: it" if claim.holds else "it"
        yield f"{INDENT}{verb} holds on {percent(claim.resampled)} of resamplings of the {drawn}"
    for way, holds in claim.ways.items():
        yield f"{INDENT}{way}: {'not tried' if holds is None else 'holds' if holds else 'FAILS'}"


def _wrapped(text: str) -> str:
    return textwrap.fill(text, CLAIMS_WIDTH, subsequent_indent=INDENT, break_on_hyphens=False, break_long_words=False)


def _statistic(one: FoundStatistic) -> str:
    function = one.text.partition("(")[0]
    if function in ("every", "clear"):
        value = "yes" if one.value else "no"
    elif function == "share":
        value = percent(one.value)
    else:
        value = number(one.value)
        value = "never" if math.isinf(one.value) else "no run has a value" if value == NOTHING else value
    return f"{one.text}: {value}{_failing(one)}"


def _failing(one: FoundStatistic) -> str:
    count = len(one.failing)
    if not count:
        return ""
    shown = ", ".join(map(str, one.failing[:MOST_FAILING]))
    more = f" and {count - MOST_FAILING:,} more" if count > MOST_FAILING else ""
    if isinstance(one.failing[0], str):
        return f" (not in {count:,} of {one.runs:,} runs: {shown}{more})"
    return f" (not with seed{'s' * (count > 1)} {shown}{more})"


def _sum(findings: ClaimsFindings) -> str:
    count, failing = len(findings.claims), findings.failing
    if not failing:
        return "The claim holds." if count == 1 else f"All {count} claims hold."
    names = ", ".join(claim.name for claim in failing)
    return f"{len(failing)} of {count} claims fail{'s' * (len(failing) == 1)}: {names}."
