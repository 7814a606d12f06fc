"""Day 0 as a file gives it: the city, the people, their food, the forces, the air wings, the calendar.

What happens then, mechanisms and dated actions, is the scenario's part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from siege_sim.errors import did_you_mean
from siege_sim.model.city.map import CityMap
from siege_sim.model.city.synthetic import SyntheticTown
from siege_sim.model.munitions import AirMunition
from siege_sim.schema.block import Block, KeyPath, NumberOfWeight, Problem, param, share
from siege_sim.schema.clock import Clock, Day, IsoDate, Window
from siege_sim.schema.dated import DatedNumber, dated, dated_share
from siege_sim.schema.sides import BESIEGER_NAME, GARRISON_NAME, Name, Sides

LONGEST_RUN_DAYS = 3650


class Population(Block):
    """The people."""

    besieged: int = param(
        unit="persons",
        plausible=(115_000, 275_000),
        source="UN 250,000-275,000; others far fewer",
        ge=1,
        le=5_000_000,
    )
    """Civilians on the garrison's ground on day 0."""
    persons_per_household: float = param(
        5.4,
        unit="persons",
        plausible=(1, 50),
        source="mean household of about 5-6 in Syria",
        ge=1.0,
        le=100.0,
    )
    """Persons in a household on average. 1 makes every person a row, 50 a coarse run for sweeps."""
    children_share: float = share(0.4, plausible=(0.35, 0.45), source="100,000 of 250,000-275,000 (UN, autumn 2016)")
    """Share of the people under 18."""
    besieger_side: int = param(0, unit="persons", ge=0, le=50_000_000)
    """Residents on the besieger's ground (counted by cell, not as households)."""
    third_parties: dict[Name, Annotated[int, Field(ge=0, le=50_000_000)]] = {}
    """Residents on the ground of third parties, by the party's name, likewise."""
    fear_of_reprisal: float = share(0.5, plausible=(0.3, 0.7), source="44 % would leave, 40 % stay (UNHCR, Oct 2016)")
    """Mean fear of what would happen on the besieger's ground; spread evenly around it."""
    categories: dict[Name, Annotated[float, Field(ge=0.0, le=1.0)]] = {}
    """Shares of the people by category of rations, such as workers and dependants, which add up to 1; none without it.
    They decide on rations alone; who is a child is `children_share`'s."""
    wealth_spread: float = param(0.6, unit="log scale", plausible=(0.3, 1.0), ge=0.0, le=3.0)
    """Spread of buying power (standard deviation of its logarithm)."""

    def problems(self) -> Iterator[Problem]:
        """Yield categories that are not all of the people."""
        total = sum(self.categories.values())
        if self.categories and abs(total - 1.0) > 1e-6:
            yield ("categories",), f"the shares add up to {total:g}; they must add up to 1"


class Food(Block):
    """Food in the pocket on day 0."""

    home_days: float = param(12.0, unit="days", plausible=(5, 30), ge=0.0, le=1000.0)
    """Mean days of full rations at home; they differ widely between households."""
    council_kcal: float = param(0.0, unit="kcal", ge=0.0, le=1e13)
    """Flour and staples in the council's stores."""
    aid_kcal: float = param(0.0, unit="kcal", ge=0.0, le=1e13)
    """Food in the agencies' stores."""
    merchant_kcal: float = param(0.0, unit="kcal", ge=0.0, le=1e13)
    """Food with traders, spread over the markets."""
    bakery_kcal_per_day: float = param(
        9e6,
        unit="kcal/day",
        plausible=(5e6, 15e6),
        source="25 bakeries for the pocket's bread in August 2016",
        ge=0.0,
        le=10000000000.0,
    )
    """What one bakery can bake in a day with full fuel."""


class Faction(Block):
    """A part of one side's forces."""

    fighters: int = param(unit="fighters", ge=1, le=1_000_000)
    """How many on day 0."""
    unit_size: int = param(100, unit="fighters", plausible=(80, 200), ge=1, le=10_000)
    """Fighters in a unit."""
    quality: float = param(1.0, unit="1 = average", plausible=(0.6, 1.5), le=5.0, ge=0.01)
    """Training and arms, as a factor on fighting strength."""
    vanguard: bool = False
    """Whether they lead assaults."""
    axis: int | None = param(None, unit="number", ge=0, le=11)
    """Which axis of attack it leads, counted from 0; by where it stands without it."""
    steadfast: DatedNumber = dated_share(0.5, plausible=(0.2, 0.95))
    """Its orders and conviction, for `resolve` and `withdrawal`: 1 holds whatever happens; a number, or by date."""
    exit_offered: DatedNumber = dated_share(0.5, plausible=(0.0, 1.0))
    """What awaits those of it who give up: 1 a safe way out with arms and family, 0 death; a number, or by date."""
    fed: DatedNumber | None = dated(None, unit="share", ge=0.0, le=1.0)
    """Share of their need that its fighters have from stores of their own, for `resolve`; what they ate without it."""
    sectors: dict[str, NumberOfWeight] = Field(min_length=1)
    """Where they stand: sector of the map and weight."""
    keeps_to_sectors: bool = False
    """Whether the garrison's command sends it to no other sectors, as where groups do not help one another."""

    def problems(self) -> Iterator[Problem]:
        """Yield weights that place nobody."""
        if any(weight < 0.0 for weight in self.sectors.values()) or not sum(self.sectors.values()) > 0.0:
            yield ("sectors",), "weights must be at least 0, and one above 0"


class Forces(Block):
    """The order of battle."""

    garrison: dict[str, Faction] = Field(min_length=1)
    """The besieged side, by faction."""
    besieger: dict[str, Faction] = Field(min_length=1)
    """The besieging side, by faction."""
    axes: int = param(3, unit="axes", plausible=(2, 4), ge=0, le=12)
    """On how many axes the besieger masses its vanguard."""
    garrison_reserve: float = share(0.15, plausible=(0.05, 0.3))
    """Share of the garrison's units that stand behind the line on day 0."""
    works_on_old_front: float = share(0.9, plausible=(0.7, 1.0))
    """Works on front cells on day 0; a line that had stood for years."""
    works_inside: float = share(0.15, plausible=(0.0, 0.4))
    """Works elsewhere in the pocket."""


class Ground(Block):
    """What ground means for fighting; used wherever strength is compared."""

    works: float = param(
        1.3, unit="factor", plausible=(0.6, 1.6),
        source="an entrenched, built-up front multiplies the defence by about 2.7-3.1 in all", ge=0.0, le=10.0,
    )  # fmt: skip
    """What full works add to the defence."""
    streets: float = param(
        0.5,
        unit="factor",
        plausible=(0.3, 0.8),
        source="advance in towns a third to a half",
        ge=0.0,
        le=100.0,
    )
    """What fully built-up ground adds."""
    ruins: float = param(0.4, unit="factor", plausible=(0.1, 0.8), ge=0.0, le=10.0)
    """What total ruin adds: rubble shelters the defender and slows the attacker."""
    fighters_a_cell_edge: float = param(
        250.0,
        unit="fighters",
        plausible=(200, 300),
        source="frontage of 400 m in streets",
        ge=10.0,
        le=5000.0,
    )
    """How many attackers find room on one cell's edge: the cap on local superiority."""
    odds_to_assault: float = param(
        2.0, unit="ratio", plausible=(1.5, 2.5), source="3:1 rule of thumb, disputed (Dupuy)", ge=0.1, le=20.0
    )
    """Perceived local odds from which an assault goes in."""
    cells_before_regrouping: int = param(24, unit="cells", plausible=(20, 35), ge=1, le=1000)
    """Cells that an axis takes before it must regroup."""


class Front(Block):
    """What a kilometre of front means for an assault that clears ground, for `clearing` and what goes with it."""

    attackers_per_km: float = param(
        625.0,
        unit="fighters/km",
        plausible=(400, 800),
        source="frontage of 250 in 400 m of streets",
        ge=10.0,
        le=5000.0,
    )
    """How many attackers find room on a kilometre that they assault."""
    open_m_per_day: float = param(
        1300.0, unit="m/day", plausible=(1000, 3000), source="1-3 km over open ground", ge=1.0, le=20000.0
    )
    """How far an assault comes in a day over open ground against hardly any resistance."""
    fabric_slows: float = param(
        2.3,
        unit="log scale",
        plausible=(2, 4),
        source="hundreds of metres in suburbs, 20-100 in old towns",
        ge=0.0,
        le=10.0,
    )
    """How much fully built-up ground slows it (logarithm of the factor)."""
    odds_at_half_pace: float = param(
        2.4,
        unit="ratio",
        plausible=(1.5, 4),
        source="3:1 rule of thumb, disputed (Dupuy)",
        le=50.0,
        ge=0.01,
    )
    """Local odds at which it keeps half of that pace."""
    odds_steepness: float = param(2.7, unit="exponent", plausible=(1, 3.2), le=10.0, ge=0.01)
    """How steeply the pace falls with worse odds."""
    works: float = param(
        2.2, unit="factor", plausible=(0.6, 2.2),
        source="an entrenched, built-up front multiplies the defence by about 2.7-3.1 in all", ge=0.0, le=10.0,
    )  # fmt: skip
    """What full works add to the defence."""
    full_men_per_km: float = param(230.0, unit="fighters/km", plausible=(150, 400), le=10000.0, ge=0.1)
    """Fighters a kilometre of front with which a line is fully manned; more of them stand behind it."""
    works_depth_m: float = param(400.0, unit="m", plausible=(200, 900), ge=0.0, le=5000.0)
    """How deep the works of an old front reach."""
    works_in_the_open: float = share(0.3, plausible=(0.2, 0.6))
    """What the works of an old front are worth in open fields, where there are no walls or cellars, as a share."""
    support_m: float = param(800.0, unit="m", plausible=(400, 1500), ge=50.0, le=5000.0)
    """Distance to each side over which positions support one another, so that no single thin cell decides."""
    front_keeps_straight: float = param(2.4, unit="exponent", plausible=(0, 4), ge=0.0, le=20.0)
    """How much an assault keeps its front straight: exponent of the share of ground about a cell that is its own."""
    follows_cut: float = param(3.3, unit="factor", plausible=(1, 5), ge=0.0, le=100.0)
    """How much better than elsewhere an assault along the line of its cut seems to an axis."""
    attackers_killed_rate: float = param(
        0.0115,
        unit="1/day",
        plausible=(0.002, 0.012),
        source="1-3 % of a force in battle out of action a day (Dupuy), one in six of them killed",
        ge=0.0,
        le=1.0,
    )
    """Attackers killed a day and kilometre, as a share of the root of both sides' fighters there (Helmbold)."""
    defenders_killed_rate: float = param(
        0.0012, unit="1/day", plausible=(0.0007, 0.003), source="Aleppo, 15-27 Nov 2016: 134 killed", ge=0.0, le=1.0
    )
    """Defenders, likewise."""
    shells_an_impact: float = param(12.0, unit="shells", plausible=(5, 30), ge=0.0, le=200.0)
    """How many shells keep defenders down as much as one heavy impact."""
    shells_per_km_to_suppress: float = param(60.0, unit="shells/km", plausible=(20, 200), le=10000.0, ge=0.01)
    """Shells a day and kilometre of front at which fire has two thirds of its full effect."""
    suppressed_at_most: float = share(0.5, plausible=(0.3, 0.7))
    """Share of the defence that fire can keep down."""


class AirWing(Window):
    """A part of the air power."""

    from_day: Day = 0
    """First day on which it flies."""
    weight: DatedNumber | None = dated(None, unit="share of sorties", ge=0.0, le=10.0)
    """Its part of `processes.sorties.per_day`; a number, or numbers by date."""
    per_day: DatedNumber | None = dated(None, unit="sorties/day", ge=0.0, le=2000.0)
    """Sorties a day of its own, in place of a weight; a number, or numbers by date."""
    share_on_pocket: DatedNumber = dated_share()
    """Share of its sorties that strike the pocket; the rest are flown elsewhere in the province."""
    impacts_per_sortie: int = param(1, unit="impacts", ge=0, le=20)
    """Heavy impacts of one sortie."""
    munition: AirMunition = "general_purpose_bomb"
    """What it drops: the kind decides over what area people are hurt and what is ruined."""
    lethality: float = param(1.0, unit="factor", plausible=(0.5, 1.5), ge=0.0, le=10.0)
    """Lethality relative to what is usual for the munition."""

    def problems(self) -> Iterator[Problem]:
        """Yield a wing of which nobody says how much it flies, or two things."""
        if (self.weight is None) == (self.per_day is None):
            yield ("weight",), "give 'weight', a part of processes.sorties.per_day, or 'per_day', and not both"


def map_kind(value: Any) -> str:
    """Return whether a map is a drawn one or a synthetic town, by its keys."""
    synthetic = "synthetic" in value if isinstance(value, dict) else isinstance(value, SyntheticTown)
    return "synthetic town" if synthetic else "drawn map"


def _unknown_side(name: str, known: Collection[str]) -> str:
    """Return what is wrong with a name that is none of the sides', and the way out."""
    return (
        f"there is no side '{name}'{did_you_mean(name, known)}; write one of {', '.join(known)}, "
        "or name a third party under sides"
    )


class Setting(Block):
    """Day 0 of a siege and its calendar, without mechanisms and dated actions."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=80)
    """Short name: lower-case letters, digits, dashes and underscores."""
    title: str
    """One line for headings."""
    summary: str = ""
    """A paragraph: what the scenario is, and its sources."""
    start: IsoDate
    """The date of day 0."""
    days: int = param(unit="days", ge=1, le=LONGEST_RUN_DAYS)
    """How many days the run has at most."""
    map: Annotated[
        Annotated[CityMap, Tag("drawn map")] | Annotated[SyntheticTown, Tag("synthetic town")],
        Discriminator(map_kind),
    ]
    """The city: a drawn map (a file's name in the scenario file) or a synthetic town."""
    sides: Sides = Sides()
    """Who holds ground, and what pages call them."""
    population: Population
    """The people."""
    food: Food = Food()
    """Food on day 0."""
    forces: Forces
    """The order of battle."""
    ground: Ground = Ground()
    """What ground means for fighting."""
    front: Front = Front()
    """What a kilometre of front means for an assault that clears ground."""
    air_wings: dict[str, AirWing] = {}
    """Air power, by wing."""

    @cached_property
    def city_map(self) -> CityMap:
        """The map, drawn."""
        return self.map.drawn()

    @property
    def clock(self) -> Clock:
        """The run's calendar."""
        return Clock(self.start, self.days)

    def _beyond_the_calendar(self) -> bool:
        return self.start.toordinal() + self.days > date.max.toordinal()

    def problems_of_setting(self) -> Iterator[Problem]:
        """Yield what does not fit together on day 0: holders, people, sectors, the dates of air wings."""
        yield from self._problems_of_holders()
        yield from self._problems_of_people()
        sides: tuple[Literal["garrison"], Literal["besieger"]] = ("garrison", "besieger")
        for side in sides:
            known = self.sectors_of(side)
            for faction, block in getattr(self.forces, side).items():
                for sector in block.sectors:
                    if sector not in known:
                        where = ("forces", side, faction, "sectors", sector)
                        hint = did_you_mean(sector, known)
                        yield where, f"no ground held by the {side} side in a sector '{sector}'{hint}"
        for name, wing in self.air_wings.items():
            for path, message in wing.problems_on(self.clock):
                yield ("air_wings", name, *path), f"air wing '{name}' {message}"

    def _problems_of_people(self) -> Iterator[Problem]:
        quarters = self.city_map.quarters
        if not any(q.holder == "garrison" and not q.is_bridge for q in quarters):
            yield ("map",), "no ground is besieged: no quarter has holder 'garrison'"
            return
        if not any(q.holder == "besieger" for q in quarters):
            yield ("map",), "there is no besieger: no quarter has holder 'besieger'"
        unknown = [name for name in self.population.third_parties if name not in self.sides.third_parties]
        for name in unknown:
            hint = did_you_mean(name, self.sides.third_parties)
            yield ("population", "third_parties", name), f"no third party is called '{name}' under sides{hint}"
        for path, people, holder in self._residents():
            if people and not any(q.holder == holder and q.population > 0 for q in quarters):
                yield (
                    path,
                    f"{people:,} people have no ground: no quarter with holder '{holder}' has a population weight "
                    "above 0; give one a weight or set this to 0",
                )

    def _residents(self) -> Iterator[tuple[KeyPath, int, str]]:
        """Yield where in the file a number of residents stands, the number, and on whose ground they live."""
        people = self.population
        yield ("population", "besieged"), people.besieged, GARRISON_NAME
        yield ("population", "besieger_side"), people.besieger_side, BESIEGER_NAME
        for name, count in people.third_parties.items():
            yield ("population", "third_parties", name), count, name

    def _problems_of_holders(self) -> Iterator[Problem]:
        """Yield quarters and crossings of the map that belong to somebody who is not among the sides."""
        known = self.sides.by_name
        for character, quarter in self.city_map.legend.items():
            if quarter.holder is not None and quarter.holder not in known:
                where = ("map", "legend", character, "holder") if self.map is self.city_map else ("map",)
                yield where, _unknown_side(quarter.holder, known)
        for index, crossing in enumerate(self.city_map.facilities.crossings):
            if crossing.into not in known or crossing.into == GARRISON_NAME:
                others = [name for name in known if name != GARRISON_NAME]
                yield ("map", "facilities", "crossings", index, "into"), _unknown_side(crossing.into, others)

    def sectors_of(self, side: Literal["garrison", "besieger"]) -> set[str]:
        """Return the sectors of the map in which a side holds ground on day 0."""
        return {quarter.sector for quarter in self.city_map.quarters if quarter.holder == side}
