"""World opinion: condemnation, and hope of help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.agents.facility import Hospital
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import param

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class Condemnation(Process):
    """Condemnation grows with civilians killed and hospitals hit, less when the other side shells civilians too.

    Hope of outside help supports the cohesion of units. It follows the facts with a delay: it falls as the pocket
    shrinks, and after an attack from outside has failed.
    """

    kind: Literal["condemnation"] = "condemnation"
    phase: ClassVar[Phase] = Phase.POLITICS
    about: ClassVar[tuple[str, ...]] = ("condemnation", "ending")
    off_means: ClassVar[str] = "hope never changes, and no agreement and no pause come about"
    neutral: ClassVar[Mapping[str, Any]] = {
        "per_100_killed": 0.0, "per_hospital_hit": 0.0, "hope_follows_per_day": 0.0, "fades_per_day": 0.0,
    }  # fmt: skip

    per_100_killed: float = param(1.0, unit="points", plausible=(0.5, 2), ge=0.0, le=100.0)
    """Points for every hundred civilians killed in the pocket."""
    per_hospital_hit: float = param(0.5, unit="points", plausible=(0.2, 1.5), ge=0.0, le=100.0)
    """Points for every hit on a hospital."""
    shelling_offset: float = param(0.5, unit="factor", plausible=(0.2, 1.0), ge=0.0, le=10.0)
    """Points taken off per hundred killed on the other side, relative to a hundred killed in the pocket."""
    fades_per_day: float = param(0.03, unit="1/day", plausible=(0.01, 0.1), ge=0.0, le=1.0)
    """Share of the condemnation that fades in a day."""
    hope_follows_per_day: float = param(0.159, unit="1/day", plausible=(0.01, 0.2), ge=0.0, le=1.0)
    """Share of the gap by which hope falls in a day towards the level that the facts justify: the lower of the share of
    ground still held and the prospect of help that failed attacks from outside have left."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Take note of the day."""
        politics = model.politics
        ledger = model.ledger
        killed = sum(ledger.today("civilians", cause) for cause in ("killed_by_air", "killed_by_shelling"))
        outside = ledger.today("besieger_civilians", "killed")
        hospital_hits = sum(hospital.hits for hospital in model.facilities_of(Hospital))
        points = (
            self.per_100_killed * (killed - self.shelling_offset * outside) / 100.0
            + self.per_hospital_hit * hospital_hits
        )
        politics.condemnation = max(0.0, politics.condemnation * (1.0 - self.fades_per_day) + points)
        politics.hope -= self.hope_follows_per_day * max(politics.hope - min(model.share_held, politics.prospect), 0.0)
