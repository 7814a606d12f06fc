"""An agreement to evacuate, on a date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.processes.base import Intervention
from siege_sim.schema.block import Problem, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.model import SiegeModel
    from siege_sim.model.scenario import Scenario


class EvacuationAgreement(Intervention):
    """The parties agree on an evacuation of fighters and of the civilians who want to leave.

    Needs the process `agreement`, which carries it out: fire stops, convoys leave, then the siege is over.
    """

    kind: Literal["evacuation_agreement"] = "evacuation_agreement"
    neutral: ClassVar[Mapping[str, Any]] = {"p_accepted": 0.0}

    p_accepted: float = share(1.0, plausible=(0.0, 1.0))
    """Chance on each day of the window that all parties accept."""

    def problems_in(self, scenario: Scenario) -> Iterator[Problem]:
        """Yield that nothing would carry the agreement out."""
        if "agreement" not in dict(scenario.processes.on()):
            yield (), "the process 'agreement', which carries an evacuation out, is off; switch it on"

    def act(self, model: SiegeModel, rng: Generator) -> None:
        """Come to terms, unless they have already."""
        accepted = rng.random() < self.p_accepted
        if accepted and model.politics.agreement_day is None:
            model.politics.agreement_day = model.day
            model.conditions.hold_fire()
            model.note("agreement", "", "both sides agreed on an evacuation", "mediated")
