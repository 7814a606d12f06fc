"""Series from tables, from parents, and multiplied: what a scenario file and ``--set`` make of them."""

from __future__ import annotations

from datetime import date

import pytest

from siege_sim import load_scenario
from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import load_scenario_text, scenario_of
from siege_sim.schema.series import Series

KEY = "processes.sorties.per_day"


def scenario(folder, per_day: str, more: str = ""):
    (folder / "town.yaml").write_text(
        f"extends: toy_town\nname: town\nprocesses:\n  sorties: {{per_day: {per_day}}}\n{more}"
    )
    return folder / "town.yaml"


def sorties(loaded):
    return loaded.processes.sorties.per_day


def test_a_table_s_values_become_part_of_the_scenario(tmp_path):
    (tmp_path / "flown.csv").write_text("\ufeffday,flown,note\n2020-08-01,2,\n2020-10-01,8.5,more\n\n70,0,\n", "utf-8")
    file = scenario(tmp_path, "{csv: flown.csv, date: day, value: flown, before: 1}")
    loaded = load_scenario(file)
    assert sorties(loaded) == Series({date(2020, 8, 1): 2.0, date(2020, 10, 1): 8.5, 70: 0.0}, before=1.0)
    by_hand = scenario(tmp_path, "{2020-10-01: 8.5, before: 1, 70: 0, 2020-08-01: 2}")
    assert load_scenario(by_hand).digest == loaded.digest
    (tmp_path / "flown.csv").unlink()
    assert scenario_of(loaded.model_dump(mode="json", by_alias=True)) == loaded


TABLES = {
    "no such day": ("date,value\n2020-09-10,3\n2020-10-40,5\n", "t.csv:3: '2020-10-40' is no day"),
    "out of range": (
        "date,value\n2020-09-10,3\n2020-10-01,5000\n",
        f"t.csv:3: {KEY}.2020-10-01: 5000",
    ),
    "a word": (
        "date,value\n2020-09-10,many\n",
        "t.csv:2: processes.sorties.per_day.2020-09-10: 'many' is not a number",
    ),
    "semicolons": ("date;value\n2020-09-10;3\n", "t.csv:1: its columns are separated by semicolons"),
    "an empty cell": ("date,value\n2020-09-10,\n", "t.csv:2: 'value' is empty"),
    "a short row": ("date,value\n2020-09-10\n", "t.csv:2: 'value' is empty"),
    "a date twice": ("date,value\n2020-09-10,3\n2020-09-10,4\n", "t.csv:3: 2020-09-10 is here and on line 2; keep one"),
    "another column": ("date,valeu\n2020-09-10,3\n", "t.csv:1: has no column 'value'; did you mean 'valeu'?"),
    "one name twice": ("date,value,value\n2020-09-10,3,4\n", "t.csv:1: two columns are called 'value'"),
    "no rows": ("date,value\n", "t.csv: has no rows below its heading"),
    "nothing": ("", "t.csv:1: has no column 'date'"),
    "an open quote": ('date,value\n2020-09-10,"3', "t.csv:2: not a CSV file"),
    "other years": ("date,value\n1920-09-10,3\n", "none of its dates is in the run"),
}


@pytest.mark.parametrize(("text", "words"), TABLES.values(), ids=TABLES)
def test_a_wrong_table_is_refused_with_file_and_line(tmp_path, text, words):
    (tmp_path / "t.csv").write_text(text)
    for load in (
        lambda: load_scenario(scenario(tmp_path, "{csv: t.csv}")),
        lambda: load_scenario("toy_town", [f"{KEY}={{csv: {tmp_path}/t.csv}}"]),
    ):
        with pytest.raises(ScenarioError) as caught:
            load()
        assert words in str(caught.value)


def test_a_table_that_is_missing_binary_or_too_large_is_refused(tmp_path, monkeypatch):
    (tmp_path / "binary.csv").write_bytes(b"date,value\n\xff\xfe")
    with pytest.raises(ScenarioError, match="there is no file 'none"):
        load_scenario(scenario(tmp_path, "{csv: none.csv}"))
    with pytest.raises(ScenarioError, match="leaves the scenario's folder"):
        load_scenario(scenario(tmp_path, "{csv: ../none.csv}"))
    with pytest.raises(ScenarioError, match="not a text file in UTF-8"):
        load_scenario(scenario(tmp_path, "{csv: binary.csv}"))
    monkeypatch.setattr("siege_sim.loading.tables.LARGEST_FILE_BYTES", 3)
    with pytest.raises(ScenarioError, match="a table is at most 3"):
        load_scenario(scenario(tmp_path, "{csv: binary.csv}"))


def test_a_table_with_the_wrong_column_does_not_fill_the_screen(tmp_path):
    rows = "".join(f"{day},word\n" for day in range(1000))
    (tmp_path / "long.csv").write_text(f"date,value\n{rows}")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(scenario(tmp_path, "{csv: long.csv}"))
    assert len(caught.value.problems) <= 10


def test_text_that_somebody_sent_opens_no_table():
    with pytest.raises(ScenarioError, match="tables are read when a scenario file is loaded"):
        load_scenario_text("extends: toy_town\nprocesses: {sorties: {per_day: {csv: /etc/hostname}}}", "sent")


def test_a_series_takes_the_place_of_its_parent_s_series(tmp_path):
    scenario(tmp_path, "{2020-09-10: 1, 2020-09-20: 2}")
    child = tmp_path / "child.yaml"
    child.write_text("extends: town\nname: child\nprocesses: {sorties: {per_day: {2020-10-01: 7}}}\n")
    assert sorties(load_scenario(child)) == Series({date(2020, 10, 1): 7.0})


def test_a_setting_multiplies_a_number_a_default_and_every_value_of_a_series(tmp_path):
    file = scenario(tmp_path, "{before: 2, 2020-09-10: 1, 2020-09-20: 4}")
    assert sorties(load_scenario(file, [f"{KEY}*=0.5"])) == sorties(load_scenario(file, [f"{KEY} *= 0.5"]))
    assert sorties(load_scenario(file, [f"{KEY}*=0.5"])).data == {"before": 1.0, "2020-09-10": 0.5, "2020-09-20": 2.0}
    assert sorties(load_scenario("toy_town", [f"{KEY}*=0.5"])) == 2.0
    assert sorties(load_scenario("toy_town", [f"{KEY}=6", f"{KEY}*=2", f"{KEY}*=2"])) == 24.0
    default = load_scenario("toy_town").processes.artillery.p_killed
    assert load_scenario("toy_town", ["processes.artillery.p_killed*=2"]).processes.artillery.p_killed == 2 * default
    twice = load_scenario("toy_town", ["processes.besieger_command.prepare_days*=2"])
    assert twice.processes.besieger_command.prepare_days == 8


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("processes.besieger_command.posture*=2", "neither a number nor a series of numbers; set it whole"),
        ("processes.sorties.per_dya*=2", "the scenario has no key 'processes.sorties.per_dya'"),
        ("processes.sorties.per_day*=much", "write KEY*=FACTOR with a number"),
        ("processes.sorties.per_day*=", "write KEY*=FACTOR with a number"),
        ("processes.sorties.per_day*=-1", "-4.0 is out of range"),
        ("processes.besieger_command.prepare_days*=0.3", "1.2 is not a whole number"),
        ("processes.sorties.per_day.2020-10-01=4", "'processes.sorties.per_day' is not a block with keys"),
    ],
)
def test_a_setting_that_cannot_multiply_says_why(setting, words):
    with pytest.raises(ScenarioError) as caught:
        load_scenario("toy_town", [setting])
    assert words in str(caught.value)
