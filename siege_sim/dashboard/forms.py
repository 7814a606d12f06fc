"""Forms for levers, made from what `levers` reads off the parameters; what is wrong is shown at the field."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import reacton.ipyvuetify as v
import solara

from siege_sim.dashboard.branching import Begin, End, Pull, SetParameter
from siege_sim.dashboard.levers import Lever, Panel, intervention_panels, mechanism_panels, words

if TYPE_CHECKING:
    from siege_sim.dashboard.session import Session

PullThem = Callable[[list[Pull], int], str]
"""Pulls levers on the evening of a day; returns what is wrong."""


@solara.component
def MechanismForm(session: Session, day: int, changed: int, pull: PullThem) -> None:
    """Choose a mechanism and set its parameters, from tomorrow or from the start."""
    panels = {f"{panel.group}: {panel.label}": panel for panel in mechanism_panels(session.in_hand.scenario, day + 1)}
    chosen, choose = solara.use_state(next((name for name in panels if name.endswith("Sorties")), next(iter(panels))))
    values, set_values = solara.use_state({})
    errors, set_errors = solara.use_state({})
    panel = panels.get(chosen) or next(iter(panels.values()))

    def other(name: str) -> None:
        choose(name)
        set_values({})
        set_errors({})

    def apply(from_day: int) -> None:
        pulls: list[Pull] = [SetParameter(panel.name, key, value) for key, value in values.items()]
        problem = pull(pulls, from_day)
        set_errors(by_field(problem, panel))
        if not problem:
            set_values({})

    solara.Select("Mechanism", values=list(panels), value=chosen if chosen in panels else None, on_value=other)
    solara.Text(panel.says)
    Fields(panel, values, lambda key, value: set_values({**values, key: value}), errors)
    if panel.neutral:
        solara.Button("Values with which it does nothing", text=True, on_click=lambda: set_values(dict(panel.neutral)))
    Apply(day, bool(values), apply)
    Problem(errors)


@solara.component
def InterventionForm(session: Session, day: int, changed: int, pull: PullThem) -> None:
    """Add a dated action, or end one."""
    scenario = session.in_hand.scenario
    panels = {panel.label: panel for panel in intervention_panels(scenario)}
    chosen, choose = solara.use_state("Ceasefire")
    values, set_values = solara.use_state({})
    days, set_days = solara.use_state((0, 14, 1))
    errors, set_errors = solara.use_state({})
    panel = panels[chosen]
    first = max(days[0], day + 1)

    def other(name: str) -> None:
        choose(name)
        set_values({})
        set_errors({})

    def begin() -> None:
        name = _free_name(panel.name, scenario.interventions)
        window = {
            "from_day": first,
            "until_day": min(first + max(days[1], 1) - 1, scenario.days),
            "every_days": days[2],
        }
        problem = pull([Begin(name, panel.name, {**window, **values})], day)
        set_errors(by_field(problem, panel))
        if not problem:
            set_values({})

    def end(name: str) -> None:
        set_errors(by_field(pull([End(name)], day), panel))

    solara.Select("Action", values=list(panels), value=chosen, on_value=other)
    solara.Text(panel.says)
    solara.InputInt(f"First day (not before {day + 1})", value=first, on_value=lambda d: set_days((d, *days[1:])))
    solara.InputInt("For how many days", value=days[1], on_value=lambda d: set_days((days[0], d, days[2])))
    solara.InputInt("Every so many days", value=days[2], on_value=lambda d: set_days((*days[:2], max(d, 1))))
    Fields(panel, values, lambda key, value: set_values({**values, key: value}), errors)
    solara.Button(f"Add from day {first}", color="primary", on_click=begin)
    Problem(errors)
    for name, action in scenario.interventions.items():
        last = action.last_day(scenario.clock)
        if last > day:
            when = f"day {action.first_day(scenario.clock)} to {last}"
            with solara.Row():
                solara.Text(f"{words(name)}, {when}")
                solara.Button("End", text=True, on_click=lambda name=name: end(name))


def _free_name(name: str, taken: Any) -> str:
    number = 2
    free = name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


@solara.component
def Apply(day: int, ready: bool, apply: Callable[[int], None]) -> None:
    """Offer to set the values from tomorrow, or from the start."""
    with solara.Row():
        solara.Button(f"From day {day + 1}", color="primary", disabled=not ready, on_click=lambda: apply(day))
        solara.Button("From the start", disabled=not ready, on_click=lambda: apply(-1))


@solara.component
def Fields(panel: Panel, values: dict[str, Any], on_value: Callable[[str, Any], None], errors: dict[str, str]) -> None:
    """Draw a field for every lever."""
    for lever in panel.levers:
        value = values.get(lever.key, lever.value)
        Field(lever, value, lambda new, key=lever.key: on_value(key, new), errors.get(lever.key, ""))


@solara.component
def Field(lever: Lever, value: Any, on_value: Callable[[Any], None], error: str) -> None:
    """Draw one lever as what it is: a slider with a box, a switch, a choice, or text."""
    label = f"{lever.label} ({lever.unit})" if lever.unit else lever.label
    with solara.Tooltip(lever.hint):
        if lever.kind == "switch":
            solara.Switch(label=label, value=bool(value), on_value=on_value)
        elif lever.kind == "choice":
            solara.Select(label, values=list(lever.choices), value=value, on_value=on_value)
        elif lever.kind in ("number", "whole"):
            Number(lever, label, value, on_value, error)
        else:
            Text(lever, label, value, on_value, error)


@solara.component
def Number(lever: Lever, label: str, value: Any, on_value: Callable[[Any], None], error: str) -> None:
    """Draw a number: a box for any value, and a slider where there is a range."""
    wrong, set_wrong = solara.use_state("")

    def typed(text: str) -> None:
        number = number_of(text, whole=lever.kind == "whole")
        set_wrong("" if number is not None else f"'{text[:20]}' is not a {'whole ' * (lever.kind == 'whole')}number")
        if number is not None:
            on_value(number)

    shown = "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
    problem = wrong or error
    v.TextField(
        label=label, v_model=shown, on_v_model=typed, dense=True, error_messages=[problem] if problem else [],
        hint=lever.says, persistent_hint=True,
    )  # fmt: skip
    if value is not None and lever.low is not None and lever.high is not None and lever.low < lever.high:
        step = 1 if lever.kind == "whole" else (lever.high - lever.low) / 100

        def slid(number: float) -> None:
            set_wrong("")
            on_value(round(number) if lever.kind == "whole" else float(f"{number:.4g}"))

        v.Slider(
            v_model=min(max(value, lever.low), lever.high), on_v_model=slid, min=lever.low, max=lever.high, step=step,
            dense=True, hide_details=True, attributes={"aria-label": label},
        )  # fmt: skip


@solara.component
def Text(lever: Lever, label: str, value: Any, on_value: Callable[[Any], None], error: str) -> None:
    """Draw a name or a list of names, with those that the scenario knows."""

    def typed(text: Any) -> None:
        text = str(text or "").strip()
        on_value([part.strip() for part in text.split(",") if part.strip()] if lever.kind == "list" else text or None)

    shown = ", ".join(value) if isinstance(value, (list, tuple)) else value or ""
    known = f" Known here: {', '.join(lever.choices)}." if lever.choices else ""
    v.TextField(
        label=label, v_model=shown, on_v_model=typed, dense=True, error_messages=[error] if error else [],
        hint=lever.says + known, persistent_hint=True,
    )  # fmt: skip


@solara.component
def Problem(errors: dict[str, str]) -> None:
    """Show what belongs to no field."""
    if errors.get(""):
        solara.Error(errors[""])


def number_of(text: str, whole: bool) -> int | float | None:
    """Return the number that a text says, if it says one."""
    text = str(text).strip().replace(",", "")
    try:
        number = float(text)
    except ValueError:
        return None
    if not math.isfinite(number) or (whole and number != int(number)):
        return None
    return int(number) if whole else number


def by_field(problem: str, panel: Panel) -> dict[str, str]:
    """Return what is wrong by field: lines ``place: a.b.field: message``; what is about no field under ``""``."""
    found: dict[str, str] = {}
    for line in problem.splitlines():
        parts = line.split(": ", 2)
        key = parts[1].rsplit(".", 1)[-1] if len(parts) == 3 else ""
        known = key in {lever.key for lever in panel.levers}
        found[key if known else ""] = parts[2] if known else line.removeprefix("lever: ")
    return found
