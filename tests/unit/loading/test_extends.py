"""Building on another scenario."""

from __future__ import annotations

import pytest

from siege_sim import load_scenario


@pytest.fixture
def write(tmp_path):
    def scenario(name: str, text: str):
        (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
        return tmp_path / f"{name}.yaml"

    return scenario


def test_mappings_merge_and_the_rest_replaces(write, toy_town):
    child = load_scenario(write("child", "extends: toy_town\nname: child\nprocesses: {sorties: {per_day: 9}}"))
    assert child.name == "child"
    assert child.processes.sorties.per_day == 9
    assert child.processes.sorties.dispersion == toy_town.processes.sorties.dispersion
    assert child.processes.artillery == toy_town.processes.artillery
    assert child.digest != toy_town.digest


def test_null_removes(write):
    text = "extends: toy_town\nname: c\nprocesses: {sorties: null}\ninterventions: {aid_convoys: null}"
    child = load_scenario(write("child", text))
    assert child.processes.sorties is None
    assert child.interventions == {}


def test_parents_have_parents_and_the_folder_s_own_come_first(write):
    write("middle", "extends: toy_town\nname: middle\ndays: 30")
    child = load_scenario(write("child", "extends: middle\nname: child\nprocesses: {sorties: {per_day: 1}}"))
    assert (child.days, child.processes.sorties.per_day) == (30, 1)


def test_a_whole_other_city_replaces_the_map(write):
    other = "{synthetic: Other, side: 12, third_party: hill_militia}"
    child = load_scenario(write("child", f"extends: toy_town\nname: c\nmap: {other}"))
    assert child.city_map.shape == (12, 12)
    assert child.map.ring == 2


def test_a_map_may_be_a_file_beside_the_scenario(write, tmp_path):
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps" / "town.yaml").write_text(
        "name: T\ncell_size_m: 400\nrows: [aab, aab]\nlegend:\n"
        "  a: {name: A, holder: garrison, sector: north, population: 1, built_up: 0.5}\n"
        "  b: {name: B, holder: besieger, sector: north, population: 1, built_up: 0.5}\n"
    )
    text = (
        "extends: toy_town\nname: c\nmap: maps/town.yaml\npopulation: {third_parties: null}\nforces:\n"
        "  garrison: {town_militia: {sectors: {east: null, south: null, west: null}}}\n"
        "  besieger:\n    vanguard: {sectors: {east: null, north: 1}}\n"
        "    ring: {sectors: {east: null, south: null, west: null}}\n"
    )
    child = load_scenario(write("child", text))
    assert child.city_map.shape == (2, 3)


def test_settings_come_last_and_may_switch_a_process_on(write):
    file = write("child", "extends: toy_town\nname: c\nprocesses: {sorties: null}")
    assert load_scenario(file, ["processes.sorties.per_day=7"]).processes.sorties.per_day == 7
    assert load_scenario(file, ["processes.fear=null"]).processes.fear is None


def test_dates_and_day_numbers_mean_the_same(write):
    by_day = load_scenario(write("a", "extends: toy_town\nname: c\ninterventions: {t: {kind: ceasefire, from_day: 5}}"))
    by_date = load_scenario(
        write("b", "extends: toy_town\nname: c\ninterventions: {t: {kind: ceasefire, from_day: 2020-09-06}}")
    )
    clock = by_day.clock
    for day in range(91):
        assert by_day.interventions["t"].covers(day, clock) == by_date.interventions["t"].covers(day, clock)
