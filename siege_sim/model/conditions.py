"""What holds for the whole city today, and the few things that have no place on the map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

KCAL_A_PERSON_DAY = 2100.0
"""The humanitarian planning figure (WHO, UNHCR, UNICEF, WFP 2004)."""

RationPolicyName = Literal["equal", "per_family", "fighters_first"]
"""Who gets how much food: equal a head, equal a family, or fighters before the rest."""


@dataclass
class Conditions:
    """Set anew every morning; the calendar and the interventions change it, the other processes read it.

    Attributes:
        colder_by_c: how much colder than its season the day is, in degrees.
        temperature_c: mean temperature of the day.
        need_kcal: energy a person needs today.
        growth: how well gardens grow, from 0 to 1.
        flying: share of the planned sorties that the weather lets fly.
        air_tempo: share of the usual sorties that are flown against the pocket.
        fire_tempo: likewise for artillery on the pocket.
        assault_tempo: likewise for ground assaults.
        assaults_ordered: share of the usual ground assaults that the besieger's posture orders.
        shelling_tempo: likewise for the garrison's fire on the besieger's quarters.
        strike_effect: share of a strike's usual effect, less when aircraft fly high.
        hospitals_spared: share of the strikes on hospitals that are not made.
        baking_fuel: share of the bakeries' output that fuel allows.
        impacts_due: heavy impacts that fall on the pocket today.
        impacts_by_munition: the same by kind of munition.
        lethality: mean lethality of those impacts, relative to what is usual for their kinds.
        outdoors: share of the people who are outdoors when fire falls.
        in_cellars: share who are in cellars and shelters; the rest are in their rooms.
        warned_of_aircraft: share of the others who reach a cellar before an air strike.
        sorties: sorties flown in the province today.
        sorties_on_pocket: those of them that strike the pocket.
        told_to_stay: share of the people without fear of reprisal who stay because the besieger tells them to.
        told_to_leave: likewise, who leave.
        shot_when_leaving: share of the people who cross the line that the garrison kills for it.
        ration_policy: how food is handed out today, if otherwise than `rationing` says.
        bread_factor: bread a head, relative to what `rationing` says.
        aid_factor: likewise for the agencies' rations.
        pressure: points of outside pressure on what the besieger offers, beside condemnation.
    """

    colder_by_c: float = 0.0
    temperature_c: float = 20.0
    need_kcal: float = KCAL_A_PERSON_DAY
    growth: float = 1.0
    flying: float = 1.0
    air_tempo: float = 1.0
    fire_tempo: float = 1.0
    assault_tempo: float = 1.0
    assaults_ordered: float = 1.0
    shelling_tempo: float = 1.0
    strike_effect: float = 1.0
    hospitals_spared: float = 0.0
    baking_fuel: float = 1.0
    impacts_due: int = 0
    impacts_by_munition: dict[str, int] = field(default_factory=dict)
    lethality: float = 1.0
    outdoors: float = 0.0
    in_cellars: float = 0.0
    warned_of_aircraft: float = 0.0
    sorties: int = 0
    sorties_on_pocket: int = 0
    told_to_stay: float = 0.0
    told_to_leave: float = 0.0
    shot_when_leaving: float = 0.0
    ration_policy: RationPolicyName | None = None
    bread_factor: float = 1.0
    aid_factor: float = 1.0
    pressure: float = 0.0

    def hold_fire(self) -> None:
        """Let every weapon rest for today."""
        self.air_tempo = self.fire_tempo = self.assault_tempo = self.shelling_tempo = 0.0


@dataclass
class Politics:
    """The politics of the siege, which has no place on the map.

    Attributes:
        condemnation: pressure of world opinion on the besieger, from 0 up.
        hope: hope of help from outside, from 0 to 1.
        prospect: how much of it failed attacks from outside have left reason for; hope comes down to it day by day.
        agreement_day: the day on which an evacuation was agreed, if it was.
        lists_made: whether households have decided if they want to be brought out.
        experience_of_fire: how far people have learnt to live under fire, from 0 to 1.
        days_cut_off: days without supply that the fuel kept for bakeries has had to last; an open road restores it.
        pause_until: the last day of the pause in the fighting that was announced last.
        pause_quiet: share of strikes, shelling and assaults that it prevents.
        relief_fighters: strength of the relief force outside.
        relief_progress_km: how far it has come.
        siege_broken: whether the relief force reached the pocket.
        missiles: anti-aircraft missiles in the pocket.
        sorties_deterred: share of the strikes on the pocket that aircrews do not fly for fear of missiles.
        effect_lost: share of a strike's effect that is lost as they fly high.
        ending: how the siege ended, once it has; ``holding`` until then.
    """

    condemnation: float = 0.0
    hope: float = 1.0
    prospect: float = 1.0
    agreement_day: int | None = None
    lists_made: bool = False
    experience_of_fire: float = 0.0
    days_cut_off: float = 0.0
    pause_until: int = 0
    pause_quiet: float = 0.0
    relief_fighters: int = 0
    relief_progress_km: float = 0.0
    siege_broken: bool = False
    missiles: int = 0
    sorties_deterred: float = 0.0
    effect_lost: float = 0.0
    ending: str = "holding"


def morning(politics: Politics, day: int) -> Conditions:
    """Return the conditions with which a day begins: as usual, in a pause, or at peace once they have agreed."""
    tempo = 1.0 - politics.pause_quiet if day <= politics.pause_until else 1.0
    today = Conditions(
        air_tempo=tempo * (1.0 - politics.sorties_deterred),
        fire_tempo=tempo,
        assault_tempo=tempo,
        shelling_tempo=tempo,
        strike_effect=1.0 - politics.effect_lost,
    )
    if politics.agreement_day is not None:
        today.hold_fire()
    return today
