"""Sides are data: the code says garrison, besieger, civilians and third parties; labels come from the scenario."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import PathPatch

from siege_sim import load_scenario, run
from siege_sim.analysis.run import run_findings
from siege_sim.dashboard.lessons.lesson_file import load_lesson, shipped_lesson_files
from siege_sim.errors import ResultError, ScenarioError
from siege_sim.loading.scenario import shipped_scenarios
from siege_sim.model.agents.unit import BesiegerUnit, GarrisonUnit, RebelUnit, RegimeUnit
from siege_sim.plots import draw, figure_named
from siege_sim.reports.run import story
from siege_sim.results.run import read_run
from siege_sim.schema.sides import FIRST_THIRD_PARTY, Side, Sides

PACKAGE = Path(__file__).parents[2] / "siege_sim"
WORDS_OF_ONE_SIEGE = re.compile(r"kurd|rebel|government|regime", re.IGNORECASE)
ALLOWED = re.compile(
    r"source=|source \(|^\s+\"[^\"]*\", ge=|stream: ClassVar|RebelUnit, RegimeUnit = |\(SOHR\)|\(AFP\)|\(UNHCR"
    r"|\"government regains territory\""
)
"""Sources of parameters, a word of ACLED for a kind of event, random streams that keep their luck, and two class names
that users know."""
SETTINGS = ("days=25", "population.persons_per_household=50", "processes.displacement.reluctance=3")


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("*.*")), ids=lambda file: file.relative_to(PACKAGE).as_posix())
def test_no_file_speaks_of_the_sides_of_one_siege(file):
    if file.suffix not in (".py", ".js", ".css", ".vue", ".html", ".yaml"):
        return
    lines = [line for line in file.read_text("utf-8").splitlines() if WORDS_OF_ONE_SIEGE.search(line)]
    assert [line for line in lines if not ALLOWED.search(line)] == []


def test_users_of_the_first_case_find_the_units_by_their_words():
    assert (RebelUnit, RegimeUnit) == (GarrisonUnit, BesiegerUnit)


def town(*settings):
    return load_scenario("toy_town", [*SETTINGS, *settings])


def test_a_siege_needs_no_third_party():
    result = run(town("map.third_party=null", "sides.third_parties={}", "population.third_parties={}"), seed=1)
    assert not [name for name in result.series if name.startswith("left_to_") and name != "left_to_besieger"]
    assert set(result.snapshots["holder"].ravel().tolist()) <= {0, 1, 2}


TWO = """
name: Two Hills
cell_size_m: 400
rows: [eeeeee, hgggge, hggggv, hggggv, eeeeee]
legend:
  g: {name: Middle, holder: garrison, sector: north, population: 1, built_up: 0.5}
  e: {name: Fields, holder: besieger, sector: east, population: 1, built_up: 0.2}
  h: {name: Hill, holder: hill_militia, sector: hill, population: 1, built_up: 0.4}
  v: {name: Vale, holder: valley_league, sector: vale, population: 1, built_up: 0.4}
facilities:
  crossings:
    - {quarter: Middle, into: hill_militia}
    - {quarter: Middle, into: valley_league}
"""
CHILD = """
extends: toy_town
name: two_hills
map: two_hills_map.yaml
days: 40
sides:
  garrison: {label: free companies}
  besieger: {label: duke's army, ground: the duke's lands, colour: "#336699"}
  third_parties:
    valley_league: {label: valley league}
population: {persons_per_household: 20, third_parties: {valley_league: 500}}
forces:
  garrison: {town_militia: {sectors: {east: null, south: null, west: null}}}
  besieger:
    vanguard: {sectors: {east: 1}}
    ring: {sectors: {north: null, south: null, west: null}}
processes: {displacement: {reluctance: 3}, new_holder: {decided_per_day: 1}}
"""


@pytest.fixture(scope="module")
def two_hills(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two_hills")
    (folder / "two_hills_map.yaml").write_text(TWO)
    (folder / "two_hills.yaml").write_text(CHILD)
    return load_scenario(folder / "two_hills.yaml")


def test_people_can_leave_to_each_of_several_third_parties(two_hills):
    assert two_hills.sides.third_party_codes == {
        "hill_militia": FIRST_THIRD_PARTY,
        "valley_league": FIRST_THIRD_PARTY + 1,
    }
    result = run(two_hills, seed=2)  # every day ends with a check of the books
    last = result.series.iloc[-1]
    assert last["left_to_hill_militia"] > 0
    assert last["left_to_valley_league"] > 0
    assert {3, 4} <= set(result.snapshots["holder"].ravel().tolist())


def test_pages_figures_and_events_take_the_labels_of_the_scenario(two_hills):
    result = run(two_hills, seed=2)
    said = " ".join(
        [
            *story(run_findings(result)),
            *result.events["what"],
            *(entry["label"] for entry in result.manifest["outcomes"].values()),
        ]
    )
    assert "the free companies" in said
    assert "Left to the duke's lands" in said
    assert "Left to the valley league" in said
    assert "militia" not in said.replace("hill militia", "")
    drawn = draw(figure_named("map"), result)
    legend = [text.get_text() for text in drawn.legends[0].get_texts()]
    assert {"held by the free companies", "held by the duke's army", "held by the valley league"} <= set(legend)
    fills = [patch for axes in drawn.axes for patch in axes.findobj(PathPatch)]
    assert to_rgba("#336699") in {patch.get_facecolor() for patch in fills}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("map.third_party=hil_militia", "there is no side 'hil_militia'; did you mean 'hill_militia'"),
        ("population.third_parties.valley=3", "no third party is called 'valley' under sides"),
        ("sides.third_parties.besieger={label: x}", "'besieger' is reserved by the program"),
        ("sides.garrison.colour=green", "sides.garrison.colour"),
        ("sides.garrison.label=", "sides.garrison.label"),
        ("forces.rebel={}", "unknown key 'rebel'"),
    ],
)
def test_sides_that_do_not_fit_are_refused_with_a_way_out(change, said):
    with pytest.raises(ScenarioError, match=re.escape(said)):
        town(change)


def test_labels_with_braces_are_refused_since_texts_are_filled_in_by_them():
    with pytest.raises(ScenarioError, match="label"):
        town("sides.garrison.label='{besieger}'")


def test_a_text_is_filled_in_with_the_labels():
    sides = Sides(garrison=Side(label="rebels"), besieger=Side(label="army", ground="the plain"))
    assert sides.fill("{Garrison} and {besieger} in {besieger_ground}") == "Rebels and the army in the plain"


def test_results_of_an_older_version_are_refused_in_a_sentence(toy_result, tmp_path):
    toy_result.write(tmp_path)
    file = tmp_path / "manifest.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), "version": "0.1.0"}), "utf-8")
    with pytest.raises(
        ResultError, match=r"written by an older version of siege_sim \(0\.1\.0\), .*run the scenario again"
    ):
        read_run(tmp_path)


def labels_of(sides: Sides) -> set[str]:
    return {side.label for side in sides.by_name.values()}


@pytest.mark.parametrize("name", shipped_lesson_files())
def test_a_lesson_calls_the_sides_as_its_scenario_does(name):
    file = shipped_lesson_files()[name]
    lesson = load_lesson(file)[0]
    own = labels_of(load_scenario(lesson.scenario).sides)
    others = set().union(*(labels_of(load_scenario(one).sides) for one in shipped_scenarios())) - own
    text = file.read_text("utf-8")
    assert [label for label in others if label in text] == []
