"""Tables of dated events become a calendar of fire, or a record."""

from __future__ import annotations

import csv
from datetime import date

import pytest
import yaml

from siege_sim.cli import main as cli
from siege_sim.errors import SiegeError
from siege_sim.mapping.events import EventOptions, write_record, write_strikes
from siege_sim.validation.record import load_record

PLAIN = """date,quarter,kind,count,killed
2020-09-01,Old Town,air strike,3,4
2020-09-01,Mill,shelling,20,0
2020-09-03,Old Town,air strike,1,2
2020-09-03,Field,air strike,9,0
2020-09-03,Moon,air strike,5,0
2020-09-04,Old Town,wedding,1,0
2020-10-05,Mill,captured,1,11
"""
ACLED = """event_id_cnty,event_date,event_type,sub_event_type,latitude,longitude,fatalities
A1,01 September 2020,Explosions/Remote violence,Air/drone strike,48.2095,16.3705,4
A2,02 September 2020,Explosions/Remote violence,Shelling/artillery/missile attack,48.2095,16.3705,1
A3,02 September 2020,Explosions/Remote violence,Air/drone strike,10.0,10.0,7
A4,03 September 2020,Protests,Peaceful protest,48.2095,16.3705,0
"""
GED = """id,date_start,date_end,latitude,longitude,best,low,high,type_of_violence
1,2020-09-02 00:00:00.000,2020-09-05 00:00:00.000,48.2095,16.3705,10,6,19,1
2,2020-09-20 00:00:00.000,2020-09-20 00:00:00.000,48.2095,16.3705,3,3,4,1
"""
MAP = """
name: Riverton
cell_size_m: 400
north_west_corner: {latitude: 48.21, longitude: 16.37}
rows: [aab, aab, bbb]
legend:
  a: {name: Old Town, holder: garrison, sector: north, population: 1, built_up: 0.5}
  b: {name: Field, holder: besieger, sector: east, population: 1, built_up: 0.2}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in (("plain.csv", PLAIN), ("acled.csv", ACLED), ("ged.csv", GED), ("map.yaml", MAP)):
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def rows_of(file):
    with file.open() as stream:
        return {row["date"]: row for row in csv.DictReader(stream)}


def test_a_calendar_has_a_row_for_each_day_and_ends_with_a_day_without_fire(folder):
    write_strikes("plain.csv", folder / "out.csv", EventOptions())
    rows = rows_of(folder / "out.csv")
    assert list(rows) == ["2020-09-01", "2020-09-02", "2020-09-03", "2020-09-04"]
    assert [float(row["air_strikes"]) for row in rows.values()] == [3, 0, 15, 0]
    assert [float(row["shells"]) for row in rows.values()] == [20, 0, 0, 0]
    lines = yaml.safe_load((folder / "out.yaml").read_text())
    asked = {"csv": "out.csv", "date": "date", "value": "air_strikes", "before": 0}
    assert lines["processes"]["sorties"]["per_day"] == asked
    assert lines["processes"]["artillery"]["shells_per_day"] == {**asked, "value": "shells"}


def test_only_fire_on_besieged_ground_counts_and_the_rest_is_named(folder):
    notes = write_strikes("plain.csv", folder / "out.csv", EventOptions(folder / "map.yaml"))
    assert sum(float(row["air_strikes"]) for row in rows_of(folder / "out.csv").values()) == 4
    said = " ".join(notes)
    assert "2 of 5 events count" in said
    assert "strikes on ground of besieger (1)" in said
    assert "quarter 'Moon' (1)" in said
    assert "kinds of which nothing is made: wedding (1)" in said


def test_the_columns_of_acled_are_known_and_events_outside_the_map_are_counted(folder):
    notes = write_strikes("acled.csv", folder / "out.csv", EventOptions(folder / "map.yaml"))
    rows = rows_of(folder / "out.csv")
    assert [float(rows[f"2020-09-0{day}"]["air_strikes"]) for day in (1, 2)] == [1, 0]
    assert float(rows["2020-09-02"]["shells"]) == 1
    assert "events outside the map: 1" in notes


def test_the_bounds_of_ucdp_become_the_range_of_a_pattern(folder):
    write_record("ged.csv", folder / "out.yaml", EventOptions(every_days=10))
    record = load_record(folder / "out.yaml")
    first = record.patterns["killed_to_2020_09_11"]
    assert (first.low, first.high) == (6, 19)
    assert first.measure.outcomes == ("civilians_killed", "garrison_killed", "besieger_killed")
    assert record.start == date(2020, 9, 1)


def test_a_record_has_strikes_deaths_and_captures_and_validates(folder, capsys):
    code = cli.main(["events", "plain.csv", "--as", "record", "--map", "map.yaml", "--start", "2020-08-31"])
    assert code == cli.EXIT_OK, capsys.readouterr().err
    record = load_record(folder / "record.yaml")
    assert record.patterns["impacts_to_2020_09_04"].middle == pytest.approx((3 + 1) / 4)
    assert cli.main(["validate", "record.yaml"]) == cli.EXIT_OK
    (folder / "map.yaml").write_text(MAP.replace("Field", "Mill"))
    assert cli.main(["events", "plain.csv", "--as", "record", "--map", "map.yaml", "--force"]) == cli.EXIT_OK
    capture = load_record(folder / "record.yaml").patterns["capture_1"]
    assert (capture.measure.quarters, capture.low) == (("Mill",), 1)


def test_an_event_of_several_days_is_spread_over_them(folder):
    (folder / "g.csv").write_text(GED.replace("type_of_violence", "type_of_violence,kind"))
    from siege_sim.mapping.event_places import Sited
    from siege_sim.mapping.event_table import AIR, DatedEvent
    from siege_sim.mapping.events import _by_day

    event = DatedEvent(2, date(2020, 9, 1), date(2020, 9, 4), AIR, 8.0, (0, 0, 0), None, "")
    assert list(_by_day(Sited([(event, "")], []), AIR).values()) == [2.0] * 4


WRONG = {
    "no date": ("date,kind\n31/12/2020,air strike\n", ":2: '31/12/2020' is not a date"),
    "no such day": ("date,kind\n31 February 2020,air strike\n", ":2: '31 February 2020' is not a date"),
    "no column": ("day,kind\n2020-09-01,air strike\n", ":1: has no column 'date'"),
    "no number": ("date,kind,count\n2020-09-01,air strike,many\n", ":2: count: 'many' is not a number"),
    "no degrees": ("date,kind,latitude,longitude\n2020-09-01,air strike,999,3\n", ":2: latitude and longitude"),
    "no fire": ("date,kind\n2020-09-01,wedding\n", "no event is an air strike or shelling (kinds: wedding (1))"),
    "too long": ("date,kind\n1990-09-01,air strike\n2020-09-01,air strike\n", "a run has at most 3650 days"),
    "no rows": ("date,kind\n", "holds no rows"),
    "upside down": (
        "date_start,date_end,type_of_violence\n2020-09-05,2020-09-01,1\n", ":2: ends on 2020-09-01, before it begins",
    ),
    "UCDP for fire": (GED, "UCDP GED does not tell air strikes"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_with_a_table_is_said_with_the_line(folder, case):
    text, words = WRONG[case]
    (folder / "t.csv").write_text(text)
    with pytest.raises(SiegeError) as caught:
        write_strikes("t.csv", folder / "out.csv", EventOptions())
    assert words in str(caught.value)
    assert str(caught.value).startswith("t.csv") or "too long" in case
    assert not (folder / "out.csv").exists()


def test_a_map_that_does_not_say_where_it_lies_cannot_place_coordinates(folder):
    (folder / "map.yaml").write_text(MAP.replace("north_west_corner: {latitude: 48.21, longitude: 16.37}\n", ""))
    with pytest.raises(SiegeError, match="does not say where it lies; add north_west_corner"):
        write_strikes("acled.csv", folder / "out.csv", EventOptions(folder / "map.yaml"))


def test_events_of_another_place_are_refused(folder):
    (folder / "t.csv").write_text("date,kind,quarter\n2020-09-01,air strike,Old Twon\n")
    with pytest.raises(SiegeError, match="did you mean 'Old Town'"):
        write_strikes("t.csv", folder / "out.csv", EventOptions(folder / "map.yaml"))


@pytest.mark.parametrize("arguments", [["--as", "poem"], ["--as", "record", "--start", "soon"], []])
def test_wrong_usage_is_said(folder, arguments, capsys):
    assert cli.main(["events", "plain.csv", *arguments]) == cli.USAGE
    assert capsys.readouterr().err
