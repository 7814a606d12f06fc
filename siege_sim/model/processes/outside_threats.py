"""Outside threats: fire on the pocket slackens while the besieger believes that others will strike him for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import share
from siege_sim.schema.dated import DatedNumber, dated_share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class OutsideThreats(Process):
    """The besieger holds back air strikes and shells in proportion to how far he believes a threat of force.

    How far a threat is believed is an input by date: an ultimatum with aircraft on call, a resolution without means.
    Where the counts of fire that a scenario gives already hold its effect, leave it at 0.
    """

    kind: Literal["outside_threats"] = "outside_threats"
    phase: ClassVar[Phase] = Phase.EXOGENOUS
    about: ClassVar[tuple[str, ...]] = ("killed_by_air", "killed_by_shelling", "heavy_impacts")
    inputs: ClassVar[tuple[str, ...]] = ("believed",)
    neutral: ClassVar[Mapping[str, Any]] = {"believed": 0.0}

    believed: DatedNumber = dated_share(0.0)
    """How far the besieger believes that outside force will answer his fire; a number, or numbers by date."""
    restraint: float = share(
        0.9,
        plausible=(0.6, 1.0),
        source="assumed; fire fell when threats looked real (Commission of Experts, Aug 1993)",
    )
    """Share of the fire that a fully believed threat holds back."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Hold fire back."""
        left = 1.0 - self.restraint * model.now(self.believed)
        model.conditions.air_tempo *= left
        model.conditions.fire_tempo *= left
