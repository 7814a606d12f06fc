"""Loops over the rows of a table of households: the hottest part of a run, in one pass each.

Arguments that are arrays have a value a row unless they say otherwise; ``*_by_cell`` and ``*_by_pocket`` have a
value a cell or pocket, and ``cell_index`` says in which cell a row is. What is documented as changed is written in
place.
"""

from __future__ import annotations

import numpy as np

from siege_sim.kernels.compiled import compiled
from siege_sim.kernels.hazard import BoolArray, FloatArray, IntArray


@compiled
def hand_out(food: FloatArray, mouths: FloatArray, cell_index: IntArray, kcal_by_cell: FloatArray) -> None:
    """Add to each row's ``food`` (kcal, changed) its cell's ration (kcal a head)."""
    for row in range(food.size):
        food[row] += mouths[row] * kcal_by_cell[cell_index[row]]


@compiled
def bid(
    bids: FloatArray,
    bids_by_pocket: FloatArray,
    food: FloatArray,
    mouths: FloatArray,
    buying_power: FloatArray,
    cell_index: IntArray,
    pocket_by_cell: IntArray,
    worth_by_pocket: FloatArray,
    need_kcal: float,
    wanted_days: float,
) -> None:
    """Write into ``bids`` (kcal) what each row can pay of a day's need, if its store is short, and add them up.

    ``worth_by_pocket`` is what the median household's means for a day's need still buy of it.
    """
    here, total = 0, bids_by_pocket[0]  # rows stand together by pocket, mostly; a sum in a register is faster
    for row in range(bids.size):
        need = mouths[row] * need_kcal
        pocket = pocket_by_cell[cell_index[row]]
        short = pocket >= 0 and food[row] < wanted_days * need  # no trade on ground that was lost
        bids[row] = short * need * min(buying_power[row] * worth_by_pocket[max(pocket, 0)], 1.0)
        if pocket != here and short:
            bids_by_pocket[here] = total
            here, total = pocket, bids_by_pocket[pocket]
        total += bids[row]
    bids_by_pocket[here] = total


@compiled
def buy(
    food: FloatArray, bids: FloatArray, cell_index: IntArray, pocket_by_cell: IntArray, met_by_pocket: FloatArray
) -> None:
    """Add to each row's ``food`` (kcal, changed) the share of its bid that its pocket's traders meet."""
    for row in range(food.size):
        food[row] += bids[row] * met_by_pocket[max(pocket_by_cell[cell_index[row]], 0)]


@compiled
def eat(
    food: FloatArray,
    eaten: FloatArray,
    mouths: FloatArray,
    need_kcal: float,
    share_when_bare: float,
    share_when_stocked: float,
    good_store_days: float,
) -> float:
    """Take what each row eats from its ``food`` (kcal, changed); return the total.

    What people eat rises evenly from ``share_when_bare`` of their need with an empty store to
    ``share_when_stocked`` with one of ``good_store_days``, and is never more than there is. ``eaten`` (changed)
    is in kcal a head.
    """
    stretch = (share_when_stocked - share_when_bare) / good_store_days
    total = 0.0
    for row in range(food.size):
        need = mouths[row] * need_kcal
        wanted = min(food[row], need * good_store_days) * stretch + need * share_when_bare
        meal = max(min(wanted, food[row]), 0.0)  # by rounding, what is wanted may be less than nothing
        food[row] -= meal
        total += meal
        eaten[row] = meal / max(mouths[row], 1.0)
    return total


@compiled
def unlucky(luck: FloatArray, persons: IntArray, mouths: FloatArray, loss: FloatArray, chance: float) -> IntArray:
    """Return the rows inside of which somebody may die of hunger, with no member's chance above ``chance``.

    Nobody dies whose luck is below ``1 - persons x chance``, since ``(1 - p)**n`` is never smaller.
    """
    rows = np.empty(luck.size, dtype=np.int64)
    found = 0
    for row in range(luck.size):
        if luck[row] >= 1.0 - persons[row] * chance and mouths[row] > 0.0 and loss[row] > 0.0:
            rows[found] = row
            found += 1
    return rows[:found]


@compiled
def follow(value: FloatArray, cell_index: IntArray, goal_by_cell: FloatArray, pace: float) -> None:
    """Move each row's value (changed) towards its cell's goal by the share ``pace`` of what lies between."""
    for row in range(value.size):
        value[row] += pace * (goal_by_cell[cell_index[row]] - value[row])


@compiled
def below(luck: FloatArray, mouths: FloatArray, cell_index: IntArray, chance_by_cell: FloatArray) -> IntArray:
    """Return the rows with people inside whose luck is below their cell's chance."""
    rows = np.empty(luck.size, dtype=np.int64)
    found = 0
    for row in range(luck.size):
        if luck[row] < chance_by_cell[cell_index[row]] and mouths[row] > 0.0:
            rows[found] = row
            found += 1
    return rows[:found]


@compiled
def share_below(
    values: FloatArray, limit: float, mouths: FloatArray, cell_index: IntArray, pocket_by_cell: IntArray, pockets: int
) -> FloatArray:
    """Return the share of each pocket's rows with people inside whose value is below ``limit``; 0 without any."""
    counted, below_limit = np.zeros(pockets + 1), np.zeros(pockets + 1)
    here, people, few = 0, 0, 0  # rows stand together by pocket, mostly; counts in registers are faster
    for row in range(values.size):
        pocket = pocket_by_cell[cell_index[row]]
        if pocket != here:
            counted[here] += people
            below_limit[here] += few
            here, people, few = pocket, 0, 0
        inside = mouths[row] > 0.0
        people += inside
        few += inside & (values[row] < limit)
    counted[here] += people
    below_limit[here] += few
    return below_limit[:pockets] / np.maximum(counted[:pockets], 1.0)  # off every pocket is -1: the last, left out


@compiled
def add_to_cells(by_cell: FloatArray | IntArray, cell_index: IntArray, amount: IntArray) -> None:
    """Add each row's amount to its cell's value in ``by_cell`` (changed)."""
    for row in range(cell_index.size):
        by_cell[cell_index[row]] += amount[row]


@compiled
def totals(
    mouths: FloatArray,
    food: FloatArray,
    eaten: FloatArray,
    loss: FloatArray,
    status: IntArray,
    counted_status: int,
    intake_cuts: FloatArray,
    severe_loss: float,
    hungry_below: float,
) -> tuple[FloatArray, FloatArray]:
    """Add up what the outcomes need.

    Returns:
        Sums over people: with ``counted_status`` (persons), food at home (kcal), eaten (kcal), loss of mass
        (persons times share), and who ate less than ``hungry_below`` (persons). And the people inside, followed by
        those below each of the four ``intake_cuts`` (kcal a head, falling) or with a loss above ``severe_loss``.
    """
    first, second, third, fourth = intake_cuts[0], intake_cuts[1], intake_cuts[2], intake_cuts[3]
    food_kcal = eaten_kcal = lost = 0.0
    for row in range(mouths.size):
        food_kcal += food[row]
        eaten_kcal += mouths[row] * eaten[row]
        lost += mouths[row] * loss[row]
    counted = hungry = people = below_first = below_second = below_third = below_fourth = 0
    for row in range(mouths.size):  # in whole numbers, whose sums may be taken several rows at a time
        here, intake, severe = int(mouths[row]), eaten[row], loss[row] > severe_loss
        counted += here * (status[row] == counted_status)
        hungry += here * (intake < hungry_below)
        people += here
        below_first += here * (severe | (intake < first))
        below_second += here * (severe | (intake < second))
        below_third += here * (severe | (intake < third))
        below_fourth += here * (severe | (intake < fourth))
    people_below = np.array([people, below_first, below_second, below_third, below_fourth], dtype=np.float64)
    return np.array([counted, food_kcal, eaten_kcal, lost, hungry]), people_below


@compiled
def take_members(
    rows: IntArray,
    taken: IntArray,
    taken_children: IntArray,
    persons: IntArray,
    mouths: FloatArray,
    children: IntArray,
    wounded: IntArray,
    trapped: IntArray,
    inside: BoolArray,
    cell_index: IntArray,
    civilians_by_cell: FloatArray,
) -> None:
    """Take ``taken`` members, so many of them children, from each of some ``rows`` of the columns (changed).

    Only ``rows``, ``taken`` and ``taken_children`` have a value for each row named; nobody is wounded, trapped or
    counted in a cell (``civilians_by_cell``, changed) who is not there.
    """
    for i in range(rows.size):
        row = rows[i]
        left = persons[row] - taken[i]
        persons[row] = left
        mouths[row] = left * inside[row]
        children[row] = min(children[row] - taken_children[i], left)
        wounded[row] = min(wounded[row], left)
        trapped[row] = min(trapped[row], left)
        civilians_by_cell[cell_index[row]] -= taken[i] * inside[row]
