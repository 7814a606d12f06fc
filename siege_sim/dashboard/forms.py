"""Forms for levers, made from what `levers` reads off the parameters; what is wrong is shown at the field."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.branching import Begin, End, Pull, SetAtStart, SetParameter
from siege_sim.dashboard.levers import Lever, Panel, intervention_panels, mechanism_panels, start_panels, words
from siege_sim.dashboard.widget import FieldsWidget

if TYPE_CHECKING:
    from siege_sim.dashboard.sessions import AnySession

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


@dataclass(frozen=True)
class Choice:
    """The panel that a reader has chosen from some, and what stands in its form."""

    names: tuple[str, ...]
    panel: Panel
    form: Filled
    choose: Callable[[str], None]
    fill: Callable[[Filled], None]

    @property
    def name(self) -> str:
        """Under which name the panel can be chosen."""
        return title_of(self.panel)

    def pull(self, pulls: list[Pull], evening: int, by: PullThem) -> None:
        """Pull levers; empty the form, or say in it what is wrong."""
        problem = by(pulls, evening)
        self.fill(replace(self.form, errors=by_field(problem, self.panel.levers)) if problem else Filled())


def use_choice(panels: Sequence[Panel], usual: str) -> Choice:
    """Let a reader choose a panel by its title; what was typed is put away with the panel that it belonged to."""
    by_title = {title_of(panel): panel for panel in panels}
    first = next((title for title in by_title if title.endswith(usual)), next(iter(by_title)))
    chosen, set_chosen = solara.use_state(first)
    form, fill = solara.use_state(Filled())

    def choose(name: str) -> None:
        set_chosen(name)
        fill(Filled())

    return Choice(tuple(by_title), by_title.get(chosen) or by_title[first], form, choose, fill)


def title_of(panel: Panel) -> str:
    """Return a panel's group and label."""
    return f"{panel.group}: {panel.label}"


@solara.component
def MechanismForm(session: AnySession, day: int, changed: int, pull: PullThem) -> None:
    """Choose a mechanism and set its parameters, from tomorrow or from the start."""
    chosen = use_choice(mechanism_panels(session.in_hand.scenario, day + 1), "Sorties")
    panel, form = chosen.panel, chosen.form

    def apply(evening: int) -> None:
        values = form.values(panel.levers).items()
        chosen.pull([SetParameter(panel.name, key, value) for key, value in values], evening, pull)

    solara.Select("Mechanism", values=list(chosen.names), value=chosen.name, on_value=chosen.choose)
    solara.Text(panel.says)
    Fields(panel.levers, form, chosen.fill)
    if panel.neutral:
        solara.Button(
            "Set so that it does nothing", text=True, on_click=lambda: chosen.fill(Filled(dict(panel.neutral)))
        )
    with solara.Row(style={"flex-wrap": "wrap"}):
        solara.Button(f"From day {day + 1}", color="primary", disabled=not form.ready, on_click=lambda: apply(day))
        solara.Button("From the start", disabled=not form.ready, on_click=lambda: apply(-1))
    Problem(form)


@solara.component
def StartForm(session: AnySession, changed: int, pull: PullThem) -> None:
    """Choose a part of what stands on day 0 and set its values; they hold from the start."""
    chosen = use_choice(start_panels(session.in_hand.scenario), "Ground")
    panel, form = chosen.panel, chosen.form

    def apply() -> None:
        values = form.values(panel.levers).items()
        chosen.pull([SetAtStart(panel.block, key, value) for key, value in values], -1, pull)

    solara.Select("Part", values=list(chosen.names), value=chosen.name, on_value=chosen.choose)
    solara.Text(panel.says)
    Fields(panel.levers, form, chosen.fill)
    solara.Button("Play it so from the start", color="primary", disabled=not form.ready, on_click=apply)
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
    plausible = "" if lever.plausible is None else f"{plainly(lever.plausible[0])} to {plainly(lever.plausible[1])}"
    known = f" Names: {', '.join(lever.choices)}." if lever.kind == "weights" else ""
    return {
        **{name: getattr(lever, name) for name in ("key", "kind", "label", "unit", "hint", "low", "high")},
        "says": lever.says + known,
        "plausible": plausible,
        "choices": list(lever.choices),
        "value": plainly(value),
    }


def plainly(value: Any) -> Any:
    """Return a value as it stands in a field."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plainly(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:.6g}"
    return value if value is None or isinstance(value, (bool, str)) else str(value)


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
    if lever.kind == "weights":
        weights = weights_of(str(typed))
        return weights, "" if weights else "write names with numbers, such as: north 1, east 0.5"
    if lever.kind == "day":
        return number_of(str(typed), whole=True) if str(typed).strip().isdigit() else str(typed).strip() or None, ""
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


def weights_of(text: str) -> dict[str, float] | None:
    """Return the numbers by name that a text such as ``north 1, east 0.5`` says, if it says any."""
    weights: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, typed = part.rpartition(" ")
        number = number_of(typed, whole=False)
        if not name.strip() or number is None:
            return None
        weights[name.strip().rstrip(":= ")] = number
    return weights or None


def by_field(problem: str, levers: tuple[Lever, ...]) -> dict[str, str]:
    """Return what is wrong by field: lines ``place: a.b.field: message``; what is about no field under ``""``."""
    keys = {lever.key for lever in levers}
    found: dict[str, str] = {}
    for line in problem.splitlines():
        _, _, rest = line.partition(": ")
        path, _, message = rest.partition(": ")
        named = [part.split(" ")[0] for part in path.split(".")]
        key = next((part for part in reversed(named) if part in keys), named[-1])
        key = FOR_DAYS if key == "until_day" and FOR_DAYS in keys else key
        if key in keys and message:
            found[key] = message
        else:
            found[""] = f"{found.get('', '')}\n{line.removeprefix('lever: ')}".strip()
    return found
