"""An agreement to evacuate, on a date."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class EvacuationAgreement(Intervention):
    """The parties agree on an evacuation of fighters and of the civilians who want to leave.

    Needs the process `agreement`, or `group_deals` in its place, which carries it out: fire stops, convoys leave, then
    the siege is over. With `group_deals` all groups accept at once.
    """

    kind: Literal["evacuation_agreement"] = "evacuation_agreement"
    about: ClassVar[tuple[str, ...]] = ("ending", "evacuated", "excess_deaths")
    neutral: ClassVar[Mapping[str, Any]] = {"p_accepted": 0.0}
    needs: ClassVar[Mapping[str, str]] = {"agreement": "carries an evacuation out"}

    p_accepted: float = share(1.0, plausible=(0.0, 1.0))
    """Chance on each day of the window that all parties accept."""

    def act(self, model: SiegeState, rng: Generator) -> None:
        """Come to terms, unless they have already."""
        accepted = rng.random() < self.p_accepted
        if accepted and model.politics.agreement_day is None:
            model.politics.agreement_day = model.day
            model.conditions.hold_fire()
            model.note("agreement", "", "both sides agreed on an evacuation", "mediated")
