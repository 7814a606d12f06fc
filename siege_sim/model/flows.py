"""The flows of the ledger: by which names people, fighters and food come, go and die."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from siege_sim.model.ledger import IN, NOTE, OUT, Flow, killed, left_to
from siege_sim.schema.sides import BESIEGER_NAME

if TYPE_CHECKING:
    from siege_sim.model.processes.base import Process
    from siege_sim.schema.sides import Sides

CIVILIAN_DEATHS: Mapping[str, Flow] = {
    "killed_by_air": killed("Killed by air strikes"),
    "killed_by_shelling": killed("Killed by shelling"),
    "killed_in_crossfire": killed("Killed in crossfire"),
    "died_of_wounds": killed("Died of wounds"),
    "died_of_hunger": Flow(OUT, "Died of hunger", death=True),
}
CIVILIAN_DEPARTURES: Mapping[str, Flow] = {
    left_to(BESIEGER_NAME): Flow(OUT, "Left to {besieger_ground}"),
    "came_under_new_holder": Flow(OUT, "Stayed under a new holder"),
    "left_by_road": Flow(OUT, "Left by an open road"),
    "evacuated": Flow(OUT, "Civilians evacuated"),
    "evacuated_for_treatment": Flow(OUT, "Wounded civilians brought out"),
}
FLOWS: Mapping[str, Mapping[str, Flow]] = {
    "garrison": {
        "killed_by_air": killed("Killed by air strikes"),
        "killed_by_shelling": killed("Killed by shelling"),
        "killed_in_combat": killed("Killed in combat"),
        "surrendered": Flow(OUT, "Laid down arms"),
        "evacuated": Flow(OUT, "Evacuated"),
        "reinforced": Flow(IN, "Joined"),
    },
    "besieger": {
        "killed_in_combat": killed("Killed in combat"),
        "killed_in_relief_battle": killed("Killed in the relief battle"),
        "reinforced": Flow(IN, "Joined"),
    },
    "food": {
        "brought_in": Flow(IN, "Brought in"),
        "eaten": Flow(OUT, "Eaten by civilians"),
        "eaten_by_fighters": Flow(OUT, "Eaten by fighters"),
        "burnt": Flow(OUT, "Burnt"),
        "lost_with_ground": Flow(OUT, "Lost with the ground"),
        "left_the_pocket": Flow(OUT, "Taken along by those who left"),
        "lost_with_the_dead": Flow(OUT, "Lost with the dead"),
        "given": Flow(IN, "Given by hand"),
        "taken_away": Flow(OUT, "Taken away by hand"),
    },
    "missiles": {"delivered": Flow(IN, "Delivered"), "launched": Flow(OUT, "Launched")},
    "aircraft": {"lost": Flow(NOTE, "Lost")},
    "besieger_civilians": {"killed": Flow(NOTE, "Killed", death=True, violent=True)},
    "relief_force": {
        "arrived": Flow(IN, "Arrived"),
        "killed": killed("Killed"),
        "withdrew": Flow(OUT, "Withdrew"),
    },
}
"""The flows of every stock but that of the civilians, as far as no process brings them along."""


def flows_of(sides: Sides, processes: Iterable[type[Process]]) -> dict[str, dict[str, Flow]]:
    """Return every flow of every stock: the program's own, those to third parties, those that processes declare.

    Deaths of civilians come first, then where people went, then what is only counted.
    """
    to_third_parties = {
        left_to(name): Flow(OUT, f"Left to {side.ground_label}") for name, side in sides.third_parties.items()
    }
    civilians = {**CIVILIAN_DEATHS, **to_third_parties, **CIVILIAN_DEPARTURES}
    flows = {"civilians": {**civilians, "wounded": Flow(NOTE, "Wounded")}, **{k: dict(v) for k, v in FLOWS.items()}}
    for process in processes:
        for stock, declared in process.flows.items():
            flows.setdefault(stock, {}).update(declared)
    return flows
