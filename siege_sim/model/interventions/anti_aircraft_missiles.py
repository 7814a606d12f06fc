"""Anti-aircraft missiles in the besieged city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.kernels.hazard import binomial, whole
from siege_sim.model.processes.base import Intervention, Phase
from siege_sim.schema.block import param, share

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState


class AntiAircraftMissiles(Intervention):
    """Shoulder-launched missiles come in; losses and the threat alone prevent strikes and make aircraft fly high.

    The window is that of the deliveries: missiles that are left are launched after it too. Aircrews act on what they
    learned today from tomorrow on, and forget it slowly once no missile is held.
    """

    kind: Literal["anti_aircraft_missiles"] = "anti_aircraft_missiles"
    phase: ClassVar[Phase] = Phase.FIRES
    about: ClassVar[tuple[str, ...]] = ("aircraft_lost", "heavy_impacts", "killed_by_air")
    neutral: ClassVar[Mapping[str, Any]] = {"missiles_per_month": 0.0}

    missiles_per_month: float = param(20.0, unit="missiles/30 days", plausible=(5, 60), ge=0.0, le=10_000.0)
    """How many come in."""
    p_launch: float = share(0.03, plausible=(0.01, 0.1))
    """Chance that a sortie over the pocket is met by a launch, while missiles are held."""
    p_loss: float = share(
        0.2,
        plausible=(0.05, 0.6),
        source="assumed; claims for Afghanistan in 1986-87 are far higher, and fell with flares and height (Kuperman)",
    )
    """Chance that a launch brings the aircraft down."""
    deterred_by_threat: float = share(0.25, plausible=(0.1, 0.5))
    """Share of the strikes on the pocket not flown while missiles are known to be there."""
    deterred_by_loss: float = share(0.08, plausible=(0.02, 0.2))
    """Share of the strikes still flown that one more aircraft lost keeps away."""
    effect_lost: float = share(
        0.4,
        plausible=(0.1, 0.7),
        source="assumed; aircraft flew 'so high as to be ineffective' (Kuperman, Foreign Affairs 2002)",
    )
    """Share of a strike's effect that is lost by flying high. It holds for people, fighters and buildings alike."""
    forgotten_per_day: float = param(0.03, unit="1/day", plausible=(0.01, 0.1), ge=0.0, le=1.0)
    """Share of the caution that a day without missiles takes away."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Deliver within the window; launch as long as there are missiles; let aircrews draw their conclusions."""
        delivery_luck, launch_luck, loss_luck = rng.random(3)
        if self.covers(model.day, model.clock):
            delivered = int(whole(delivery_luck, self.missiles_per_month / 30.0))
            model.politics.missiles += delivered
            model.ledger.book("missiles", "delivered", delivered)
        if model.day >= model.clock.day_of(self.from_day):
            held = model.politics.missiles > 0
            self._deter(model, held, self._launch(model, launch_luck, loss_luck))

    def _launch(self, model: SiegeState, launch_luck: float, loss_luck: float) -> int:
        """Launch at today's sorties over the pocket; return how many aircraft are lost."""
        politics = model.politics
        met = int(binomial(launch_luck, model.conditions.sorties_on_pocket, self.p_launch))
        launched = min(met, politics.missiles)
        lost = int(binomial(loss_luck, launched, self.p_loss))
        politics.missiles -= launched
        model.ledger.book("missiles", "launched", launched)
        model.ledger.book("aircraft", "lost", lost)
        if lost:
            number = "an aircraft was" if lost == 1 else f"{lost} aircraft were"
            model.note("aircraft_lost", "", f"{number} brought down", "anti-aircraft missile", lost)
        return lost

    def _deter(self, model: SiegeState, held: bool, lost: int) -> None:
        """Set what aircrews keep away from as of tomorrow."""
        politics = model.politics
        remembered = 1.0 - self.forgotten_per_day
        flown = (1.0 - politics.sorties_deterred * remembered) * (1.0 - self.deterred_by_loss) ** lost
        politics.sorties_deterred = max(1.0 - flown, self.deterred_by_threat * held)
        politics.effect_lost = max(politics.effect_lost * remembered, self.effect_lost * held)
