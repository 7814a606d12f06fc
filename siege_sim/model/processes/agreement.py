"""An agreement to evacuate: how it comes about, and how it is carried out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from siege_sim.kernels.hazard import probability
from siege_sim.model.evacuation import bring_out, put_on_lists
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param, share
from siege_sim.schema.sides import GARRISON

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Agreement(Process):
    """As ground and hope are lost, an evacuation of fighters and of those who want to leave becomes likely.

    The hazard a day is ``hazard x (1 - share held)^steepness x (1 - hope) x (1 + condemnation weight x
    condemnation)``. Once agreed, strikes and assaults stop and people leave by convoys until all who want
    to are gone; then the siege is over.
    """

    kind: Literal["agreement"] = "agreement"
    phase: ClassVar[Phase] = Phase.POLITICS
    about: ClassVar[tuple[str, ...]] = ("ending", "end_day", "evacuated")
    off_means: ClassVar[str] = "no evacuation is agreed or carried out"
    inputs: ClassVar[tuple[str, ...]] = ("hazard", "persons_per_day")
    neutral: ClassVar[Mapping[str, Any]] = {"hazard": 0.0}

    hazard: float = param(0.25, unit="1/day", plausible=(0.05, 0.6), source="Homs 2014, Daraya 2016", ge=0.0, le=10.0)
    """Hazard of an agreement when all ground and all hope are lost."""
    steepness: float = param(3.0, unit="exponent", plausible=(2, 5), ge=0.0, le=20.0)
    """How late in the loss of ground it becomes likely."""
    condemnation_weight: float = param(0.05, unit="1/point", plausible=(0.0, 0.2), ge=0.0, le=10.0)
    """How much condemnation helps it."""
    persons_per_day: float = param(5000.0, unit="persons/day", plausible=(2000, 10000), le=1e6, ge=0.1)
    """People whom convoys bring out a day."""
    civilians_leaving: float = share(0.5, plausible=(0.3, 0.8), source="half were willing to leave (OCHA, 5 Oct 2016)")
    """Share of the households that want to leave: on average, and in proportion to their fear of reprisal."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Come to terms, or carry them out."""
        luck = rng.random()
        politics = model.politics
        if politics.agreement_day is not None:
            if not politics.lists_made:
                self._make_lists(model, rng)
            self._bring_out(model)
            return
        lost = 1.0 - min(model.share_held, 1.0)
        weight = 1.0 + self.condemnation_weight * politics.condemnation
        rate = self.hazard * lost**self.steepness * (1.0 - politics.hope) * weight
        if luck < float(probability(rate)):
            politics.agreement_day = model.day
            model.note(
                "agreement",
                "",
                "both sides agreed on an evacuation",
                f"{lost:.0%} of the ground was gone by then, and {1.0 - politics.hope:.0%} of the hope of help",
                because=model.log.newest("quarter_lost", "pocket_split", "relief_failed", "ground_lost"),
            )

    def _make_lists(self, model: SiegeState, rng: Generator) -> None:
        """Let every household decide whether it wants to be brought out: the likelier the more it fears reprisal."""
        homes = model.households
        everybody = np.ones(len(homes), dtype=np.bool_)
        put_on_lists(model, everybody, homes.mouths > 0.0, self.civilians_leaving, rng.random(len(homes)))
        model.politics.lists_made = True

    def _bring_out(self, model: SiegeState) -> None:
        homes, units = model.households, model.units
        waiting = np.flatnonzero(homes.inside & homes.wants_out & (homes.persons > 0))
        seats, all_gone = bring_out(model, waiting, self.persons_per_day)
        if not all_gone:
            return
        for row in np.flatnonzero(units.of(GARRISON)):
            if seats <= 0:
                return
            seats -= model.unit(int(row)).give_up("evacuated")
        if not units.of(GARRISON).any():
            agreed = model.log.newest("agreement")
            model.hand_over_pocket("evacuated", "the evacuation was completed", agreed)
