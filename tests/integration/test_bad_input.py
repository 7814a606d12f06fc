"""Wrong input: each case says file, line, value and way out, and never shows a traceback."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from siege_sim import load_scenario
from siege_sim.cli import main as cli
from siege_sim.errors import ScenarioError

ROOT = Path(__file__).parents[2]
TOY = "extends: toy_town\nname: mine\n"
MAP = """map:
  name: Two Quarters
  cell_size_m: 400
  rows:
    - {first}
    - {second}
    - aab
  legend:
    a: {{name: A, holder: garrison, sector: north, population: {people}, built_up: 0.5}}
    b: {{name: B, holder: besieger, sector: north, population: 1, built_up: 0.5}}
"""
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdef", "bcdefg", strict=True)
)

CASES = {
    "unknown key": (TOY + "populatoin: {besieged: 3}", 3, "unknown key 'populatoin'; did you mean 'population'?"),
    "unknown key of a process": (TOY + "processes:\n  sorties: {per_dya: 3}", 4, "did you mean 'per_day'?"),
    "unknown process": (TOY + "processes:\n  sortees: {}", 4, "did you mean 'sorties'?"),
    "unknown intervention": (TOY + "interventions:\n  a: {kind: aid_convoi, from_day: 3}", 4, "did you mean 'aid_convoy'?"),
    "no kind": (TOY + "interventions:\n  a: {from_day: 3}", 4, "'kind' is missing"),
    "wrong type": (TOY + "processes:\n  sorties:\n    per_day: lots", 5, "'lots' is not a number"),
    "truth for a number": (TOY + "processes:\n  sorties:\n    per_day: true", 5, "true is not a number"),
    "fraction of a day": (TOY + "days: 3.5", 3, "3.5 is not a whole number"),
    "below range": (TOY + "processes:\n  sorties:\n    per_day: -3", 5, "-3 is out of range; it must be at least 0"),
    "above range": (TOY + "days: 99999", 3, "must be at most 3650"),
    "not a number": (TOY + "processes:\n  sorties:\n    per_day: .nan", 5, "nan is not a finite number"),
    "infinite": (TOY + "processes:\n  sorties:\n    per_day: .inf", 5, "inf is not a finite number"),
    "a number without end": (TOY + "days: " + "9" * 5000, 3, "a number of 5,000 characters"),
    "deep nesting": ("a: " + "[" * 5000, 1, "nested more than"),
    "missing keys": ("name: mine", 1, "title: this key is missing"),
    "no such parent": ("extends: toy_twn\nname: mine", 1, "did you mean 'toy_town'?"),
    "own parent": ("extends: bad\nname: mine", None, "is circular or too long"),
    "parent is a list": ("extends: [a, b]", 1, "name one scenario"),
    "date after the run": (TOY + "interventions:\n  north:\n    kind: corridor\n    from_day: 140", 6, "corridor 'north' starts on day 140"),
    "date before the run": (TOY + "air_wings:\n  bombers:\n    from_day: 2001-01-01", 5, "move from_day"),
    "window upside down": (TOY + "interventions:\n  c: {kind: ceasefire, from_day: 9, until_day: 3}", 4, "is before from_day"),
    "no such date": (TOY + "start: 2020-02-31", 3, "not a calendar date"),
    "not a date": (TOY + "start: soon", 3, "'soon' is not a date"),
    "end of the calendar": (TOY + "start: 9999-12-01", 3, "beyond the calendar"),
    "unknown sector": (TOY + "forces: {garrison: {town_militia: {sectors: {nrth: 1}}}}", 3, "did you mean 'north'?"),
    "unknown crossing": (TOY + "interventions:\n  c: {kind: corridor, from_day: 1, crossings: [Hil gate]}", 4, "did you mean 'Hill gate'?"),
    "reinforcements nowhere": (
        TOY + "interventions:\n  r: {kind: reinforcements, from_day: 1, side: garrison, faction: f, fighters: 9, sector: moon}",
        4, "holds no sector 'moon'",
    ),
    "relief from nowhere": (TOY + "interventions:\n  r: {kind: relief_attack, from_day: 1, fighters: 9, against: [moon]}", 4, "no sector 'moon'"),
    "relief by no road": (
        TOY + "interventions:\n  r: {kind: relief_attack, from_day: 1, fighters: 9, against: [south], road: A5}", 4, "no road 'A5'",
    ),
    "empty": ("", None, "the file is empty"),
    "only a comment": ("# nothing\n", None, "the file is empty"),
    "not YAML": ("a: [1, 2\nb: }", 2, "not valid YAML"),
    "a list": ("- a\n- b", 1, "a scenario is a list of 'key: value' lines"),
    "a word": ("hello", 1, "a scenario is a list"),
    "duplicate key": (TOY + "name: other", 3, "the key 'name' is used here and on line 2"),
    "alias bomb": (BOMB, None, "aliases that multiply are not accepted"),
    "alias of itself": ("a: &a [*a]", 1, "nested more than"),
    "very deep": ("a: " + "[" * 60 + "]" * 60, 1, "nested more than"),
    "a tag": ("name: !!python/object:os.system x", 1, "is not accepted"),
    "merge key": ("a: &a {b: 1}\nc:\n  <<: *a", 3, "merge keys"),
    "map outside": (TOY + "map: ../../etc/passwd", 3, "leaves the scenario's folder"),
    "map from the root": (TOY + "map: /etc/passwd", 3, "leaves the scenario's folder"),
    "parent outside": ("extends: ../other.yaml", 1, "leaves the scenario's folder"),
    "no such map": (TOY + "map: maps/none.yaml", 3, "there is no file 'maps/none.yaml'"),
    "ragged rows": (TOY + MAP.format(first="aab", second="aa", people=1), 8, "this row has 2 cells, the first has 3"),
    "character without legend": (TOY + MAP.format(first="aab", second="a?b", people=1), 8, "'?' is on the map but not in the legend"),
    "legend without character": (TOY + MAP.format(first="aab", second="aab", people=1) + "    c: {name: C, holder: garrison, sector: x, population: 1, built_up: 0}", 13, "'c' is in the legend but not on the map"),
    "two quarters of one name": (TOY + MAP.format(first="aab", second="aab", people=1).replace("name: B", "name: A"), 11, "the name of two quarters"),
    "unknown quarter": (TOY + MAP.format(first="aab", second="aab", people=1) + "  facilities:\n    hospitals:\n      - {quarter: Aa}", 15, "no quarter 'Aa'; did you mean 'A'?"),
    "people on no ground": (TOY + "population: {besieged: 5}\n" + MAP.format(first="aab", second="aab", people=0), 3, "people have no ground"),
    "nobody besieged": (TOY + MAP.format(first="bbb", second="bbb", people=1).replace("    - aab", "    - bbb").replace("    a:", "    # a:"), 4, "no ground is besieged"),
    "no sector": (TOY + MAP.format(first="aab", second="aab", people=1).replace("holder: garrison, sector: north", "holder: garrison"), 11, "'A' needs a sector"),
    "people on water": (TOY + MAP.format(first="aac", second="ccc", people=1) + "    c: {name: C, ground: water, population: 1}", 13, "'C' is water ground, which has no population; leave it out"),
    "held water": (TOY + MAP.format(first="aac", second="ccc", people=1) + "    c: {name: C, ground: water, holder: garrison}", 13, "has no holder; leave it out"),
    "a hospital on water": (TOY + MAP.format(first="aac", second="ccc", people=1) + "    c: {name: C, ground: water}\n  facilities:\n    hospitals:\n      - {quarter: C}", 16, "nothing can stand on 'C', which is water ground"),
    "a river with a gap": (TOY + MAP.format(first="aca", second="caa", people=1) + "    c: {name: C, ground: water}", 7, "draw row 1, column 1 as 'c' too"),
    "unknown ground": (TOY + MAP.format(first="aac", second="ccc", people=1) + "    c: {name: C, ground: watre}", 13, "did you mean 'water'?"),
    "half a corner": (TOY + MAP.format(first="aab", second="aab", people=1) + "  north_west_corner: {latitude: 36.2}", 13, "exactly one of the pairs"),
    "a corner in metres of nothing": (TOY + MAP.format(first="aab", second="aab", people=1) + "  north_west_corner: {easting: 1.0, northing: 2.0}", 13, "add crs, such as EPSG:32637"),
    "a grid in degrees": (TOY + MAP.format(first="aab", second="aab", people=1) + "  crs: EPSG:4326", 13, "is in degrees, but cells are squares in metres"),
    "unknown bridge": (TOY + "processes:\n  bridges: {open: {Old Bridge: 0}}", 4, "the map has no bridge 'Old Bridge' and no other"),
    "a ring without a town": (TOY + "map: {ring: 5}", 3, "leaves no besieged ground"),
    "a name with spaces": ("extends: toy_town\nname: My Siege", 2, "is not a name"),
    "weights for nobody": (TOY + "forces: {garrison: {town_militia: {sectors: {north: 0, east: 0, south: 0, west: 0}}}}", 3, "weights must be"),
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("text", "line", "said"), CASES.values(), ids=CASES.keys())
def test_wrong_scenarios_are_refused_with_file_line_and_way_out(folder, capsys, text, line, said):
    (folder / "bad.yaml").write_text(text, "utf-8")
    assert cli.main(["run", "bad.yaml", "--out", "never"]) == cli.KNOWN_ERROR
    out, err = capsys.readouterr()
    assert said in err
    assert "Traceback" not in err
    where = f"bad.yaml:{line}:" if line else "bad.yaml"
    assert any(where in message for message in err.splitlines() if said.split(";")[0] in message), err
    assert out == ""
    assert [path.name for path in folder.iterdir()] == ["bad.yaml"], "something half-written was left"


def test_binary_and_oversized_files_are_refused(folder, capsys):
    (folder / "bad.yaml").write_bytes(b"\x00\x01\xff\xfe")
    assert cli.main(["validate", "bad.yaml"]) == 1
    assert "UTF-8" in capsys.readouterr().err
    (folder / "bad.yaml").write_text("x: " + "y" * 2_100_000)
    assert cli.main(["validate", "bad.yaml"]) == 1
    assert "at most 2,000,000" in capsys.readouterr().err


SETTINGS = {
    "processes.sorties.per_dya=3": "did you mean 'per_day'?",
    "processes.sorties.per_day=abc": "'abc' is not a number",
    "processes.sorties.per_day=1e400": "is not a finite number",
    "nonsense": "write KEY=VALUE",
    "=3": "write KEY=VALUE",
    "a.b=1": "unknown key 'a'",
    "name.x=3": "'name' is not a block",
    "processes.sorties.per_day=[1": "not valid YAML",
    "days=5": "move from_day or change days",
}


@pytest.mark.parametrize(("setting", "said"), SETTINGS.items(), ids=SETTINGS.keys())
def test_wrong_settings_are_refused(setting, said, capsys):
    assert cli.main(["show", "toy_town", "--set", setting]) == cli.KNOWN_ERROR
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("toy_twn", "did you mean 'toy_town'?"),
        ("none.yaml", "no such file"),
        (".", "no scenario"),
        ("/tmp", "is a folder"),
    ],
)
def test_a_scenario_that_is_not_there(name, said, capsys, folder):
    assert cli.main(["run", name]) == cli.KNOWN_ERROR
    assert said in capsys.readouterr().err


def test_validate_reports_every_file(folder, capsys):
    (folder / "good.yaml").write_text(TOY)
    (folder / "bad.yaml").write_text(TOY + "days: -1")
    (folder / "worse.yaml").write_text(TOY + "days: x\nstart: y")
    assert cli.main(["validate", "bad.yaml", "good.yaml", "worse.yaml"]) == 1
    out, err = capsys.readouterr()
    assert out == "good.yaml: ok (scenario)\n"
    assert len(err.splitlines()) == 3


def test_all_problems_of_a_file_come_at_once(folder):
    (folder / "bad.yaml").write_text(TOY + "days: -1\npopulation: {besieged: many}\nfood: {home_days: .inf}")
    with pytest.raises(ScenarioError) as caught:
        load_scenario("bad.yaml")
    assert [problem.split(":")[1] for problem in caught.value.problems] == ["3", "4", "5"]


def test_an_error_travels_between_processes():
    error = ScenarioError(["a: one", "b: two"])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("scenario", "scenarios/*.yaml"),
        ("map", "scenarios/maps/*.yaml"),
        ("record", "scenarios/records/*.yaml"),
        ("experiment", "experiments/[!c]*.yaml"),
        ("calibration", "experiments/calibration_*.yaml"),
    ],
)
def test_every_file_that_comes_with_the_program_is_taken_for_what_it_is(kind, files, capsys):
    found = sorted(map(str, ROOT.glob(files)))
    assert cli.main(["validate", *found]) == 0
    said = re.sub(r"; [\d,]+ of its [\d,]+ points were made into scenarios\)", ")", capsys.readouterr().out)
    assert said.splitlines() == [f"{file}: ok ({kind})" for file in found]
    assert found


def test_a_name_stands_for_every_file_that_is_called_so(capsys):
    assert cli.main(["validate", "aleppo_2016", "air_power_x_food_aid"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "aleppo_2016: ok (scenario)", "aleppo_2016: ok (record)", "air_power_x_food_aid: ok (experiment)",
    ]  # fmt: skip


OTHER_KINDS = {
    "an experiment's factor": ("experiments/air_power_x_food_aid.yaml", "processes.sorties.per_day", "processes.sorties.per_dya", "the scenario has no key 'processes.sorties.per_dya'"),
    "an experiment's outcome": ("experiments/air_power_x_food_aid.yaml", "food_days_left", "food_days_lft", "did you mean 'food_days_left'?"),
    "an experiment's key": ("experiments/air_power_x_food_aid.yaml", "design:", "desing:", "did you mean 'design'?"),
    "a record's outcome": ("scenarios/records/aleppo_2016.yaml", "[garrison_area_share]", "[garrison_area_shar]", "did you mean 'garrison_area_share'?"),
    "a record's quarter": ("scenarios/records/aleppo_2016.yaml", "quarter: Hanano", "quarter: Hanana", "did you mean 'Hanano'?"),
    "a record's kind": ("scenarios/records/aleppo_2016.yaml", "kind: value_on", "kind: value_no", "did you mean 'value_on'?"),
    "a map's row": ("scenarios/maps/aleppo.yaml", "cell_size_m: 400", "cell_size_m: 4", "4 is out of range; it must be at least 50"),
    "a calibration's key": ("experiments/calibration_aleppo_2016.yaml", "particles:", "particle:", "did you mean 'particles'?"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "right", "wrong", "said"), OTHER_KINDS.values(), ids=OTHER_KINDS.keys())
def test_validate_finds_what_is_wrong_in_files_of_other_kinds(folder, capsys, file, right, wrong, said):
    text = (ROOT / file).read_text("utf-8")
    assert right in text
    (folder / "bad.yaml").write_text(text.replace(right, wrong, 1), "utf-8")
    assert cli.main(["validate", "bad.yaml"]) == cli.KNOWN_ERROR
    out, err = capsys.readouterr()
    line = text[: text.index(right)].count("\n") + 1
    assert any(f"bad.yaml:{line}:" in message and said in message for message in err.splitlines()), err
    assert out == ""


def test_a_calibration_may_not_weigh_a_pattern_that_the_record_has_not(folder, capsys):
    text = (ROOT / "experiments/calibration_aleppo_2016.yaml").read_text("utf-8")
    (folder / "bad.yaml").write_text(text + "\nweights: {no_such_pattern: 0}\n" if "weights:" not in text else
                                     text.replace("weights:", "weights:\n  no_such_pattern: 0", 1))  # fmt: skip
    assert cli.main(["validate", "bad.yaml"]) == cli.KNOWN_ERROR
    err = capsys.readouterr().err
    assert re.search(r"bad\.yaml:\d+: weights\.no_such_pattern: the record has no pattern .no_such_pattern.", err)


def test_a_record_of_an_unknown_siege_is_checked_but_for_its_quarters(folder, capsys):
    text = (ROOT / "scenarios/records/aleppo_2016.yaml").read_text("utf-8")
    (folder / "mine.yaml").write_text(text.replace("name: aleppo_2016", "name: another_siege", 1))
    assert cli.main(["validate", "mine.yaml"]) == 0
    assert "no scenario is called 'another_siege', so its quarters cannot be checked" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("toy_twn", "nothing is called 'toy_twn'; did you mean 'toy_town'?"),
        (".", ".: is a folder; name files, for example ./*.yaml"),
        ("none.yaml", "none.yaml: there is no such file"),
    ],
)
def test_what_is_not_there_is_refused_with_what_could_be_meant(folder, given, said, capsys):
    assert cli.main(["validate", given]) == cli.KNOWN_ERROR
    assert said in capsys.readouterr().err
