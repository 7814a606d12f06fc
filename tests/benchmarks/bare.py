"""The bare array loop: the civilians' day as NumPy and nothing else.

No Mesa, no model, no books, no outcomes, no processes that can be switched: a lower bound for what the rules cost
when a household is a row. Chance is used as in ``siege_sim``: a uniform a household and question, inverted by the
project's kernels, so that the same uniforms give the same deaths and moves.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator

from siege_sim.kernels.hazard import binomial, categorical, probability, unfold
from tests.benchmarks.start import BoolArray, FloatArray, IntArray, Start

Luck = Callable[[str], Generator]
"""Gives the generator for a question of today, by the name of the process that asks it."""


class BareTown:
    """Columns, and the loop over them.

    Args:
        start: people, ground, stores and rules.
    """

    def __init__(self, start: Start) -> None:
        people, ground, stores = start.people, start.ground, start.stores
        self.rules, self.ground, self.beds, self.day_number = start.rules, ground, np.array(stores.beds), 0
        self.persons, self.children, self.wounded = people.persons.copy(), people.children.copy(), people.wounded.copy()
        self.mouths = people.persons.astype(np.float64)
        self.cell_index, self.food_kcal = people.cell_index.copy(), people.food_kcal.copy()
        self.mass_loss, self.fear_of_strikes = people.mass_loss.copy(), people.fear_of_strikes.copy()
        self.fear_of_reprisal, self.buying_power = people.fear_of_reprisal, people.buying_power
        self.eaten_kcal = np.zeros(start.households)
        self.need = np.empty(start.households)
        self.work, self.spare, self.luck = (
            np.empty(start.households),
            np.empty(start.households),
            np.empty(start.households),
        )
        self.flour_kcal, self.aid_kcal = stores.flour_kcal[:], stores.aid_kcal[:]
        self.traders_kcal, self.ovens_kcal = stores.traders_kcal[:], stores.ovens_kcal
        self.civilians = np.bincount(self.cell_index, weights=self.mouths, minlength=ground.pocket.size)
        self.recent_departures = np.zeros(ground.pocket.size)
        self.in_pocket = [ground.pocket == pocket for pocket in range(start.pockets)]
        self.flows = dict.fromkeys(
            ("died_of_hunger", "died_of_wounds", "moved_inside", "left_to_third_party", "left_to_besieger"), 0
        )

    def day(self, luck: Luck) -> None:
        """Play one day."""
        self.day_number += 1
        people = [float(self.civilians[cells].sum()) for cells in self.in_pocket]
        np.multiply(self.mouths, self.rules.need_kcal, out=self.need)
        self.hand_out(people)
        self.trade(people)
        self.eat()
        self.lose_mass()
        self.starve(luck)
        self.heal(luck)
        self.take_fright()
        self.decide(luck)

    def per_row(self, by_pocket: list[float]) -> FloatArray | float:
        """Return a pocket's value for every row; a plain number when there is one pocket."""
        return by_pocket[0] if len(by_pocket) == 1 else np.array(by_pocket)[self.ground.pocket[self.cell_index]]

    def hand_out(self, people: list[float]) -> None:
        """Hand out bread and aid."""
        rules = self.rules.rationing
        fuel = max(0.0, 1.0 - self.day_number / rules.fuel_days)
        rations = [0.0] * len(people)
        for pocket, here in enumerate(people):
            bread = min(rules.bread_kcal * here, self.ovens_kcal[pocket] * fuel, self.flour_kcal[pocket])
            aid = min(rules.aid_kcal * here, self.aid_kcal[pocket])
            self.flour_kcal[pocket] -= bread
            self.aid_kcal[pocket] -= aid
            rations[pocket] = (bread + aid) / here if here else 0.0
        self.food_kcal += np.multiply(self.mouths, self.per_row(rations), out=self.work)

    def trade(self, people: list[float]) -> None:
        """Sell in proportion to what people want and can pay."""
        rules = self.rules.market
        prices = [np.inf] * len(people)
        for pocket, (stock, here) in enumerate(zip(self.traders_kcal, people, strict=True)):
            if stock >= 1.0 and here:
                prices[pocket] = (
                    max(1.0, rules.normal_days * here * self.rules.need_kcal / stock) ** rules.price_elasticity
                )
        paid = np.multiply(self.buying_power, 1.0 / np.asarray(self.per_row(prices)), out=self.work)
        np.clip(paid, 0.0, 1.0, out=paid)
        paid *= self.need
        paid *= self.food_kcal < np.multiply(self.need, rules.wanted_days, out=self.spare)
        parts = [0.0] * len(people)
        for pocket, bids in enumerate(self.sums(paid)):
            hoarded = rules.held_back * (1.0 - 1.0 / prices[pocket])
            offered = self.traders_kcal[pocket] * rules.sold_per_day * (1.0 - hoarded)
            if bids > 0.0:
                parts[pocket] = min(1.0, offered / bids)
                self.traders_kcal[pocket] -= min(offered, bids)
        paid *= self.per_row(parts)
        self.food_kcal += paid

    def sums(self, values: FloatArray | IntArray, rows: slice | IntArray = np.s_[:]) -> list[float]:
        """Return the sum of a column over the rows of each pocket."""
        if len(self.in_pocket) == 1:
            return [float(values.sum())]
        pocket = self.ground.pocket[self.cell_index[rows]]
        return np.bincount(pocket, weights=values, minlength=len(self.in_pocket)).tolist()

    def eat(self) -> None:
        """Harvest and eat."""
        rules, gardens = self.rules.eating, self.rules.gardens
        garden_kcal = gardens.grown_kcal * self.rules.growth + gardens.foraged_kcal
        self.food_kcal += np.multiply(self.mouths, garden_kcal, out=self.work)
        eaten = np.multiply(self.need, rules.good_store_days, out=self.work)
        np.minimum(eaten, self.food_kcal, out=eaten)
        eaten *= (rules.share_when_stocked - rules.share_when_bare) / rules.good_store_days
        eaten += np.multiply(self.need, rules.share_when_bare, out=self.spare)
        np.minimum(eaten, self.food_kcal, out=eaten)
        self.food_kcal -= eaten
        np.divide(eaten, np.maximum(self.mouths, 1.0, out=self.spare), out=self.eaten_kcal)

    def lose_mass(self) -> None:
        """Lose body mass by the energy that lacks."""
        rules, loss = self.rules.hunger, self.mass_loss
        spent = np.clip(loss, 0.0, 0.25, out=self.work)
        spent *= -4.0 * rules.adaptation
        spent += 1.0
        spent *= np.subtract(1.0, loss, out=self.spare)
        spent *= self.rules.need_kcal
        spent -= self.eaten_kcal
        spent *= rules.mass_loss / (rules.kcal_per_kg * rules.body_mass_kg)
        loss += spent
        np.clip(loss, 0.0, 0.6, out=loss)

    def starve(self, luck: Luck) -> None:
        """Let people die of hunger."""
        rules = self.rules.hunger
        # Nobody dies whose luck is below 1 - n p: ask with the largest chance there is, then with the row's own.
        largest = float(self.chance_of_hunger(self.mass_loss.max()))
        if largest == 0.0 or rules.mortality == 0.0:
            return
        drawn = luck("hunger").random(out=self.luck)
        least = np.multiply(self.mouths, -largest, out=self.work)
        least += 1.0
        rows = np.flatnonzero(drawn >= least)
        rows = rows[(self.mass_loss[rows] > 0.1) & (self.mouths[rows] > 0.0)]
        deaths = binomial(drawn[rows], self.persons[rows], self.chance_of_hunger(self.mass_loss[rows]))
        self.die(rows, deaths, "died_of_hunger", unfold(drawn[rows], 1)[0])

    def chance_of_hunger(self, loss: FloatArray) -> FloatArray:
        """Return the chance a day of dying of hunger, by share of body mass lost."""
        rules = self.rules.hunger
        beyond = np.maximum(loss - 0.1, 0.0) / 0.15
        chance = np.minimum(rules.deaths_at_quarter / 10_000.0 * beyond**rules.steepness, 1.0)
        return np.minimum(chance * rules.mortality, 1.0)

    def heal(self, luck: Luck) -> None:
        """Treat the wounded."""
        rules = self.rules.hospitals
        rows = np.flatnonzero(self.wounded > 0)
        rows = rows[self.mouths[rows] > 0.0]
        if rows.size == 0:
            return
        wounded = np.array(self.sums(self.wounded[rows], rows))
        treated = np.minimum(1.0, self.beds * rules.patients_a_bed / np.maximum(wounded, 1.0))
        hazard = rules.deaths_per_day * (rules.untreated_factor - (rules.untreated_factor - 1.0) * treated)
        deaths_luck, healed_luck, who_luck = unfold(luck("hospitals").random(out=self.luck)[rows], 3)
        p_dies = probability(hazard)[self.ground.pocket[self.cell_index[rows]]]
        deaths = binomial(deaths_luck, self.wounded[rows], p_dies)
        self.wounded[rows] -= deaths
        self.die(rows, deaths, "died_of_wounds", who_luck)
        self.wounded[rows] -= binomial(healed_luck, self.wounded[rows], probability(rules.healed_per_day))

    def die(self, rows: IntArray, killed: IntArray, cause: str, luck: FloatArray) -> None:
        """Take people from households."""
        some = killed > 0
        if not some.any():
            return
        rows, killed, luck = rows[some], killed[some], luck[some]
        before = self.persons[rows]
        children = np.minimum(binomial(luck, self.children[rows], killed / before), killed)
        self.persons[rows] = left = before - killed
        self.mouths[rows] = left
        self.children[rows] = np.minimum(self.children[rows] - children, left)
        self.wounded[rows] = np.minimum(self.wounded[rows], left)
        self.food_kcal[rows[left == 0]] = 0.0
        np.subtract.at(self.civilians, self.cell_index[rows], killed)
        self.flows[cause] += int(killed.sum())

    def take_fright(self) -> None:
        """Let fear follow danger."""
        pace = self.rules.fear.pace_per_day
        self.fear_of_strikes *= 1.0 - pace
        self.fear_of_strikes += np.take(self.ground.danger * pace, self.cell_index, out=self.work)

    def decide(self, luck: Luck) -> None:
        """Stay or go."""
        rules = self.rules.displacement
        self.recent_departures *= 0.5
        was_there = self.civilians + self.recent_departures
        left = np.divide(self.recent_departures, was_there, out=np.zeros(was_there.size), where=was_there > 0)
        push_here = rules.neighbours_weight * left - rules.reluctance
        ceiling = _logistic(push_here + rules.strikes_weight + rules.hunger_weight + max(rules.wounded_weight, 0.0))
        drawn = luck("displacement").random(out=self.luck)
        # As with hunger: one number for all rows first, then the cell's, then the household's own.
        rows = np.flatnonzero(drawn < ceiling.max())
        rows = rows[(drawn[rows] < ceiling[self.cell_index[rows]]) & (self.mouths[rows] > 0.0)]
        push = push_here[self.cell_index[rows]] + rules.strikes_weight * self.fear_of_strikes[rows]
        push += rules.wounded_weight * (self.wounded[rows] > 0) + rules.hunger_weight * (self.food_kcal[rows] <= 0.0)
        going = drawn[rows] < _logistic(push)
        if going.any():
            self.go(rows[going], drawn[rows[going]])

    def go(self, rows: IntArray, luck: FloatArray) -> None:
        """Take a way out."""
        rules = self.rules.displacement
        third_party = rules.third_party_weight * self.way_out(rows, self.ground.next_to_third_party)
        besieger = rules.besieger_weight * self.way_out(rows, self.ground.next_to_besieger)
        inside = np.full(rows.size, rules.inside_weight)
        edges = np.cumsum([inside, third_party, besieger * (1.0 - self.fear_of_reprisal[rows])], axis=0)
        choice_luck, place_luck = unfold(luck, 2)
        choice = (choice_luck * edges[-1] >= edges).sum(axis=0)
        self.leave(rows[choice == 1], "left_to_third_party")
        self.leave(rows[choice == 2], "left_to_besieger")
        self.move(rows[choice == 0], place_luck[choice == 0])

    def way_out(self, rows: IntArray, exits: BoolArray) -> FloatArray:
        """Return how open the best way out is for each row."""
        rules, pocket = self.rules.displacement, self.ground.pocket
        cells, exit_cells = self.cell_index[rows], np.flatnonzero(exits)
        if exit_cells.size == 0:
            return np.zeros(rows.size)
        places, place_of = np.unique(cells, return_inverse=True)
        width = self.ground.shape[1]
        steps = np.maximum(
            np.abs(places[:, None] // width - exit_cells // width), np.abs(places[:, None] % width - exit_cells % width)
        )
        nearness = np.exp(-steps / rules.walk_cells) * (pocket[places][:, None] == pocket[exit_cells])
        return (nearness.max(axis=1) * rules.crossing_elsewhere)[place_of] * (1.0 - rules.prevented)

    def leave(self, rows: IntArray, where: str) -> None:
        """Leave the pocket."""
        people, cells = self.persons[rows], self.cell_index[rows]
        np.add.at(self.recent_departures, cells, people)
        np.subtract.at(self.civilians, cells, people)
        self.food_kcal[rows] = 0.0
        self.mouths[rows] = 0.0
        self.mass_loss[rows] = 0.0
        self.flows[where] += int(people.sum())

    def move(self, rows: IntArray, luck: FloatArray) -> None:
        """Move to another cell of the same pocket."""
        shelter = self.ground.roofs * (1.0 - self.ground.danger) + 1e-9
        pocket = self.ground.pocket[self.cell_index[rows]]
        for number, cells in enumerate(self.in_pocket):
            mine = rows[pocket == number]
            if mine.size == 0:
                continue
            to = categorical(luck[pocket == number], shelter * cells)
            np.subtract.at(self.civilians, self.cell_index[mine], self.persons[mine])
            np.add.at(self.civilians, to, self.persons[mine])
            self.cell_index[mine] = to
            self.flows["moved_inside"] += int(self.persons[mine].sum())


def _logistic(push: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + np.exp(-np.maximum(push, -700.0)))
