"""The plain-Mesa twin: the civilians' day in the classic idiom, an agent object a household.

Rules and numbers are those of ``siege_sim.processes``. What concerns the whole town (rations a head, prices,
hospitals, ways out) is worked out once a day in plain Python; the rest is asked of every household in three
rounds, because a market must know all bids before it sells, and a hospital all its wounded before it treats.
Chance comes from Mesa's ``model.random``, a draw where one is needed.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from math import exp

import mesa
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid

from tests.benchmarks.start import Ground, Start


class Household(mesa.Agent):
    """A household with ordinary Python attributes."""

    def __init__(
        self,
        model: TwinTown,
        persons: int,
        children: int,
        wounded: int,
        cell_index: int,
        food_kcal: float,
        mass_loss: float,
        fear_of_strikes: float,
        fear_of_reprisal: float,
        buying_power: float,
    ) -> None:
        super().__init__(model)
        self.persons = persons
        self.children = children
        self.wounded = wounded
        self.cell_index = cell_index
        self.food_kcal = food_kcal
        self.mass_loss = mass_loss
        self.fear_of_strikes = fear_of_strikes
        self.fear_of_reprisal = fear_of_reprisal
        self.buying_power = buying_power
        self.bid_kcal = 0.0
        self.eaten_kcal = 0.0

    def bid(self) -> None:
        """Take the ration home; bid for a day's need when the store is small."""
        town = self.model
        pocket = town.pocket[self.cell_index]
        self.food_kcal += town.ration_kcal[pocket] * self.persons
        need = self.persons * town.need_kcal
        if self.food_kcal < town.wanted_days * need:
            self.bid_kcal = need * min(self.buying_power * town.part_of_price[pocket], 1.0)
            town.bids_kcal[pocket] += self.bid_kcal
        else:
            self.bid_kcal = 0.0

    def live(self) -> None:
        """Buy, harvest, eat, and lose body mass."""
        town, persons = self.model, self.persons
        food = (
            self.food_kcal + self.bid_kcal * town.part_sold[town.pocket[self.cell_index]] + persons * town.garden_kcal
        )
        need = persons * town.need_kcal
        eaten = min(min(food, need * town.good_store_days) * town.stretch + need * town.share_when_bare, food)
        self.food_kcal = food - eaten
        self.eaten_kcal = eaten / persons
        loss = self.mass_loss
        spent = (1.0 - town.slowing * min(loss, 0.25)) * (1.0 - loss) * town.need_kcal
        loss += (spent - self.eaten_kcal) * town.loss_per_kcal
        self.mass_loss = loss = min(max(loss, 0.0), 0.6)
        if loss > town.harmless_loss:
            self.starve()

    def decide(self) -> None:
        """Heal, fear, and stay or go."""
        if self.wounded:
            self.heal()
        town, cell = self.model, self.cell_index
        fear = self.fear_of_strikes * town.lasting_fear + town.fresh_fear[cell]
        self.fear_of_strikes = fear
        luck = town.random.random()
        if luck >= town.largest_chance[cell]:
            return
        push = town.push[cell] + town.strikes_weight * fear
        if self.wounded:
            push += town.wounded_weight
        if self.food_kcal <= 0.0:
            push += town.hunger_weight
        if luck < logistic(push) and self.persons:
            self.go()

    def starve(self) -> None:
        """Let members die of hunger by chance."""
        town = self.model
        chance = min(town.excess_mortality(self.mass_loss) * town.hunger_mortality, 1.0)
        luck = town.random.random()
        if luck >= 1.0 - self.persons * chance:
            self.die(successes(luck, self.persons, chance), "died_of_hunger")

    def heal(self) -> None:
        """Let wounded members die or be well again by chance."""
        town = self.model
        dead = successes(town.random.random(), self.wounded, town.p_wounds_kill[town.pocket[self.cell_index]])
        self.change_wounded(-dead)
        self.die(dead, "died_of_wounds")
        self.change_wounded(-successes(town.random.random(), self.wounded, town.p_healed))

    def die(self, killed: int, cause: str) -> None:
        """Lose members; leave the model with the last one."""
        if killed == 0:
            return
        town, before = self.model, self.persons
        children = min(successes(town.random.random(), self.children, killed / before), killed)
        self.persons = left = before - killed
        self.children = min(self.children - children, left)
        self.change_wounded(min(self.wounded, left) - self.wounded)
        town.civilians[self.cell_index] -= killed
        town.flows[cause] += killed
        if left == 0:
            self.food_kcal = 0.0
            self.remove()

    def change_wounded(self, change: int) -> None:
        """Change the number of wounded members, here and in the pocket's count."""
        self.wounded += change
        self.model.wounded[self.model.pocket[self.cell_index]] += change

    def go(self) -> None:
        """Take a way out: deeper into the pocket, to a third party's or to the besieger's ground."""
        town, rules = self.model, self.model.rules.displacement
        inside = rules.inside_weight
        third_party = inside + rules.third_party_weight * town.way_out(self.cell_index, "third_party")
        way = town.way_out(self.cell_index, "besieger")
        besieger = third_party + rules.besieger_weight * way * (1.0 - self.fear_of_reprisal)
        chosen = town.random.random() * besieger
        if chosen < inside:
            self.move(town.shelter_for(self.cell_index))
        else:
            self.leave("left_to_third_party" if chosen < third_party else "left_to_besieger")

    def move(self, cell_index: int) -> None:
        """Move to another cell of the pocket."""
        town = self.model
        town.civilians[self.cell_index] -= self.persons
        town.civilians[cell_index] += self.persons
        town.flows["moved_inside"] += self.persons
        self.cell_index = cell_index

    def leave(self, where: str) -> None:
        """Leave the pocket, and the model."""
        town, cell = self.model, self.cell_index
        self.change_wounded(-self.wounded)
        town.civilians[cell] -= self.persons
        town.recent_departures[cell] += self.persons
        town.flows[where] += self.persons
        self.remove()


class HouseholdOnGrid(Household, CellAgent):
    """The same household as a ``CellAgent`` that stands in a cell of a Mesa grid."""

    def __init__(self, model: TwinTown, *attributes: float) -> None:
        super().__init__(model, *attributes)  # type: ignore[arg-type]
        self.cell = model.cells[self.cell_index]

    def move(self, cell_index: int) -> None:
        """Move in the grid as well."""
        super().move(cell_index)
        self.cell = self.model.cells[cell_index]


class TwinTown(mesa.Model):
    """A besieged town with an agent for every household.

    Args:
        start: people, ground, stores and rules.
        seed: the seed of ``model.random``.
        kind: the class of the households.
    """

    def __init__(self, start: Start, seed: int = 1, kind: type[Household] = Household) -> None:
        super().__init__(rng=seed)
        self.rules, self.pockets, self.day = start.rules, start.pockets, 0
        self._learn_rules()
        self._survey(start.ground)
        stores = start.stores
        self.flour_kcal, self.aid_kcal, self.traders_kcal = (
            stores.flour_kcal[:],
            stores.aid_kcal[:],
            stores.traders_kcal[:],
        )
        self.ovens_kcal, self.beds = stores.ovens_kcal, stores.beds
        self.flows = dict.fromkeys(
            ("died_of_hunger", "died_of_wounds", "moved_inside", "left_to_third_party", "left_to_besieger"), 0
        )
        self.civilians = [0] * len(self.pocket)
        self.recent_departures = [0.0] * len(self.pocket)
        self.wounded = [0] * self.pockets
        if issubclass(kind, CellAgent):
            grid = OrthogonalMooreGrid(start.ground.shape, torus=False, random=self.random)
            self.cells = [grid[divmod(index, start.ground.shape[1])] for index in range(len(self.pocket))]
        for attributes in zip(*(column.tolist() for column in vars(start.people).values()), strict=True):
            household = kind(self, *attributes)
            self.civilians[household.cell_index] += household.persons
            self.wounded[self.pocket[household.cell_index]] += household.wounded

    def _learn_rules(self) -> None:
        """Put what every household asks for every day where it is found at once."""
        rules = self.rules
        self.need_kcal = rules.need_kcal
        self.wanted_days = rules.market.wanted_days
        self.garden_kcal = rules.gardens.grown_kcal * rules.growth + rules.gardens.foraged_kcal
        self.good_store_days = rules.eating.good_store_days
        self.share_when_bare = rules.eating.share_when_bare
        self.stretch = (rules.eating.share_when_stocked - rules.eating.share_when_bare) / rules.eating.good_store_days
        self.slowing = 4.0 * rules.hunger.adaptation
        self.loss_per_kcal = rules.hunger.mass_loss / (rules.hunger.kcal_per_kg * rules.hunger.body_mass_kg)
        self.harmless_loss = 0.1
        self.hunger_mortality = rules.hunger.mortality
        self.p_healed = 1.0 - exp(-rules.hospitals.healed_per_day)
        self.lasting_fear = 1.0 - rules.fear.pace_per_day
        self.strikes_weight = rules.displacement.strikes_weight
        self.wounded_weight = rules.displacement.wounded_weight
        self.hunger_weight = rules.displacement.hunger_weight

    def _survey(self, ground: Ground) -> None:
        self.width = ground.shape[1]
        self.pocket: list[int] = ground.pocket.tolist()
        self.danger: list[float] = ground.danger.tolist()
        self.roofs: list[float] = ground.roofs.tolist()
        touching = {"third_party": ground.next_to_third_party, "besieger": ground.next_to_besieger}
        self.exits = {
            holder: [divmod(int(cell), self.width) for cell in cells.nonzero()[0]] for holder, cells in touching.items()
        }

    def step(self) -> None:
        """Play one day."""
        self.day += 1
        self.hand_out_rations()
        self.set_prices()
        self.agents.do("bid")
        self.clear_markets()
        self.agents.do("live")
        self.open_hospitals()
        self.look_around()
        self.agents.do("decide")

    def people_by_pocket(self) -> list[int]:
        """Return how many people each pocket has."""
        people = [0] * self.pockets
        for pocket, civilians in zip(self.pocket, self.civilians, strict=True):
            if pocket >= 0:
                people[pocket] += civilians
        return people

    def hand_out_rations(self) -> None:
        """Bake flour and hand out aid, the same for every head of a pocket."""
        rules = self.rules.rationing
        fuel = max(0.0, 1.0 - self.day / rules.fuel_days)
        self.ration_kcal = [0.0] * self.pockets
        for pocket, people in enumerate(self.people_by_pocket()):
            bread = min(rules.bread_kcal * people, self.ovens_kcal[pocket] * fuel, self.flour_kcal[pocket])
            aid = min(rules.aid_kcal * people, self.aid_kcal[pocket])
            self.flour_kcal[pocket] -= bread
            self.aid_kcal[pocket] -= aid
            if people:
                self.ration_kcal[pocket] = (bread + aid) / people

    def set_prices(self) -> None:
        """Set each pocket's price by how scarce food is."""
        rules = self.rules.market
        self.part_of_price = [0.0] * self.pockets
        self.bids_kcal = [0.0] * self.pockets
        for pocket, people in enumerate(self.people_by_pocket()):
            stock, need = self.traders_kcal[pocket], people * self.need_kcal
            if stock >= 1.0 and need > 0.0 and rules.sold_per_day > 0.0:
                self.part_of_price[pocket] = 1.0 / max(1.0, rules.normal_days * need / stock) ** rules.price_elasticity

    def clear_markets(self) -> None:
        """Sell what is on offer in proportion to the bids."""
        self.part_sold = [0.0] * self.pockets
        for pocket, bids in enumerate(self.bids_kcal):
            market = self.rules.market
            offered = self.traders_kcal[pocket] * market.sold_per_day
            offered *= 1.0 - market.held_back * (1.0 - self.part_of_price[pocket])
            if bids > 0.0:
                self.part_sold[pocket] = min(1.0, offered / bids)
                self.traders_kcal[pocket] -= min(offered, bids)

    def open_hospitals(self) -> None:
        """Work out how likely wounds kill today, by how many of the wounded find a bed."""
        rules = self.rules.hospitals
        self.p_wounds_kill = []
        for beds, wounded in zip(self.beds, self.wounded, strict=True):
            treated = min(1.0, beds * rules.patients_a_bed / max(wounded, 1))
            hazard = rules.deaths_per_day * (rules.untreated_factor - (rules.untreated_factor - 1.0) * treated)
            self.p_wounds_kill.append(1.0 - exp(-hazard))

    def look_around(self) -> None:
        """Work out what people see in each cell: danger, and neighbours who leave."""
        rules = self.rules.displacement
        self.fresh_fear = [danger * self.rules.fear.pace_per_day for danger in self.danger]
        self.recent_departures = [left * 0.5 for left in self.recent_departures]
        self.push = [
            (rules.neighbours_weight * left / (people + left) if left else 0.0) - rules.reluctance
            for people, left in zip(self.civilians, self.recent_departures, strict=True)
        ]
        most = rules.strikes_weight + rules.hunger_weight + max(rules.wounded_weight, 0.0)
        self.largest_chance = [logistic(push + most) for push in self.push]
        self._ways: dict[tuple[int, str], float] = {}
        self._shelters: dict[int, list[float]] = {}

    def way_out(self, cell_index: int, holder: str) -> float:
        """Return how open the best way from a cell to a holder's ground is; worked out once a day for each cell."""
        key = cell_index, holder
        if key not in self._ways:
            rules, pocket = self.rules.displacement, self.pocket[cell_index]
            row, column = divmod(cell_index, self.width)
            steps = min(
                (
                    max(abs(row - exit_row), abs(column - exit_column))
                    for exit_row, exit_column in self.exits[holder]
                    if self.pocket[exit_row * self.width + exit_column] == pocket
                ),
                default=None,
            )
            nearness = 0.0 if steps is None else exp(-steps / rules.walk_cells)
            self._ways[key] = nearness * rules.crossing_elsewhere * (1.0 - rules.prevented)
        return self._ways[key]

    def shelter_for(self, cell_index: int) -> int:
        """Return a cell of the same pocket, drawn by roofs and safety."""
        pocket = self.pocket[cell_index]
        if pocket not in self._shelters:
            weights = (
                roofs * (1.0 - danger) + 1e-9 if mine == pocket else 0.0
                for mine, roofs, danger in zip(self.pocket, self.roofs, self.danger, strict=True)
            )
            self._shelters[pocket] = list(accumulate(weights))
        edges = self._shelters[pocket]
        return bisect_right(edges, self.random.random() * edges[-1])

    def excess_mortality(self, loss: float) -> float:
        """Return the chance a day of dying of hunger, by share of body mass lost."""
        rules = self.rules.hunger
        beyond = max(loss - 0.1, 0.0) / 0.15
        return min(rules.deaths_at_quarter / 10_000.0 * beyond**rules.steepness, 1.0)


def logistic(push: float) -> float:
    """Return the chance that goes with a push."""
    return 1.0 / (1.0 + exp(-max(push, -700.0)))


def successes(luck: float, trials: int, chance: float) -> int:
    """Invert the binomial distribution for a few trials."""
    if chance >= 1.0:
        return trials
    odds, term, count = chance / (1.0 - chance), (1.0 - chance) ** trials, 0
    while luck >= term and count < trials:
        luck -= term
        term *= odds * (trials - count) / (count + 1)
        count += 1
    return count
