"""Figures: they show what the result says, can be read, and come out the same every time."""

from __future__ import annotations

import copy
import itertools
import subprocess
import sys
from datetime import date

import matplotlib
import matplotlib.colors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from siege_sim import load_scenario, run
from siege_sim.analysis.run import while_inhabited
from siege_sim.plots import RUN_FIGURES, draw, figure_named, ground, names_for, pictures_of, style
from siege_sim.plots.civilians import deaths_of, people, places_of
from siege_sim.plots.days import actions, turns
from siege_sim.plots.food import PHASES, stretches
from siege_sim.plots.labels import rows_above, spread
from siege_sim.results.calendar import Calendar, in_words
from siege_sim.results.numbers import percent
from siege_sim.results.run import RunResult, read_run
from siege_sim.schema.sides import BESIEGER, FIRST_THIRD_PARTY, GARRISON

NAMES = [drawing.name for drawing in RUN_FIGURES]
HOLDS = ["processes.envelopment=null", "processes.besieger_command.largest_frontage=0", "days=20"]
CASES = ("toy", "three_days", "stressed", "crowded")


@pytest.fixture(scope="module")
def results(toy_result, stressed_result, toy_town, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    toy_result.write(folder)
    return {
        "toy": toy_result,
        "three_days": run(toy_town, seed=1, days=3),
        "holds": run(load_scenario("toy_town", HOLDS), seed=1),
        "stressed": stressed_result,
        "read_back": read_run(folder),
        "crowded": crowded(stressed_result),
    }


def changed(
    result: RunResult, title: str | None = None, interventions=None, events=(), holders=None, **summary
) -> RunResult:
    """Return a copy of a result with some things in it changed."""
    manifest = copy.deepcopy(dict(result.manifest))
    if title is not None:
        manifest["scenario"]["title"] = title
    if interventions is not None:
        manifest["scenario"]["interventions"] = interventions
    snapshots = {name: array.copy() for name, array in result.snapshots.items()}
    if holders is not None:
        snapshots["holder"] = holders
    rows = pd.DataFrame(
        [{"date": "", "where": "", "what": "", "cause": "", "amount": 0.0, **event} for event in events]
    )
    table = pd.concat([result.events, rows]) if len(rows) else result.events
    return RunResult({**result.summary, **summary}, manifest, snapshots, result.series, result.quarters, table)


def crowded(result: RunResult) -> RunResult:
    """Return a result with a long title, many dated actions and many turning points close together."""
    last = int(result.series["day"].iloc[-1])
    many = {
        f"convoy_number_{number}_with_a_rather_long_name": {
            "kind": "aid_convoy", "from_day": 1 + number, "until_day": None, "every_days": 1 + number,
        }
        for number in range(8)
    }  # fmt: skip
    near = [{"day": day, "kind": "pocket_split"} for day in range(last - 6, last)]
    near.append({"day": last - 1, "kind": "agreement"})
    return changed(result, "A $very$ long title " * 8, many, near)


def words(figure) -> list[Text]:
    """Return the texts that can be seen on a figure, its ticks included, after it was drawn."""
    figure.draw_without_rendering()
    unseen = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        unseen |= {id(tick.label1) for tick in axis.majorTicks if not low <= tick.get_loc() <= high}
    found = figure.findobj(lambda artist: isinstance(artist, Text) and artist.get_visible())
    return [text for text in found if text.get_text().strip() and id(text) not in unseen]


def all_text(figure) -> str:
    return "\n".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())


def boxes(figure):
    renderer = figure.canvas.get_renderer()
    return [(text.get_text(), text.get_window_extent(renderer)) for text in words(figure)]


def assert_readable(figure) -> None:
    """Assert that all text is on the page and none is written over another."""
    placed, page = boxes(figure), figure.bbox
    for text, box in placed:
        inside = box.x0 >= -1 and box.y0 >= -1 and box.x1 <= page.x1 + 1 and box.y1 <= page.y1 + 1
        assert inside, f"'{text}' leaves the page"
    for (one, box), (other, its) in itertools.combinations(placed, 2):
        assert not box.padded(-1.5).overlaps(its.padded(-1.5)), f"'{one}' and '{other}' overlap"


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("name", NAMES)
def test_no_text_is_clipped_or_written_over_another(name, case, results):
    with matplotlib.rc_context(style.RC):
        assert_readable(draw(figure_named(name), results[case]))


@pytest.mark.parametrize("name", ["map", "quarters"])
def test_a_city_of_many_quarters_can_be_read(name):
    result = run(load_scenario("aleppo_2016", ["population.persons_per_household=50"]), seed=1, days=1)
    with matplotlib.rc_context(style.RC):
        figure = draw(figure_named(name), result)
        assert_readable(figure)
    text = all_text(figure).splitlines()
    assert sum(quarter in text for quarter in result.manifest["city"]["besieged_quarters"]) > 35


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_says_which_run_it_is_and_what_it_is_not(name, results):
    text = all_text(draw(figure_named(name), results["toy"])).replace("\n", " ")
    assert "A small besieged town" in text
    assert "seed 1" in text
    assert "a model, not a record" in text
    assert "1\u00a0September\u00a02020" in text


@pytest.mark.parametrize("name", [name for name in NAMES if name != "map"])
def test_time_is_marked_by_date_and_day(name, results):
    labels = [text.get_text() for text in words(draw(figure_named(name), results["toy"]))]
    assert "1 Sep\nday 0" in labels
    assert sum("\nday " in label for label in labels) >= 4


def test_all_figures_are_written_at_full_size(results, tmp_path):
    pictures = pictures_of(results["holds"])
    assert [picture.name for picture in pictures] == NAMES == names_for(results["holds"])
    for picture in pictures:
        picture.write(tmp_path)
        assert (tmp_path / f"{picture.name}.png").read_bytes() == picture.png
        assert b"Software" not in picture.png
        assert 1000 < picture.size[0] < 2000


def test_a_figure_is_the_same_each_time_whatever_the_settings_are(results):
    def pixels():
        figure = draw(figure_named("area"), results["three_days"])
        figure.canvas.draw()
        return bytes(figure.canvas.buffer_rgba())

    plain = pixels()
    with matplotlib.rc_context({"font.size": 30, "axes.grid": True, "text.color": "red"}):
        assert pixels() == plain


@pytest.mark.parametrize("name", NAMES)
def test_a_run_read_back_is_drawn_as_the_fresh_one(name, results):
    fresh, read = (all_text(draw(figure_named(name), results[case])) for case in ("toy", "read_back"))
    assert fresh == read


def test_drawing_loads_neither_mesa_nor_global_plotting():
    code = (
        "import sys, siege_sim.plots, siege_sim.reports.run;"
        "heavy = ('mesa', 'matplotlib.pyplot', 'siege_sim.model.model', 'siege_sim.runner');"
        "print([module for module in heavy if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# Colours


def lightness(colour: str) -> float:
    """Return the CIE lightness of a colour, 0 to 100: what is left of it in a grey print."""
    channels = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ [0.2126, 0.7152, 0.0722])
    return 116.0 * luminance ** (1 / 3) - 16.0 if luminance > 0.008856 else 903.3 * luminance


def test_lightness_knows_black_and_white():
    assert lightness("#ffffff") == pytest.approx(100, abs=0.01)
    assert lightness("#000000") == pytest.approx(0)


def test_ground_can_be_told_apart_in_grey():
    looks = (
        style.GARRISON_LOOK,
        style.LOST,
        style.REGAINED,
        style.BESIEGER_LOOK,
        *style.THIRD_PARTY_LOOKS,
        *(look for look, _ in style.NOBODYS_LOOKS.values()),
    )
    for one, other in itertools.combinations(looks, 2):
        apart = abs(lightness(one.colour) - lightness(other.colour))
        assert apart > 10 or one.hatch != other.hatch, (one, other)
    assert lightness(style.BESIEGER_LOOK.colour) - lightness(style.GARRISON_LOOK.colour) > 30


@pytest.mark.parametrize("bands_of", [deaths_of, places_of], ids=["deaths", "places"])
def test_neighbouring_bands_can_be_told_apart_in_grey(bands_of, stressed_result):
    for (_, _, below), (_, _, above) in itertools.pairwise(bands_of(stressed_result)):
        assert abs(lightness(below.colour) - lightness(above.colour)) > 10 or below.hatch != above.hatch


def test_worse_phases_are_darker():
    shades = [lightness(PHASES[phase][1]) for phase in range(1, 6)]
    assert all(light - dark > 8 for light, dark in itertools.pairwise(shades))


# The map


def heading_shares(figure) -> list[str]:
    return [axes.get_title(loc="right") for axes in figure.axes]


def test_the_map_goes_from_day_0_to_the_last_day_with_the_share_held(results):
    result = results["toy"]
    headings = heading_shares(draw(figure_named("map"), result))
    share = result.series.set_index("day")["garrison_area_share"]
    assert len(headings) > 3
    assert headings[0] == "day 0, 100 % held"
    assert headings[-1].startswith(f"day {share.index[-1]},")
    for heading in headings:
        day = int(heading.split(",")[0].removeprefix("day "))
        assert heading == f"day {day}, {percent(share[day])} held"


def patches_like(axes, look) -> int:
    return sum(
        isinstance(patch, PathPatch) and matplotlib.colors.same_color(patch.get_facecolor(), look.colour)
        for patch in axes.get_children()
    )


def test_the_map_marks_lost_and_retaken_ground_and_numbers_pockets(results):
    result = results["three_days"]
    holders = result.snapshots["holder"].copy()
    middle = holders.shape[2] // 2
    holders[1:, :, middle][holders[1:, :, middle] == GARRISON] = BESIEGER
    corner = np.argwhere(holders[0] == BESIEGER)[-1]
    holders[1:, corner[0], corner[1]] = GARRISON
    before, after = draw(figure_named("map"), changed(result, holders=holders)).axes
    assert patches_like(before, style.LOST) == patches_like(before, style.REGAINED) == 0
    assert patches_like(after, style.LOST) == patches_like(after, style.REGAINED) == 1
    assert [text.get_text() for text in after.texts] == ["1", "2"]
    assert "retaken since the panel before" in all_text(before.figure)
    assert "Numbers are those of separate pockets." in all_text(before.figure).replace("\n", " ")
    assert "pockets" not in all_text(draw(figure_named("map"), result))


def test_the_map_names_quarters_and_gives_scale_and_north(results):
    text = all_text(draw(figure_named("map"), results["toy"]))
    for expected in ("Old Town", "Mill Quarter", "500 m", "N", "held by the hill militia", "front line"):
        assert expected in text.splitlines(), expected


def test_the_front_runs_along_the_edges_between_the_sides():
    holder = np.array([[GARRISON, GARRISON, BESIEGER], [BESIEGER, GARRISON, FIRST_THIRD_PARTY]])
    front = ground.edges_between(holder == GARRISON, holder == BESIEGER)
    assert sorted(map(tuple, front)) == sorted(
        [((2.0, 0.0), (2.0, 1.0)), ((1.0, 1.0), (1.0, 2.0)), ((0.0, 1.0), (1.0, 1.0))]
    )


def test_pockets_join_at_corners_and_come_by_size_without_scraps():
    mask = np.array(
        [
            [1, 1, 0, 0, 0, 1],
            [0, 0, 1, 0, 0, 0],
            [0, 0, 0, 0, 0, 0],
            [1, 1, 1, 1, 0, 0],
        ],
        dtype=bool,
    )
    pieces = ground.pockets(mask)
    assert [int(piece.sum()) for piece in pieces] == [4, 3]
    assert pieces[0][3].sum() == 4
    assert ground.pockets(np.zeros((3, 3), dtype=bool)) == []


def test_pockets_are_those_of_the_outcome(results):
    for result in results.values():
        counted = result.series.set_index("day")["pockets"]
        for day, holder in zip(result.snapshots["day"], result.snapshots["holder"], strict=True):
            assert len(ground.pockets(holder == GARRISON)) == counted[day]


def test_the_heart_of_a_ring_lies_in_the_ring():
    mask = np.ones((5, 5), dtype=bool)
    mask[1:-1, 1:-1] = False
    x, y = ground.heart(mask)
    assert mask[int(y), int(x)]


def test_the_telling_snapshots_are_those_with_change():
    days, holders = np.arange(0, 200, 10), np.full((20, 4, 4), GARRISON)
    holders[12:, 0] = BESIEGER
    holders[13:, 1] = BESIEGER
    holders[14:, 2] = BESIEGER
    chosen = ground.telling(days, holders, 6)
    assert len(chosen) == len(set(chosen)) == 6
    assert {0, 12, 13, 19} <= set(chosen)
    assert chosen == sorted(chosen)


def test_without_change_the_snapshots_are_even_in_time():
    chosen = ground.telling(np.arange(0, 170, 10), np.ones((17, 3, 3), dtype=int), 5)
    assert chosen == [0, 4, 8, 12, 16]


# Time


@given(st.integers(1, 2000), st.integers(4, 12))
def test_ticks_begin_with_day_0_and_keep_their_distance(last, most):
    ticks = Calendar(date(2016, 9, 22), last).ticks(most)
    assert ticks[0] == 0
    assert ticks[-1] <= last
    assert 2 <= len(ticks) <= 1.3 * most + 2
    assert min(np.diff(ticks)) >= 0.5 / most * last


def test_a_tick_names_the_year_where_it_turns():
    days = Calendar(date(2016, 9, 22), 131)
    assert days.tick_label(112, 98) == "12 Jan 2017\nday 112"
    assert days.tick_label(98, 84) == "29 Dec\nday 98"


def test_dated_actions_become_windows_and_moments(results):
    given_actions = {
        "late_november_reinforcements": {"kind": "reinforcements", "from_day": "2020-09-03"},
        "short_pause": {"kind": "ceasefire", "from_day": 2, "until_day": "2020-09-04"},
        "weekly_convoys": {"kind": "aid_convoy", "from_day": 0, "until_day": None, "every_days": 2},
        "open_end": {"kind": "corridor", "from_day": 1, "until_day": None},
        "too_late": {"kind": "ceasefire", "from_day": 9, "until_day": 12},
    }
    found = {act.label: act for act in actions(changed(results["three_days"], interventions=given_actions))}
    assert found["Late November reinforcements"].windows == ((2, 2),)
    assert found["Short pause"].windows == ((2, 3),)
    assert found["Weekly convoys"].windows == ((0, 0), (2, 2))
    assert found["Weekly convoys"].moments
    assert found["Open end"].windows == ((1, 3),)
    assert set(found) == {"Late November reinforcements", "Short pause", "Weekly convoys", "Open end"}


def test_names_become_words():
    assert in_words("autumn_strike_halt") == "Autumn strike halt"
    assert in_words("relief_in_october") == "Relief in October"


def test_turning_points_are_those_of_the_run(results):
    events = [{"day": day, "kind": "pocket_split"} for day in (1, 2, 3)] + [{"day": 2, "kind": "agreement"}]
    result = changed(results["three_days"], events=events)
    assert [(turn.day, turn.label) for turn in turns(result)] == [
        (1, "pocket cut apart"),
        (2, "cut again (2 times)"),
        (2, "evacuation agreed"),
        (3, "run stopped here"),
    ]
    ended = changed(results["three_days"], ending="siege_broken")
    assert [turn.label for turn in turns(ended)] == ["siege broken"]


def test_the_area_figure_carries_actions_and_turning_points(results):
    text = all_text(draw(figure_named("area"), results["toy"]))
    assert "Aid convoys" in text
    assert turns(results["toy"])[-1].label in text


@pytest.mark.parametrize("days", [(80, 87, 95), (40, 41, 42, 43), (93, 94, 95), (5, 90, 92, 95), (95, 95, 95)])
def test_no_line_goes_through_a_label_above_the_axes(days, results):
    with matplotlib.rc_context(style.RC):
        figure = style.sheet(results["toy"], "", "", 5.0)
        axes = figure.add_axes((0.1, 0.1, 0.8, 0.5), xlim=(0, 95))
        rows_above(axes, [(day, "a turning point") for day in days])
        placed = [box for text, box in boxes(figure) if "turning" in text]
        assert len(placed) == len(days)
        for line, box in itertools.product(axes.lines, placed):
            (x, low), (_, high) = line.get_transform().transform(line.get_xydata())
            assert not (box.x0 + 1 < x < box.x1 - 1 and low < box.y1 - 1 and high > box.y0 + 1)
        assert_readable(figure)


# Numbers


def test_the_people_add_up_every_day(results):
    for result in results.values():
        table = people(result)
        total = table[[name for name, *_ in places_of(result)]].sum(axis=1)
        assert (total == total.iloc[0]).all()


def test_causes_of_death_add_up(results):
    for result in results.values():
        table = people(result)
        assert (table[[name for name, *_ in deaths_of(result)]].sum(axis=1) == table["dead"]).all()


def test_a_run_without_deaths_says_so(results):
    quiet = results["three_days"]
    series = quiet.series
    for name in [*quiet.deaths(), "civilians_killed"]:
        series[name] = 0.0
    result = RunResult(quiet.summary, quiet.manifest, dict(quiet.snapshots), series, quiet.quarters, quiet.events)
    text = all_text(draw(figure_named("civilians"), result))
    assert "nobody in this run" in text
    assert "none of 6,000" in text


def test_numbers_per_person_need_people(results):
    series = results["toy"].series
    series.loc[series.index[-1], ["civilians_in_pocket", "kcal_eaten_per_person"]] = [0.0, 4.8e6]
    table = while_inhabited(series)
    assert np.isnan(table["kcal_eaten_per_person"].iloc[-1])
    assert table["kcal_eaten_per_person"].iloc[1:-1].notna().all()


def test_phases_become_stretches():
    phases = np.array([np.nan, 4.0, 4.0, 3.0, 4.0, np.nan, 4.0])
    assert stretches(phases) == [(1, 2, 4), (3, 3, 3), (4, 4, 4), (6, 6, 4)]


def test_quarters_stand_in_the_order_of_their_loss(results):
    result = results["toy"]
    lost = result.quarters.dropna(subset="day_captured").sort_values(["day_captured", "day_first_loss", "quarter"])
    figure = draw(figure_named("quarters"), result)
    shown = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert shown[: len(lost)] == list(lost["quarter"])
    assert len(shown) == (result.quarters["garrison_cells_on_day_0"] > 0).sum()


def test_quarters_that_are_held_say_so(results):
    texts = [text.get_text() for text in draw(figure_named("quarters"), results["holds"]).axes[0].texts]
    assert texts == ["held"] * 4


@given(st.lists(st.floats(0, 100), min_size=1, max_size=12), st.floats(0.1, 20))
def test_labels_are_spread_in_order_within_bounds(wanted, gap):
    places = spread(wanted, gap, 0.0, 100.0)
    room = min(gap, 100.0 / max(len(wanted) - 1, 1))
    assert min(places) >= -1e-9
    assert max(places) <= 100.0 + 1e-9
    in_order = np.array(places)[np.argsort(wanted, kind="stable")]
    assert (np.diff(in_order) >= room - 1e-9).all()


def test_labels_with_room_stay_where_they_belong():
    assert spread([10.0, 80.0, 40.0], 5.0, 0.0, 100.0) == [10.0, 80.0, 40.0]
