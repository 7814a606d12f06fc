"""Forms for levers, made from what `levers` reads off the parameters; what is wrong is shown at the field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.branching import Begin, End, Pull, SetParameter
from siege_sim.dashboard.levers import Lever, intervention_panels, mechanism_panels, words
from siege_sim.dashboard.widget import FieldsWidget

if TYPE_CHECKING:
    from siege_sim.dashboard.theatre import AnySession

PullThem = Callable[[list[Pull], int], str]
"""Pulls levers on the evening of a day; returns what is wrong."""

FIRST_DAY, FOR_DAYS, EVERY_DAYS = "from_day", "for_days", "every_days"


@dataclass(frozen=True)
class Filled:
    """What stands in a form: what was typed into its fields, and what is wrong with them."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def typing(self, lever: Lever, value: Any) -> Filled:
        """Return the form with another value in a field."""
        wrong = {key: text for key, text in self.errors.items() if key not in (lever.key, "")}
        _, problem = understood(lever, value)
        if problem:
            wrong[lever.key] = problem
        return Filled({**self.typed, lever.key: value}, wrong)

    def values(self, levers: tuple[Lever, ...]) -> dict[str, Any]:
        """Return what was typed as values."""
        return {lever.key: understood(lever, self.typed[lever.key])[0] for lever in levers if lever.key in self.typed}

    @property
    def ready(self) -> bool:
        """Whether something was typed, and all of it can be understood."""
        return bool(self.typed) and not any(self.errors.values())


@solara.component
def MechanismForm(session: AnySession, day: int, changed: int, pull: PullThem) -> None:
    """Choose a mechanism and set its parameters, from tomorrow or from the start."""
    panels = {f"{panel.group}: {panel.label}": panel for panel in mechanism_panels(session.in_hand.scenario, day + 1)}
    usual = next((name for name in panels if name.endswith("Sorties")), next(iter(panels)))
    chosen, choose = solara.use_state(usual)
    form, fill = solara.use_state(Filled())
    panel = panels.get(chosen) or panels[usual]

    def other(name: str) -> None:
        choose(name)
        fill(Filled())

    def apply(evening: int) -> None:
        pulls: list[Pull] = [SetParameter(panel.name, key, value) for key, value in form.values(panel.levers).items()]
        problem = pull(pulls, evening)
        fill(replace(form, errors=by_field(problem, panel.levers)) if problem else Filled())

    solara.Select("Mechanism", values=list(panels), value=chosen if chosen in panels else usual, on_value=other)
    solara.Text(panel.says)
    Fields(panel.levers, form, fill)
    if panel.neutral:
        solara.Button("Set so that it does nothing", text=True, on_click=lambda: fill(Filled(dict(panel.neutral))))
    with solara.Row(style={"flex-wrap": "wrap"}):
        solara.Button(f"From day {day + 1}", color="primary", disabled=not form.ready, on_click=lambda: apply(day))
        solara.Button("From the start", disabled=not form.ready, on_click=lambda: apply(-1))
    Problem(form)


@solara.component
def InterventionForm(session: AnySession, day: int, changed: int, pull: PullThem) -> None:
    """Add a dated action, or end one."""
    scenario = session.in_hand.scenario
    panels = {panel.label: panel for panel in intervention_panels(scenario)}
    chosen, choose = solara.use_state("Ceasefire")
    form, fill = solara.use_state(Filled())
    panel = panels[chosen]
    levers = (*window_levers(day), *panel.levers)

    def other(name: str) -> None:
        choose(name)
        fill(Filled())

    def begin() -> None:
        values = {lever.key: lever.value for lever in window_levers(day)} | form.values(levers)
        first, days = values.pop(FIRST_DAY), values.pop(FOR_DAYS)
        values |= {FIRST_DAY: first, "until_day": min(first + days - 1, scenario.days)}
        problem = pull([Begin(_free_name(panel.name, scenario.interventions), panel.name, values)], day)
        fill(replace(form, errors=by_field(problem, levers)) if problem else Filled())

    def end(name: str) -> None:
        fill(Filled(errors=by_field(pull([End(name)], day), ())))

    solara.Select("Action", values=list(panels), value=chosen, on_value=other)
    solara.Text(panel.says)
    Fields(levers, form, fill)
    solara.Button("Add it", color="primary", disabled=any(form.errors.values()), on_click=begin)
    Problem(form)
    for name, action in scenario.interventions.items():
        last = action.last_day(scenario.clock)
        if last > day:
            with solara.Row():
                solara.Text(f"{words(name)}, day {action.first_day(scenario.clock)} to {last}")
                solara.Button("End", text=True, on_click=lambda name=name: end(name))


def window_levers(day: int) -> tuple[Lever, ...]:
    """Return the fields for the dates of an action that begins after a day."""
    return (
        Lever(FIRST_DAY, "whole", f"Not before day {day + 1}.", "day", day + 1),
        Lever(FOR_DAYS, "whole", "How long it is in force.", "days", 14),
        Lever(EVERY_DAYS, "whole", "In force only every so many days.", "days", 1),
    )


def _free_name(name: str, taken: Any) -> str:
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


@solara.component
def Fields(levers: tuple[Lever, ...], form: Filled, fill: Callable[[Filled], None]) -> None:
    """Draw a field for every lever."""
    by_key = {lever.key: lever for lever in levers}

    def typed(data: dict[str, Any]) -> None:
        if (lever := by_key.get(str(data.get("key")))) is not None:
            fill(form.typing(lever, data.get("value")))

    shown = [_shown(lever, form.typed.get(lever.key, lever.value)) for lever in levers]
    FieldsWidget.element(levers=shown, errors=dict(form.errors), hears={"set": typed})


def _shown(lever: Lever, value: Any) -> dict[str, Any]:
    """Return a lever as its field shows it."""
    if isinstance(value, (list, tuple)):
        value = ", ".join(map(str, value))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        value = f"{value:.6g}" if isinstance(value, float) else str(value)
    plausible = "" if lever.plausible is None else f"{lever.plausible[0]:g} to {lever.plausible[1]:g}"
    return {
        **{name: getattr(lever, name) for name in ("key", "kind", "label", "unit", "says", "hint", "low", "high")},
        "plausible": plausible,
        "choices": list(lever.choices),
        "value": value,
    }


@solara.component
def Problem(form: Filled) -> None:
    """Show what belongs to no field."""
    if form.errors.get(""):
        solara.Error(form.errors[""])


def understood(lever: Lever, typed: Any) -> tuple[Any, str]:
    """Return the value that was typed into a field, and what is wrong with it if it cannot be understood."""
    if lever.kind in ("number", "whole"):
        number = number_of(str(typed), whole=lever.kind == "whole")
        if number is None:
            return None, f"'{str(typed)[:20]}' is not a {'whole ' * (lever.kind == 'whole')}number"
        return number, ""
    if lever.kind == "list":
        return [part.strip() for part in str(typed).split(",") if part.strip()], ""
    return (bool(typed) if lever.kind == "switch" else str(typed).strip() or None), ""


def number_of(text: str, whole: bool) -> int | float | None:
    """Return the number that a text says, if it says one."""
    try:
        number = float(text.strip().replace(",", "") if len(text) < 40 else "too long")
    except ValueError:
        return None
    if not math.isfinite(number) or (whole and number != int(number)):
        return None
    return int(number) if whole else number


def by_field(problem: str, levers: tuple[Lever, ...]) -> dict[str, str]:
    """Return what is wrong by field: lines ``place: a.b.field: message``; what is about no field under ``""``."""
    keys = {lever.key for lever in levers}
    found: dict[str, str] = {}
    for line in problem.splitlines():
        _, _, rest = line.partition(": ")
        path, _, message = rest.partition(": ")
        key = path.rsplit(".", 1)[-1].split(" ")[0]
        key = FOR_DAYS if key == "until_day" and FOR_DAYS in keys else key
        if key in keys and message:
            found[key] = message
        else:
            found[""] = f"{found.get('', '')}\n{line.removeprefix('lever: ')}".strip()
    return found
