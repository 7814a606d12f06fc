"""What a scenario may name: every process and intervention, in the order of the day.

A third party adds its own through the entry-point groups ``siege_sim.processes`` and
``siege_sim.interventions``; a scenario file never imports code.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TypeVar

from siege_sim.errors import SiegeError
from siege_sim.model.interventions.aid_convoy import AidConvoy
from siege_sim.model.interventions.airdrop import Airdrop
from siege_sim.model.interventions.anti_aircraft_missiles import AntiAircraftMissiles
from siege_sim.model.interventions.armed_group_leaves import ArmedGroupLeaves
from siege_sim.model.interventions.ceasefire import Ceasefire
from siege_sim.model.interventions.corridor import Corridor
from siege_sim.model.interventions.evacuation_agreement import EvacuationAgreement
from siege_sim.model.interventions.harsh_winter import HarshWinter
from siege_sim.model.interventions.medical_evacuation import MedicalEvacuation
from siege_sim.model.interventions.no_garrison_shelling import NoGarrisonShelling
from siege_sim.model.interventions.outside_intervention import OutsideIntervention
from siege_sim.model.interventions.protected_hospitals import ProtectedHospitals
from siege_sim.model.interventions.ration_policy import RationPolicy
from siege_sim.model.interventions.reinforcements import Reinforcements
from siege_sim.model.interventions.relief_attack import ReliefAttack
from siege_sim.model.interventions.siege_broken import SiegeBroken
from siege_sim.model.processes.agreement import Agreement
from siege_sim.model.processes.artillery import Artillery
from siege_sim.model.processes.assault import Assault
from siege_sim.model.processes.base import Intervention, Process
from siege_sim.model.processes.base_mortality import BaseMortality
from siege_sim.model.processes.besieger_command import BesiegerCommand
from siege_sim.model.processes.bridges import Bridges
from siege_sim.model.processes.clearing import Clearing
from siege_sim.model.processes.condemnation import Condemnation
from siege_sim.model.processes.counter_attack import CounterAttack
from siege_sim.model.processes.danger import Danger
from siege_sim.model.processes.deliveries import Deliveries
from siege_sim.model.processes.desertion import Desertion
from siege_sim.model.processes.displacement import Displacement
from siege_sim.model.processes.eating import Eating
from siege_sim.model.processes.ending import Ending
from siege_sim.model.processes.envelopment import Envelopment
from siege_sim.model.processes.fear import Fear
from siege_sim.model.processes.gardens import Gardens
from siege_sim.model.processes.garrison_command import GarrisonCommand
from siege_sim.model.processes.garrison_shelling import GarrisonShelling
from siege_sim.model.processes.group_deals import GroupDeals
from siege_sim.model.processes.hospitals import Hospitals
from siege_sim.model.processes.hunger import Hunger
from siege_sim.model.processes.looting import Looting
from siege_sim.model.processes.loss_threshold import LossThreshold
from siege_sim.model.processes.main_effort import MainEffort
from siege_sim.model.processes.market import MarketTrade
from siege_sim.model.processes.morale import Morale
from siege_sim.model.processes.new_holder import NewHolder
from siege_sim.model.processes.orders_to_civilians import OrdersToCivilians
from siege_sim.model.processes.outside_threats import OutsideThreats
from siege_sim.model.processes.pauses import Pauses
from siege_sim.model.processes.pockets import Pockets
from siege_sim.model.processes.rationing import Rationing
from siege_sim.model.processes.rescue import Rescue
from siege_sim.model.processes.resolve import Resolve
from siege_sim.model.processes.season import Season
from siege_sim.model.processes.shelter import Shelter
from siege_sim.model.processes.snipers import Snipers
from siege_sim.model.processes.sorties import Sorties
from siege_sim.model.processes.strike_effects import StrikeEffects
from siege_sim.model.processes.supply import Supply
from siege_sim.model.processes.targets import Targets
from siege_sim.model.processes.withdrawal import Withdrawal
from siege_sim.model.processes.works import Works

T = TypeVar("T", bound=Process)

OWN_PROCESSES: tuple[type[Process], ...] = (
    Bridges,
    Season,
    OutsideThreats,
    OrdersToCivilians,
    Shelter,
    Sorties,
    Targets,
    StrikeEffects,
    Artillery,
    Snipers,
    Danger,
    GarrisonShelling,
    BesiegerCommand,
    MainEffort,
    GarrisonCommand,
    Withdrawal,
    Assault,
    Clearing,
    CounterAttack,
    Envelopment,
    LossThreshold,
    Desertion,
    Morale,
    Resolve,
    Works,
    Pockets,
    Supply,
    Deliveries,
    Looting,
    Rationing,
    MarketTrade,
    Gardens,
    Eating,
    Hunger,
    BaseMortality,
    Rescue,
    Hospitals,
    NewHolder,
    Fear,
    Displacement,
    Condemnation,
    Pauses,
    Agreement,
    GroupDeals,
    Ending,
)
"""The project's own processes; within a phase they run in this order."""

OWN_INTERVENTIONS: tuple[type[Intervention], ...] = (
    Ceasefire,
    ProtectedHospitals,
    AidConvoy,
    Airdrop,
    RationPolicy,
    MedicalEvacuation,
    Corridor,
    EvacuationAgreement,
    ArmedGroupLeaves,
    NoGarrisonShelling,
    OutsideIntervention,
    ReliefAttack,
    SiegeBroken,
    Reinforcements,
    AntiAircraftMissiles,
    HarshWinter,
)
"""The project's own interventions."""


_installed = cache(entry_points)
"""Entry points of all packages; they are read once."""


@cache
def processes() -> dict[str, type[Process]]:
    """Return every process by name, those of installed plug-ins last."""
    return _with_plugins("siege_sim.processes", OWN_PROCESSES)


@cache
def interventions() -> dict[str, type[Intervention]]:
    """Return every intervention by name, those of installed plug-ins last."""
    return _with_plugins("siege_sim.interventions", OWN_INTERVENTIONS)


def _with_plugins(group: str, own: tuple[type[T], ...]) -> dict[str, type[T]]:
    known = {cls.name(): cls for cls in own}
    for entry in sorted(_installed().select(group=group), key=lambda entry: entry.name):
        cls = entry.load()
        if cls.name() in known:
            raise SiegeError(f"plug-in '{entry.value}' has the name '{cls.name()}', which is already used; rename it")
        known[cls.name()] = cls
    return known
