"""A small square town with the theory of the front that cases have, for tests of its processes."""

from __future__ import annotations

from siege_sim import Scenario, SiegeModel, load_scenario

THEORY = (
    *(f"processes.{old}=null" for old in ("besieger_command", "assault", "envelopment", "morale", "agreement")),
    "processes.clearing={}",
    "processes.main_effort={}",
    "processes.resolve={}",
    "map.third_party=null",
    "population.third_parties={}",
    "population.persons_per_household=50",
    "interventions={}",
    "processes.ending=null",
    "days=40",
)
SEED = 3


def town(*settings: str) -> Scenario:
    """Return the small town with this theory, in which no siege ends before its last day."""
    return load_scenario("toy_town", [*THEORY, *settings])


def built_up(scenario: Scenario, share: float) -> Scenario:
    """Return a town of which the garrison's ground is built on to a share everywhere."""
    drawn = scenario.map.drawn().model_dump(by_alias=True)
    for quarter in drawn["legend"].values():
        if quarter["holder"] == "garrison":
            quarter |= {"built_up": share, "ground": None}
    blocks = {key: getattr(scenario, key) for key in type(scenario).model_fields}
    return Scenario.model_validate({**blocks, "map": drawn, "processes": dict(scenario.processes.on())})


def played(scenario: Scenario, seed: int = SEED, days: int | None = None) -> SiegeModel:
    """Return a town after some days, or after all of its days; each day ends with a check of the books."""
    model = SiegeModel(scenario, seed)
    while model.running and (days is None or model.day < days):
        model.step()
    return model
