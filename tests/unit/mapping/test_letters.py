"""A town drawn as letters becomes a map that says what the drawing says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from siege_sim.errors import ScenarioError
from siege_sim.loading.scenario import load_scenario
from siege_sim.loading.starter import write_starter
from siege_sim.mapping.letters import town_from_letters
from siege_sim.mapping.make_map import MapFiles, make_map
from siege_sim.model.scenario import DrawnMap
from siege_sim.schema.messages import read_block

TOWN = """
name: Riverton
cell: 300
garrison: river guilds
third party hill: hill clans

wwwwwwww
wAAB~CCw
wAAB=CCw
whhB~CCw
wwwwwwww

A  Old Town, garrison, old fabric, 1.4, built 95 %, damaged 12, sector west bank
B  Mill Side, river guilds
=  Stone Bridge, bridge, garrison
h  Hill village, hill, low rise

2 hospitals in A, 30 beds
bakery in mill side
warehouse in B, aid agency
crossing in A into hill, called Hill Gate
"""


def drawn(tmp_path, text):
    file = tmp_path / "town.txt"
    file.write_text(text, "utf-8")
    return town_from_letters(str(file))


def test_a_legend_in_words_says_what_each_letter_is(tmp_path):
    legend = drawn(tmp_path, TOWN).city_map.legend
    old = legend["A"]
    assert (old.name, old.holder, old.ground, old.sector) == ("Old Town", "garrison", "old_fabric", "west_bank")
    assert (old.population, old.built_up, old.damaged_structures) == (1.4, 0.95, 12.0)
    assert legend["B"].holder == "garrison", "a side may be called by its label"
    assert (legend["="].ground, legend["="].holder) == ("bridge", "garrison")
    assert (legend["h"].holder, legend["h"].ground) == ("hill", "low_rise")


def test_letters_that_the_legend_leaves_out_have_a_usual_meaning(tmp_path):
    legend = drawn(tmp_path, TOWN).city_map.legend
    assert (legend["C"].name, legend["C"].holder) == ("Quarter C", "garrison")
    assert (legend["w"].name, legend["w"].holder) == ("Quarter w", "besieger")
    assert (legend["~"].ground, legend["~"].holder) == ("water", None)


def test_places_stand_where_the_file_says(tmp_path):
    places = drawn(tmp_path, TOWN).city_map.facilities
    assert [(p.quarter, p.count, p.beds) for p in places.hospitals] == [("Old Town", 2, 30)]
    assert [p.quarter for p in places.bakeries] == ["Mill Side"]
    assert [(p.quarter, p.owner) for p in places.warehouses] == [("Mill Side", "aid_agency")]
    assert [(p.quarter, p.into, p.name) for p in places.crossings] == [("Old Town", "hill", "Hill Gate")]


def test_a_drawing_without_legend_and_places_is_a_town_on_which_a_siege_runs(tmp_path):
    (tmp_path / "town.txt").write_text("wwwww\nwAABw\nwAABw\nwwwww\n")
    make_map(MapFiles(tmp_path / "town.yaml"), lambda: town_from_letters(str(tmp_path / "town.txt")), [])
    write_starter(tmp_path / "siege.yaml", map_file=tmp_path / "town.yaml")
    scenario = load_scenario(tmp_path / "siege.yaml")
    assert scenario.city_map.facilities.bakeries
    assert {quarter.holder for quarter in scenario.city_map.quarters} == {"garrison", "besieger"}


def test_the_map_file_reads_back_as_the_map_that_was_drawn(tmp_path):
    (tmp_path / "town.txt").write_text(TOWN)
    town = make_map(MapFiles(tmp_path / "town.yaml"), lambda: town_from_letters(str(tmp_path / "town.txt")), [])
    read, _ = read_block(DrawnMap, tmp_path / "town.yaml", "a map")
    assert read.model_dump() == town.city_map.model_dump()


@given(st.lists(st.text("ABCab~=.-", min_size=4, max_size=4), min_size=2, max_size=6))
def test_whatever_is_drawn_the_map_has_these_cells(tmp_path_factory, rows):
    text = "\n".join(["AAAA", *rows])
    city_map = drawn(tmp_path_factory.mktemp("drawn"), text).city_map
    for row, cells in zip(["AAAA", *rows], city_map.rows, strict=True):
        for asked, got in zip(row, cells, strict=True):
            assert got == asked or got in "~=", "a cell changes only to close a corner"
    for sign, quarter in city_map.legend.items():
        if sign.isalpha():
            assert quarter.holder == ("garrison" if sign.isupper() else "besieger")


@pytest.mark.parametrize(
    ("name", "label"),
    [("yes", "no"), ("1e5", "12"), ("O'Brien: Gate", "x #y"), ('The "Mile"', "{a}"), ("حي النهر", "вода")],
)
def test_names_that_yaml_might_read_as_something_else_stay_names(tmp_path, name, label):
    from siege_sim.mapping.map_file import map_yaml

    town = drawn(tmp_path, "AAaa\nAAaa\n")
    legend = {**town.city_map.legend, "A": town.city_map.legend["A"].model_copy(update={"name": name, "sector": label})}
    changed = town.city_map.model_copy(
        update={"legend": legend, "name": name, "facilities": type(town.city_map.facilities)()}
    )
    (tmp_path / "town.yaml").write_text(map_yaml(changed, []), "utf-8")
    read, _ = read_block(DrawnMap, tmp_path / "town.yaml", "a map")
    assert (read.name, read.legend["A"].name, read.legend["A"].sector) == (name, name, label)


def test_a_river_with_a_hole_at_a_corner_is_closed_and_that_is_said(tmp_path):
    leaky = drawn(tmp_path, "A~aaa\nAA~aa\nAA~aa\n")
    assert leaky.city_map.rows == ("A~aaa", "A~~aa", "AA~aa")
    assert any("row 2, column 2" in note for note in leaky.notes)
    tight = drawn(tmp_path, "A~~aa\nAA~aa\nAA~aa\n")
    assert not any("corner" in note for note in tight.notes)


WRONG = {
    "ragged": ("AAAA\nAAA\nbbbb\n", 2, "3 signs, the first has 4"),
    "no drawing": ("A  Old Town\n", None, "no drawing"),
    "a sign without meaning": ("AA%A\nbbbb\n", 1, "does not say what '%' is"),
    "not drawn": ("AAAA\nbbbb\nC  Mill\n", 3, "'C' is in the legend but not in the drawing"),
    "twice in the legend": ("AAAA\nbbbb\nA  Mill\nA  Hill\n", 4, "on line 3"),
    "one name twice": ("AAAA\nbbbb\nA  Mill\nb  Mill\n", 4, "the name of two quarters"),
    "an unknown word": ("AAAA\nbbbb\nA  Mill, garison\n", 3, "did you mean 'garrison'?"),
    "an unknown party": ("AAAA\nbbbb\nA  Mill, clans\n", 3, "third party hill: hill clans"),
    "held water": ("AA~A\nbbbb\n~  Lake, water, garrison\n", 3, "nobody can hold"),
    "said twice": ("AAAA\nbbbb\nA  Mill, dense, fields\n", 3, "said twice"),
    "too many people": ("AAAA\nbbbb\nA  Mill, 12\n", 3, "at most 10"),
    "built more than all": ("AAAA\nbbbb\nA  Mill, built 3\n", 3, "at most 1"),
    "an unknown setting": ("cel: 300\nAAAA\nbbbb\n", 1, "did you mean 'cell'?"),
    "no number": ("cell: wide\nAAAA\nbbbb\n", 1, "not a number of metres"),
    "no place on earth": ("corner: north\nAAAA\nbbbb\n", 1, "a latitude and a longitude"),
    "an unknown place": ("AAAA\nbbbb\npub in A\n", 3, "no kind of place is called 'pub'"),
    "nowhere": ("AAAA\nbbbb\nbakery in Mil\nA  Mill\n", 3, "did you mean 'Mill'?"),
    "a crossing to nobody": ("AAAA\nbbbb\ncrossing in A into hill\n", 3, "no side 'hill'"),
    "a place that is no sentence": ("AAAA\nbbbb\nplease add a bakery\n", 3, "no row, no legend and no place"),
    "too many": ("AAAA\nbbbb\n400 bakeries in A\n", 3, "from 1 to 100"),
    "a shop for a store": ("AAAA\nbbbb\nwarehouse in A, king\n", 3, "'king' says nothing"),
    "too wide": ("A" * 201 + "\n" + "b" * 201 + "\n", 1, "at most 200"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_the_line(tmp_path, case):
    text, line, words = WRONG[case]
    with pytest.raises(ScenarioError) as caught:
        drawn(tmp_path, text)
    assert words in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "town.txt") + (f":{line}:" if line else ":"))


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "town.txt").write_bytes(b"\xff\xfe\x00A")
    with pytest.raises(ScenarioError, match="not a text file in UTF-8"):
        town_from_letters(str(tmp_path / "town.txt"))
    with pytest.raises(ScenarioError, match="cannot be read"):
        town_from_letters(str(tmp_path / "none.txt"))
