"""Orders to civilians: what the sides tell people who might leave, and do to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from siege_sim.model.ledger import Flow, killed
from siege_sim.model.processes.base import Phase, Process
from siege_sim.schema.block import share
from siege_sim.schema.dated import DatedNumber, dated_share, dated_word
from siege_sim.schema.series import Series

if TYPE_CHECKING:
    from numpy.random import Generator

    from siege_sim.model.state import SiegeState

NO_ORDER, STAY, LEAVE = "nothing", "stay", "leave"
ORDERS_KNOWN = (NO_ORDER, STAY, LEAVE)
"""What the besieger may tell the people of the pocket."""


class OrdersToCivilians(Process):
    """The besieger tells people to stay at home or to leave, and the garrison may have those who leave shot at.

    Both are inputs. Who fears reprisal heeds the besieger less. How many ways out armed men close is a parameter of
    `displacement`; what people do is decided there and, on ground that changes hands, in `new_holder`.
    """

    kind: Literal["orders_to_civilians"] = "orders_to_civilians"
    phase: ClassVar[Phase] = Phase.EXOGENOUS
    about: ClassVar[tuple[str, ...]] = ("left_to_besieger", "came_under_new_holder", "killed_leaving")
    off_means: ClassVar[str] = "nobody tells people to stay or to leave, and nobody is shot for leaving"
    inputs: ClassVar[tuple[str, ...]] = ("besieger_says", "shot_when_leaving")
    neutral: ClassVar[Mapping[str, Any]] = {"heeded": 0.0, "shot_when_leaving": 0.0}
    flows: ClassVar[Mapping[str, Mapping[str, Flow]]] = {
        "civilians": {"killed_leaving": killed("Killed while leaving")}
    }

    besieger_says: str | Series[str] = dated_word(NO_ORDER, ORDERS_KNOWN)
    """What the besieger tells people, by leaflets and radio: `stay`, `leave` or `nothing`; may be by date."""
    heeded: float = share(
        0.3,
        plausible=(0.15, 0.6),
        source="assumed; two thirds stayed in eastern Mosul, told to (leaflets of 16 Oct 2016)",
    )
    """Share of the people without fear of reprisal who do as they are told and would not have done so otherwise."""
    shot_when_leaving: DatedNumber = dated_share(0.0, plausible=(0.0, 0.005))
    """Share of the people who cross the line that the garrison kills for it; may be by date."""

    def step(self, model: SiegeState, rng: Generator) -> None:
        """Let it be known."""
        word, today = model.now(self.besieger_says), model.conditions
        today.told_to_stay = self.heeded if word == STAY else 0.0
        today.told_to_leave = self.heeded if word == LEAVE else 0.0
        today.shot_when_leaving = model.now(self.shot_when_leaving)
