"""What the log tells of: which event is written down, and which earlier event brought it about.

Nothing here changes the siege. Where several earlier events answer to a cause, the newest is taken: it tipped the
balance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from siege_sim.kernels.hazard import IntArray
from siege_sim.model.agents.facility import FoodStock, Warehouse
from siege_sim.schema.sides import BESIEGER

if TYPE_CHECKING:
    from siege_sim.model.agents.axis import Axis
    from siege_sim.model.agents.facility import Facility
    from siege_sim.model.processes.base import Intervention
    from siege_sim.model.state import SiegeState

AIR_STRIKE, SHELLING = "air strike", "shelling"
"""Causes of damage to places."""

STRIKES_FREED, ASSAULTS_FREED = "strikes freed", "assaults freed"
"""Subjects of the log: what let air strikes, or ground assaults, go on."""

CUT_OFF = "cut off from the main body"
ASSAULTED = "local assault"
OTHERS_LEFT = "others nearby had left"
CLEARED = "cleared by an assault"
LEFT_BY_ORDER = "left by order of its command"
LEFT_BY_DEAL = "left by agreement"
"""Causes of lost ground that come of something else than ground lost around."""

END_LOST = "its end in the pocket was lost"
"""Why a route brings nothing in once the quarter that it enters has fallen."""
BRIDGE_CUT, BRIDGE_OPENED = "bridge_cut", "bridge_opened"
"""Kinds of event."""


# Ground


def ground_lost(model: SiegeState, cells: IntArray, causes: list[str]) -> None:
    """Write down, quarter by quarter, what ground was lost just now, why, and what fell with it."""
    city, log = model.city, model.log
    quarters, holders = city.layers.quarter[cells], city.layers.holder[cells].tolist()
    anywhere = _newest_loss(model) if OTHERS_LEFT in causes else None
    came_of = [_what_lost(model, cell, why, anywhere) for cell, why in zip(cells.tolist(), causes, strict=True)]
    still_held = set(city.layers.quarter[city.pocket_ground].tolist())
    for quarter in sorted(set(quarters.tolist())):
        here = np.flatnonzero(quarters == quarter).tolist()
        numbers: dict[str, int] = {}
        for cause, holder in dict.fromkeys((causes[i], holders[i]) for i in here):
            mine = [i for i in here if causes[i] == cause and holders[i] == holder]
            earlier = [came_of[i] for i in mine]
            numbers[cause] = _note_cells(model, cells[mine], cause, holder, _newest_of(earlier))
        if quarter not in still_held:
            most = Counter(causes[i] for i in here).most_common(1)[0][0]
            name = city.map.quarters[quarter].name
            model.note("quarter_lost", name, f"all of {name} was lost", most, because=numbers[most])
    _note_fallen_facilities(model, cells)
    cut_off = dict.fromkeys(np.flatnonzero(city.pockets > 0).tolist())
    _mark_cut_off(model, cut_off)
    log.cut_off_by = {cell: event for cell, event in log.cut_off_by.items() if cell in cut_off}


def ground_retaken(model: SiegeState, cell: int, pockets_before: int) -> None:
    """Write down that the garrison took a cell back, and whether that joined pockets."""
    city, log = model.city, model.log
    name = city.quarter_name(cell)
    retaken = model.note(
        "cell_retaken",
        name,
        f"{model.city.sides.garrison.the} took back lost ground in {name}",
        "counter-attack",
        because=log.newest(("lost", cell)),
    )
    _note_joined(model, pockets_before, "ground was taken back", retaken)


def bridge_cut(model: SiegeState, name: str, lost: IntArray, pockets_before: int) -> None:
    """Write down that a bridge was cut; ``lost`` are those of its cells that the garrison held."""
    subjects = [("lost", cell) for cell in lost.tolist()]
    cut = model.note(BRIDGE_CUT, name, f"{name} was cut", "as the scenario says", about=subjects)
    if model.city.large_pockets > pockets_before:
        apart = np.flatnonzero(model.city.pockets > 0).tolist()
        model.log.cut_off_by.update({cell: cut for cell in apart if cell not in model.log.cut_off_by})


def bridge_opened(model: SiegeState, name: str, holders: list[int], pockets_before: int) -> None:
    """Write down that a bridge is open again, who holds it, and whether that joined pockets."""
    city, log = model.city, model.log
    held = " and ".join(city.sides.with_code(holder).the for holder in holders)
    earlier = log.newest((BRIDGE_CUT, name))
    what = f"{name} was open again, held by {held}"
    opened = model.note(BRIDGE_OPENED, name, what, "as the scenario says", because=earlier)
    _note_joined(model, pockets_before, "a bridge was open again", opened)


def _note_joined(model: SiegeState, pockets_before: int, cause: str, because: int) -> None:
    """Forget what cut off ground that is so no longer; write down if parts of the pocket were joined."""
    city, log = model.city, model.log
    log.cut_off_by = {there: event for there, event in log.cut_off_by.items() if city.pockets[there] > 0}
    if city.large_pockets < pockets_before:
        model.note("pocket_joined", "", "parts of the pocket were joined again", cause, because=because)


def units_withdrew(model: SiegeState, fighters: Mapping[str, list[int]]) -> None:
    """Write down which units fell back from lost ground today: their fighters, by quarter."""
    for where, strengths in fighters.items():
        count, men = len(strengths), sum(strengths)
        what = f"{count} unit{'s' * (count > 1)} with {men} fighters fell back from {where}"
        loss = model.log.newest(("ground_lost", where))
        model.note("units_withdrew", where, what, "the ground was lost", men, because=loss)


def _newest_loss(model: SiegeState) -> int | None:
    """Return the event by which ground was lost last that is still lost."""
    lost = np.flatnonzero(model.city.held_on_day_0 & model.city.lost_ground)
    return model.log.newest(*(("lost", cell) for cell in lost.tolist()))


def _what_lost(model: SiegeState, cell: int, cause: str, anywhere: int | None) -> int | None:
    """Return the event that made a cell be given up for this cause; ``anywhere`` is the newest loss of any ground."""
    city, log = model.city, model.log
    if cause == CUT_OFF and cell in log.cut_off_by:
        return log.cut_off_by[cell]
    if cause in (LEFT_BY_ORDER, LEFT_BY_DEAL):
        return log.newest(("left", cell))
    pressed_by = int(city.layers.pressed_by[cell])
    pressing = [axis for axis in model.axes if axis.number == pressed_by]
    if cause in (ASSAULTED, CLEARED) and (assault := log.newest(*pressing)) is not None:
        return assault
    beside = log.newest(*(("lost", other) for other in city.around[cell].tolist()))
    if cause == OTHERS_LEFT and beside is None:  # the news came from farther away
        beside = anywhere
    return _newest_of((beside, log.newest(*pressing)))


def _newest_of(events: Iterable[int | None]) -> int | None:
    return max((event for event in events if event is not None), default=None)


def _note_cells(model: SiegeState, cells: IntArray, cause: str, holder: int, because: int | None) -> int:
    name, count = model.city.quarter_name(int(cells[0])), len(cells)
    what = f"{count} cell{'s' * (count > 1)} of {name} {'was' if count == 1 else 'were'} lost"
    what += f" to {model.city.sides.with_code(holder).the}" if holder != BESIEGER else ""
    subjects = [("lost", int(cell)) for cell in cells]
    return model.note("ground_lost", name, what, cause, count, because, subjects)


def _mark_cut_off(model: SiegeState, cut_off: Iterable[int]) -> None:
    """Remember, for ground that is newly cut off, the newest loss beside its part of the pocket."""
    city, known = model.city, model.log.cut_off_by
    fresh = [cell for cell in cut_off if cell not in known]
    for part in {int(city.pockets[cell]) for cell in fresh}:
        beside = np.unique(city.around[city.pockets == part])
        loss = model.log.newest(*(("lost", int(cell)) for cell in beside))
        if loss is not None:
            known.update((cell, loss) for cell in fresh if city.pockets[cell] == part)


def _note_fallen_facilities(model: SiegeState, cells: IntArray) -> None:
    """Write down which hospitals and bakeries in service, and which stocks with food, stood on lost ground."""
    lost = set(cells.tolist())
    for facility in [known for known in model.facilities if known.cell_index in lost]:
        because = model.log.newest(("lost", facility.cell_index))
        food = facility.kcal if isinstance(facility, FoodStock) else 0.0
        in_service = facility.note_when_lost and not facility.closed
        if food or in_service:
            what = f"{facility.name} fell with the ground it stood on"
            what += f", with food for {food / model.conditions.need_kcal:,.0f} people for a day" * bool(food)
            fell = model.note_facility(facility, f"{facility.kind}_fell", what, "ground was lost", round(food), because)
            if isinstance(facility, Warehouse) and not _stores_with_food(model):
                _note_food_ended(model, "", "the pocket", "its last store fell", fell)


# Axes of attack


def axis_prepares(model: SiegeState, axis: Axis, above_all_for: str) -> None:
    """Write down where an axis masses."""
    freed = _freed_since(model, axis)
    place = model.city.quarter_name(axis.focus)
    why = f"the place was chosen above all for {above_all_for}"
    model.note(
        "assault_prepared",
        place,
        f"axis {axis.number + 1} of {model.city.sides.besieger.the} massed in {place}{_facing(model, axis)}",
        why if freed is None else f"{_meaning(model, freed)}, and {why}",
        because=freed,
        about=(axis,),
    )


def axis_assaults(model: SiegeState, axis: Axis, cells: IntArray) -> None:
    """Write down that an axis goes over to the assault, or does so again after something freed it."""
    log = model.log
    before, freed = log.newest(axis), _freed_since(model, axis)
    begins = before is None or log.events[before].kind == "assault_prepared"
    if not begins and freed is None:
        return
    place = _most_common(model, cells)
    verb = "began" if begins else "went on with"
    model.note(
        "assault_began" if begins else "assault_renewed",
        place,
        f"axis {axis.number + 1} of {model.city.sides.besieger.the} {verb} its assault on {place}",
        "its preparation was over" if freed is None else _meaning(model, freed),
        because=before if freed is None else freed,
        about=(axis,),
    )


def _freed_since(model: SiegeState, axis: Axis) -> int | None:
    """Return the newest event that let assaults go on or strengthened them, if the axis has not acted on it yet."""
    freed, before = model.log.newest(ASSAULTS_FREED), model.log.newest(axis)
    return freed if freed is not None and (before is None or freed > before) else None


def _meaning(model: SiegeState, freed: int) -> str:
    reinforced = model.log.events[freed].kind == "reinforcements"
    return "reinforcements had joined it" if reinforced else "fire was held back no longer"


def axis_rests(model: SiegeState, axis: Axis) -> None:
    """Write down that an axis stops to regroup."""
    place = model.city.quarter_name(axis.focus)
    took = f"it had taken {axis.taken} cell{'s' * (axis.taken != 1)}"
    cause = f"{took} and could attack no more" if axis.stalled else took
    what = f"axis {axis.number + 1} of {model.city.sides.besieger.the} stopped in {place} to regroup"
    model.note("assault_stopped", place, what, cause, axis.taken, model.log.newest(axis), (axis,))


def _facing(model: SiegeState, axis: Axis) -> str:
    city = model.city
    near = city.around[city.around[axis.focus][city.around[axis.focus] < city.n_cells]]
    near = near[near < city.n_cells]
    opposite = near[city.pocket_ground[near]]
    if opposite.size == 0:
        return ""
    facing = _most_common(model, opposite)
    return f", facing {'the rest of it' if facing == city.quarter_name(axis.focus) else facing}"


def _most_common(model: SiegeState, cells: IntArray) -> str:
    return Counter(model.city.quarter_name(int(cell)) for cell in cells.ravel()).most_common(1)[0][0]


# Facilities and food


def facility_hit(
    model: SiegeState, facility: Facility, was_working: bool, was_destroyed: bool, burnt: float, cause: str
) -> None:
    """Write down what hits on a facility, by ``cause``, changed: its service, or the food in it."""
    if was_working and not facility.working:
        until = "for good" if facility.destroyed else f"for {facility.repair_days} days"
        kind, what = f"{facility.kind}_lost", f"{facility.name} was put out of service {until}"
    elif facility.destroyed and not was_destroyed:
        kind, what = f"{facility.kind}_destroyed", f"{facility.name} was hit again and put out of service for good"
    elif burnt:
        kind, what = f"{facility.kind}_hit", f"{facility.name} was hit"
    else:
        return
    if burnt:
        what += f"; food for {burnt / model.conditions.need_kcal:,.0f} people for a day burnt"
    because = model.log.newest(STRIKES_FREED) if cause == AIR_STRIKE else None
    model.note_facility(facility, kind, what, cause, round(burnt), because)


def stores_emptied(model: SiegeState, stores: list[Warehouse], pocket: int, people: float) -> None:
    """Write down which stores of a pocket, all with food before, are empty now, and whether all are."""
    emptied = [store for store in stores if store.kcal <= 0.0]
    number = None
    for store in emptied:
        burnt = store.burnt_kcal / store.taken_out_kcal
        cause = "the last of its food was handed out"
        cause += f"; of all that went out of it, strikes had burnt {burnt:.0%}" if burnt else ""
        hit = model.log.newest(store) if burnt else None
        number = model.note_facility(store, "warehouse_empty", f"{store.name} was empty", cause, because=hit)
    if emptied and len(emptied) == len(stores) and people:
        where, words = pocket_in_words(model, pocket)
        _note_food_ended(model, where, words, "its last store was empty", number)


def parts_without_food(model: SiegeState, parts: int, split: int) -> None:
    """Write down which parts of a pocket that was just split have people but no store with food."""
    people, stored = model.people_by_pocket, {model.city.pockets[s.cell_index] for s in _stores_with_food(model)}
    for part in range(parts if stored else 0):
        if part not in stored and people[part]:
            _note_food_ended(model, *pocket_in_words(model, part), "no store lay in it", split)


def pocket_in_words(model: SiegeState, pocket: int) -> tuple[str, str]:
    """Return a quarter that stands for a pocket (none for the main body), and words for the pocket."""
    if pocket == 0:
        return "", "the pocket" if model.city.large_pockets < 2 else "the main part of the pocket"
    place = _most_common(model, np.flatnonzero(model.city.pockets == pocket))
    return place, f"the part of the pocket around {place}"


def _stores_with_food(model: SiegeState) -> list[Warehouse]:
    return [store for store in model.facilities_in_pocket(Warehouse) if store.kcal > 0.0]


def _note_food_ended(model: SiegeState, where: str, words: str, cause: str, because: int | None) -> None:
    model.note("food_ended", where, f"{words} had no food left in its stores", cause, because=because)


# Dated actions


def action_began(model: SiegeState, action: Intervention, kind: str, terms: str, cause: str) -> None:
    """Write down that a dated action is in force, on its first day."""
    name = model.name_of(action)
    if model.log.newest(("action", name)) is None:
        model.note(kind, "", f"{_in_words(name)} began ({terms})", cause, about=(("action", name),))


def action_ended(model: SiegeState, action: Intervention, kind: str, meaning: str, freed: list[str]) -> None:
    """Write down that a dated action is over; ``freed`` are the subjects of the log which that let go on."""
    name = model.name_of(action)
    began = model.log.newest(("action", name))
    model.note(kind, "", f"{_in_words(name)} ended ({meaning})", "its last day had passed", because=began, about=freed)


def route_runs(model: SiegeState, name: str, way: str, where: str, closed_by: str) -> None:
    """Write down that a route began or ceased to bring food in, if it did; a closed one on day 1 is no news."""
    subject = ("route", name)
    newest = model.log.newest(subject)
    was_open = newest is not None and model.log.events[newest].kind == "route_opened"
    if was_open == (not closed_by):
        return
    words = name.replace("_", " ")
    way = words if way in words.split() else f"{words} ({way})"
    if closed_by:
        lost = model.log.newest(("quarter_lost", where)) if closed_by == END_LOST else None
        what = f"no more food came in by the route {way}"
        model.note("route_closed", where, what, closed_by, because=lost, about=(subject,))
    else:
        model.note("route_opened", where, f"food came in by the route {way}", "an input by date", about=(subject,))


def posture_ordered(model: SiegeState, posture: str, before: str) -> None:
    """Write down that the besieger's posture is another than on the day before, or which one it begins with."""
    if posture == before and model.day > 1:
        return
    verb = "began with" if model.day == 1 else "went over to"
    freed = (ASSAULTS_FREED,) if model.day > 1 and before != "assault" and posture != "hold" else ()
    what = f"{model.city.sides.besieger.the} {verb} the posture '{posture}'"
    model.note("posture", "", what, "a dated order of the scenario", about=freed)


def change_says(name: str, processes: Mapping[str, Mapping[str, object]]) -> str:
    """Return in words what a dated change of parameters sets."""
    values = (f"{kind}.{key} {value}" for kind, new in processes.items() for key, value in new.items())
    return f"{_in_words(name)} came into force: {', '.join(values)}"


def _in_words(name: str) -> str:
    return f"the {name.replace('_', ' ')}"
