"""Forms for levers, made from what `levers` reads off the parameters; errors are shown at their fields."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import solara

from siege_sim.dashboard.branching import AddIntervention, EndIntervention, ScenarioEdit, SetParameter, SetStartValue
from siege_sim.dashboard.levers import (
    Lever,
    LeverPanel,
    in_sentence_case,
    intervention_panels,
    mechanism_panels,
    start_panels,
)
from siege_sim.dashboard.page_language import page_catalogue, page_signs, translated, translated_sentence
from siege_sim.dashboard.widget import ChoiceWidget, FieldsWidget

if TYPE_CHECKING:
    from siege_sim.dashboard.sessions import AnySession

ApplyEdits = Callable[[list[ScenarioEdit], int], str]
"""Applies edits on the evening of a day; returns what is wrong."""

FIRST_DAY, FOR_DAYS, EVERY_DAYS = "from_day", "for_days", "every_days"


@dataclass(frozen=True)
class FormState:
    """The state of a form: what was typed into its fields, and the errors."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def with_typed(self, lever: Lever, value: Any) -> FormState:
        """Return the form with another value in a field."""
        wrong = {key: text for key, text in self.errors.items() if key not in (lever.key, "")}
        _, problem = parse_value(lever, value)
        if problem:
            wrong[lever.key] = problem
        return FormState({**self.typed, lever.key: value}, wrong)

    def values(self, levers: tuple[Lever, ...]) -> dict[str, Any]:
        """Return what was typed as values."""
        return {lever.key: parse_value(lever, self.typed[lever.key])[0] for lever in levers if lever.key in self.typed}

    @property
    def ready(self) -> bool:
        """Whether something was typed, and all of it is valid."""
        return bool(self.typed) and not any(self.errors.values())


@dataclass(frozen=True)
class PanelChoice:
    """The panel that a reader has chosen, and the state of its form."""

    names: tuple[str, ...]
    panel: LeverPanel
    form: FormState
    choose: Callable[[str], None]
    fill: Callable[[FormState], None]

    @property
    def name(self) -> str:
        """Under which name the panel can be chosen."""
        return title_of(self.panel)

    def apply(self, edits: list[ScenarioEdit], evening: int, by: ApplyEdits) -> None:
        """Apply edits; empty the form, or show in it what is wrong."""
        problem = by(edits, evening)
        self.fill(replace(self.form, errors=errors_by_field(problem, self.panel.levers)) if problem else FormState())


def use_panel_choice(panels: Sequence[LeverPanel], usual: str) -> PanelChoice:
    """Let a reader choose a panel by its title; what was typed is dropped with the panel that it belonged to."""
    by_title = {title_of(panel): panel for panel in panels}
    first = next((title for title, panel in by_title.items() if panel.label == usual), next(iter(by_title)))
    chosen, set_chosen = solara.use_state(first)
    form, fill = solara.use_state(FormState())

    def choose(name: str) -> None:
        set_chosen(name)
        fill(FormState())

    return PanelChoice(tuple(by_title), by_title.get(chosen) or by_title[first], form, choose, fill)


def title_of(panel: LeverPanel) -> str:
    """Return a panel's group and label."""
    return f"{translated_sentence(panel.group)}: {translated(panel.label)}"


@solara.component
def Choice(label: str, choices: Sequence[str], value: str, choose: Callable[[str], None]) -> None:
    """Draw a list to choose from."""
    ChoiceWidget.element(label=label, choices=list(choices), value=value, handlers={"choose": choose})


@solara.component
def MechanismForm(session: AnySession, day: int, revision: int, apply_edits: ApplyEdits) -> None:
    """Choose a mechanism and set its parameters, from tomorrow or from the start."""
    chosen = use_panel_choice(mechanism_panels(session.current.scenario, day + 1), "Sorties")
    panel, form = chosen.panel, chosen.form

    def apply(evening: int) -> None:
        values = form.values(panel.levers).items()
        chosen.apply([SetParameter(panel.name, key, value) for key, value in values], evening, apply_edits)

    Choice(translated("Mechanism"), chosen.names, chosen.name, chosen.choose)
    solara.Text(translated(panel.description))
    Fields(panel.levers, form, chosen.fill)
    if panel.neutral:
        solara.Button(
            translated("Set to neutral values"),
            text=True,
            on_click=lambda: chosen.fill(FormState(dict(panel.neutral))),
        )
    ApplyFrom(form, day, apply)


@solara.component
def StartForm(session: AnySession, revision: int, apply_edits: ApplyEdits) -> None:
    """Choose a part of what stands on day 0 and set its values; they hold from the start."""
    chosen = use_panel_choice(start_panels(session.current.scenario), "Ground")
    panel, form = chosen.panel, chosen.form

    def apply() -> None:
        values = form.values(panel.levers).items()
        chosen.apply([SetStartValue(panel.block, key, value) for key, value in values], -1, apply_edits)

    Choice(translated("Part"), chosen.names, chosen.name, chosen.choose)
    solara.Text(translated(panel.description))
    Fields(panel.levers, form, chosen.fill)
    solara.Button(
        translated("Run it like this from the start"), color="primary", disabled=not form.ready, on_click=apply
    )
    FormProblem(form)


@solara.component
def InterventionForm(session: AnySession, day: int, revision: int, apply_edits: ApplyEdits) -> None:
    """Add a dated action, or end one."""
    scenario = session.current.scenario
    panels = {translated(panel.label): panel for panel in intervention_panels(scenario)}
    chosen, choose = solara.use_state(translated("Ceasefire"))
    form, fill = solara.use_state(FormState())
    panel = panels.get(chosen) or next(iter(panels.values()))
    levers = (*window_levers(day), *panel.levers)

    def choose_other(name: str) -> None:
        choose(name)
        fill(FormState())

    def begin() -> None:
        values = {lever.key: lever.value for lever in window_levers(day)} | form.values(levers)
        first, days = values.pop(FIRST_DAY), values.pop(FOR_DAYS)
        values |= {FIRST_DAY: first, "until_day": min(first + days - 1, scenario.days)}
        problem = apply_edits(
            [AddIntervention(_free_name(panel.name, scenario.interventions), panel.name, values)], day
        )
        fill(replace(form, errors=errors_by_field(problem, levers)) if problem else FormState())

    def end(name: str) -> None:
        fill(FormState(errors=errors_by_field(apply_edits([EndIntervention(name)], day), ())))

    Choice(translated("Action"), list(panels), chosen, choose_other)
    solara.Text(translated(panel.description))
    Fields(levers, form, fill)
    solara.Button(translated("Add it"), color="primary", disabled=any(form.errors.values()), on_click=begin)
    FormProblem(form)
    for name, action in scenario.interventions.items():
        last = action.last_day(scenario.clock)
        if last > day:
            with solara.Row():
                first = action.first_day(scenario.clock)
                said = translated(
                    "{action}, day {first} to {last}", action=in_sentence_case(name), first=first, last=last
                )
                solara.Text(said)
                solara.Button(translated("End"), text=True, on_click=lambda name=name: end(name))


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
def Fields(levers: tuple[Lever, ...], form: FormState, fill: Callable[[FormState], None]) -> None:
    """Draw a field for every lever."""
    by_key = {lever.key: lever for lever in levers}

    def typed(data: dict[str, Any]) -> None:
        if (lever := by_key.get(str(data.get("key")))) is not None:
            fill(form.with_typed(lever, _as_typed(lever, data.get("value"))))

    shown = [_field_data(lever, form.typed.get(lever.key, lever.value)) for lever in levers]
    errors = {key: translated_sentence(text) for key, text in form.errors.items()}
    FieldsWidget.element(
        texts=FieldsWidget.texts_now(), signs=page_signs(), levers=shown, errors=errors, handlers={"set_value": typed}
    )


def _as_typed(lever: Lever, value: Any) -> Any:
    """Return what was typed, a number with a point, however the language of the page writes it."""
    one_number = lever.kind in ("number", "whole") and isinstance(value, str)
    return page_catalogue().plain_number(value) if one_number else value


def _as_shown(lever: Lever, value: Any) -> Any:
    """Return what a field shows: a number as the language of the page writes it."""
    shown = field_text(value)
    one_number = lever.kind in ("number", "whole") and isinstance(shown, str)
    return page_catalogue().figures(shown) if one_number else shown


def _field_data(lever: Lever, value: Any) -> dict[str, Any]:
    """Return a lever as its field shows it."""
    low, high = (page_catalogue().figures(str(field_text(end))) for end in lever.plausible or ("", ""))
    plausible = "" if lever.plausible is None else translated("{low} to {high}", low=low, high=high)
    known = translated(" Names: {names}.", names=", ".join(lever.choices)) if lever.kind == "weights" else ""
    return {
        **{name: getattr(lever, name) for name in ("key", "kind", "low", "high")},
        **{name: translated(getattr(lever, name)) for name in ("label", "unit", "hint")},
        "description": translated(lever.description) + known,
        "plausible": plausible,
        "choices": list(lever.choices),
        "labels": {choice: translated(choice.replace("_", " ")) for choice in lever.choices},
        "value": _as_shown(lever, value),
    }


def field_text(value: Any) -> Any:
    """Return a value as it stands in a field."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {field_text(part)}" for name, part in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1e6 else f"{value:.6g}"
    return value if value is None or isinstance(value, (bool, str)) else str(value)


@solara.component
def ApplyFrom(form: FormState, day: int, apply: Callable[[int], None]) -> None:
    """Offer to apply a form from the day after one or from the start, and show what is wrong with it.

    Args:
        form: what was entered.
        day: the day that the page shows.
        apply: called with the day on whose evening it is applied, -1 for the start.
    """
    with solara.Row(style={"flex-wrap": "wrap"}):
        solara.Button(
            translated("From day {day}", day=day + 1),
            color="primary",
            disabled=not form.ready,
            on_click=lambda: apply(day),
        )
        solara.Button(translated("From the start"), disabled=not form.ready, on_click=lambda: apply(-1))
    FormProblem(form)


@solara.component
def FormProblem(form: FormState) -> None:
    """Show what belongs to no field."""
    if form.errors.get(""):
        solara.Error(translated_sentence(form.errors[""]))


def parse_value(lever: Lever, typed: Any) -> tuple[Any, str]:
    """Return the value that was typed into a field, and what is wrong with it if it is not valid."""
    if lever.kind in ("number", "whole"):
        if lever.optional and not str(typed).strip():
            return None, ""
        number = parse_number(str(typed), whole=lever.kind == "whole")
        if number is None:
            return None, f"'{str(typed)[:20]}' is not a {'whole ' * (lever.kind == 'whole')}number"
        return number, ""
    if lever.kind == "series":
        return parse_series(str(typed))
    if lever.kind == "weights":
        weights = parse_weights(str(typed))
        if not str(typed).strip() and lever.value == {}:
            return {}, ""
        return weights, "" if weights else "write names with numbers, such as: north 1, east 0.5"
    if lever.kind == "day":
        return parse_number(str(typed), whole=True) if str(typed).strip().isdigit() else str(typed).strip() or None, ""
    if lever.kind == "list":
        return [part.strip() for part in str(typed).split(",") if part.strip()], ""
    return (bool(typed) if lever.kind == "switch" else str(typed).strip() or None), ""


def parse_number(text: str, whole: bool) -> int | float | None:
    """Return the number in a text, if it is one."""
    try:
        number = float(text.strip().replace(",", "") if len(text) < 40 else "too long")
    except ValueError:
        return None
    if not math.isfinite(number) or (whole and number != int(number)):
        return None
    return int(number) if whole else number


def parse_series(text: str) -> tuple[Any, str]:
    """Return a value, values by date, or nothing, as in ``2016-10-01 40, 2016-11-01 60``; and what is wrong with it."""
    steps: dict[str, Any] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        day, _, typed = part.rpartition(" ")
        number = parse_number(typed, whole=False)
        steps[day.strip().rstrip(":= ")] = typed if number is None else number
    if set(steps) == {""}:
        return steps[""], ""
    if "" in steps:
        return None, "write one value, or dates with values, such as: 2016-10-01 40, 2016-11-01 60"
    return steps or None, ""


def parse_weights(text: str) -> dict[str, float] | None:
    """Return the numbers by name in a text such as ``north 1, east 0.5``, if it is one."""
    weights: dict[str, float] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, _, typed = part.rpartition(" ")
        number = parse_number(typed, whole=False)
        if not name.strip() or number is None:
            return None
        weights[name.strip().rstrip(":= ")] = number
    return weights or None


def errors_by_field(problem: str, levers: tuple[Lever, ...]) -> dict[str, str]:
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
