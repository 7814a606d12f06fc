"""The compare command: what it writes and prints, the same for any number of workers, and how it fails."""

from __future__ import annotations

import csv
import json
import signal
from pathlib import Path

import pytest

from siege_sim.analysis.comparison.comparison_findings import comparison_findings
from siege_sim.analysis.comparison.paired import FIRST_LOOK
from siege_sim.cli import main as cli
from siege_sim.runner.compare import comparison_request, run_comparison
from tests.commands import siege_sim, wait_for_runs
from tests.integration.test_score import PROGRAM, gone

TABLES = {"effects.csv", "days.csv", "quarters.csv", "runs.csv"}
FIGURES = {"effects.png", "days-fed.png", "quarters-fed.png", "days-bombed.png", "quarters-bombed.png"}
FED = """extends: toy_town
name: fed
title: What if there had been <more> food?
interventions:
  weekly: {kind: aid_convoy, from_day: 2, every_days: 2, trucks: 5}
"""
BOMBED = """extends: toy_town
name: bombed
title: What if there had been more strikes?
processes: {sorties: {per_day: 12}}
"""


@pytest.fixture(scope="module")
def what_ifs(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("what_ifs")
    for name, text in (("fed", FED), ("bombed", BOMBED)):
        (folder / f"{name}.yaml").write_text(text)
    return ["toy_town", str(folder / "fed.yaml"), str(folder / "bombed.yaml")]


def file(folder: Path, text: str) -> str:
    path = folder / "other.yaml"
    path.write_text(text)
    return str(path)


@pytest.fixture(scope="module")
def written(what_ifs, tmp_path_factory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("compare") / "out"
    done = siege_sim("compare", *what_ifs, "--runs", "5", "--workers", "2", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    assert "toy_town: run 15 of 15" in done.stderr
    return folder, done.stdout


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig") as lines:
        return list(csv.DictReader(lines))


def test_it_writes_tables_figures_and_a_page_and_leaves_nothing_else(written):
    folder, _ = written
    assert {path.name for path in folder.iterdir()} == {*TABLES, "comparison.json", "comparison.html", "figures"}
    assert {path.name for path in (folder / "figures").iterdir()} == FIGURES
    assert [path.name for path in folder.parent.iterdir()] == ["out"]


def test_the_terminal_shows_effects_how_sure_they_are_and_what_pairing_is_worth(written):
    _, printed = written
    for words in ("What if there had been <more> food?", "5 pairs of runs, seeds 1 to 5", "95 % interval",
                  "without pairing, the same precision would take about", "comparison.html"):  # fmt: skip
        assert words in printed


def test_the_tables_agree_with_one_another(written):
    folder, _ = written
    runs = {(row["scenario"], row["seed"]): row for row in rows_of(folder / "runs.csv")}
    assert len(runs) == 15
    gaps = [
        float(runs["bombed", str(seed)]["civilians_killed"]) - float(runs["toy_town", str(seed)]["civilians_killed"])
        for seed in range(1, 6)
    ]
    effect = next(
        row for row in rows_of(folder / "effects.csv")
        if (row["what_if"], row["outcome"]) == ("bombed", "civilians_killed")
    )  # fmt: skip
    assert float(effect["difference"]) == pytest.approx(sum(gaps) / 5)
    last_day = [
        row for row in rows_of(folder / "days.csv")
        if (row["what_if"], row["outcome"]) == ("bombed", "civilians_killed")
    ][-1]  # fmt: skip
    for column in ("difference", "low", "high"):
        assert float(last_day[column]) == pytest.approx(float(effect[column]))
    data = json.loads((folder / "comparison.json").read_text())
    assert data["pairs"] == 5
    assert [one["difference"] for one in data["effects"]] == [
        pytest.approx(float(row["difference"])) if row["difference"] else None
        for row in rows_of(folder / "effects.csv")
    ]


def test_more_food_means_more_eaten_and_more_strikes_more_deaths(written):
    folder, _ = written
    low = {(row["what_if"], row["outcome"]): float(row["low"]) for row in rows_of(folder / "effects.csv") if row["low"]}
    assert low["fed", "kcal_eaten_per_person"] > 0
    assert low["bombed", "civilians_killed"] > 0


def test_the_page_stands_alone_and_escapes_what_scenarios_say(written):
    folder, _ = written
    page = (folder / "comparison.html").read_text()
    assert page.count("<img") == page.count('src="data:image/png;base64,') == len(FIGURES)
    assert "<script" not in page
    assert "&lt;more&gt;" in page
    assert "<more>" not in page
    assert "bombed.yaml --runs 5</code>" in page


def test_one_worker_or_two_write_the_same_bytes(written, what_ifs, tmp_path):
    folder, _ = written
    out = tmp_path / "one"
    wanted = ["compare", *what_ifs, "--runs", "5", "--workers", "1", "--quiet", "--out", str(out)]
    assert cli.main(wanted) == cli.EXIT_OK
    for path in sorted(folder.rglob("*.*")):
        assert (out / path.relative_to(folder)).read_bytes() == path.read_bytes(), path.name


def test_nothing_differs_when_a_what_if_begins_after_the_last_day(what_ifs, capsys, tmp_path):
    wanted = ["compare", *what_ifs[:2], "--runs", "2", "--days", "1", "--json", "--out", str(tmp_path / "o")]
    assert cli.main(wanted) == cli.EXIT_OK
    data = json.loads(capsys.readouterr().out)
    assert data["effects"]
    assert all(effect["difference"] in (0.0, None) for effect in data["effects"])


def test_runs_are_added_until_the_interval_is_narrow_and_give_what_as_many_runs_at_once_give(what_ifs):
    narrower = comparison_request(what_ifs[::2], 200, ["civilians_killed"], until="1.5", days=6)
    stopped = run_comparison(narrower, workers=2)
    assert FIRST_LOOK == stopped.looks[0].pairs < stopped.pairs < 200
    assert stopped.narrow_enough
    at_once = run_comparison(comparison_request(what_ifs[::2], stopped.pairs, ["civilians_killed"], days=6), workers=1)
    assert comparison_findings(at_once).data()["effects"] == comparison_findings(stopped).data()["effects"]


def test_it_stops_at_the_most_runs_and_says_that_the_interval_is_still_wide(what_ifs, capsys, tmp_path):
    wanted = ["compare", *what_ifs[::2], "--runs", "3", "--days", "10", "--until", "civilians_killed=0.001"]
    assert cli.main([*wanted, "--outcomes", "ending,civilians_killed", "--out", str(tmp_path / "o")]) == cli.EXIT_OK
    assert "did not become as narrow as 0.001 persons" in " ".join(capsys.readouterr().out.split())


def test_settings_hold_for_the_baseline_and_the_what_ifs(what_ifs):
    found = comparison_request(what_ifs, 1, settings=["population.besieged=3000"])
    assert {scenario.population.besieged for scenario in found.scenarios} == {3000}
    assert found.command.endswith("--set population.besieged=3000")


@pytest.mark.parametrize("columns", ["80", "120"])
def test_tables_fit_the_terminal(what_ifs, columns, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", columns)
    assert cli.main(["compare", *what_ifs, "--runs", "2", "--days", "30", "--out", str(tmp_path / "o")]) == cli.EXIT_OK
    printed = capsys.readouterr().out
    assert "…" not in printed
    assert max(len(line) for line in printed.splitlines() if "comparison.html" not in line) <= int(columns)


def test_weekly_convoys_leave_people_in_aleppo_less_hungry(tmp_path, capsys):
    wanted = ["compare", "aleppo_2016", "aid_convoys", "--runs", "3", "--days", "60", "--json",
              "--outcomes", "kcal_eaten_per_person,left_by_road", "--workers", "2",
              "--set", "population.persons_per_household=50", "--out", str(tmp_path / "o")]  # fmt: skip
    assert cli.main(wanted) == cli.EXIT_OK
    eaten, by_road = json.loads(capsys.readouterr().out)["effects"]
    assert eaten["low"] > 0
    assert by_road["difference"] == 0


LATER_START = FED.replace("title:", "start: 2020-10-01\ntitle:")
SHORTER = FED.replace("title:", "days: 50\ntitle:")
WIDER = FED.replace("title:", "map: {side: 12}\ntitle:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "extends: toy_town\nname: again\ntitle: The same\n",
            "has the same content as 'toy_town', so that no run would differ",
        ),
        (FED.replace("name: fed\n", ""), "is called 'toy_town' like one before it; give its file another 'name'"),
        (LATER_START, "starts on 2020-10-01, 'toy_town' on 2020-09-01"),
        (SHORTER, "has 50 days, 'toy_town' 90; stop both with --days 50 or less"),
        (WIDER, "has another map than 'toy_town'"),
    ],
)
def test_scenarios_that_cannot_be_paired_are_refused_before_anything_is_played(text, said, tmp_path, capsys):
    other = file(tmp_path, text)
    assert cli.main(["compare", "toy_town", other, "--out", str(tmp_path / "o")]) == cli.KNOWN_ERROR
    out, err = capsys.readouterr()
    assert f"{other}: {said}" in err
    assert out == ""
    assert [path.name for path in tmp_path.iterdir()] == ["other.yaml"]


def test_scenarios_of_different_length_are_compared_as_far_as_both_go(tmp_path):
    found = comparison_request(["toy_town", file(tmp_path, SHORTER)], 1, days=50)
    assert run_comparison(found, workers=1).last_day == 50


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["toy_town"], "name the baseline and at least one what-if"),
        (["aleppo_2016", "aid_convoy"], "no scenario is called 'aid_convoy'; did you mean 'aid_convoys'?"),
        (["aleppo_2016", "aid_convoys", "aid_convoys"], "has the same content as 'aid_convoys'"),
        (["aleppo_2016", "aid_convoys", "--outcomes", "civilians_kild"], "did you mean 'civilians_killed'?"),
        (["aleppo_2016", "aid_convoys", "--until", "soon"], "'soon' is not a width above 0"),
        (["aleppo_2016", "aid_convoys", "--outcomes", "ending", "--until", "3"], "none of the compared outcomes is"),
        (["aleppo_2016", "aid_convoys", "--together"], "name two what-ifs or more"),
        (["aleppo_2016", "toy_town"], "toy_town: starts on 2020-09-01"),
        (["aleppo_2016", "aid_convoys", "--set", "populatoin.besieged=3"], "did you mean 'population'?"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_a_way_out(arguments, said, tmp_path, capsys):
    assert cli.main(["compare", *arguments, "--out", str(tmp_path / "o")]) == cli.KNOWN_ERROR
    out, err = capsys.readouterr()
    assert said in err
    assert out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_comparison_is_replaced_with_force_only(what_ifs, tmp_path, capsys):
    wanted = ["compare", *what_ifs[:2], "--runs", "1", "--days", "2", "--quiet", "--out", str(tmp_path / "o")]
    assert [cli.main(wanted), cli.main(wanted), cli.main([*wanted, "--force"])] == [
        cli.EXIT_OK,
        cli.KNOWN_ERROR,
        cli.EXIT_OK,
    ]
    assert "is there already" in capsys.readouterr().err


def test_interrupting_ends_the_workers_and_keeps_the_runs_that_were_finished(start, what_ifs, tmp_path):
    running = start(*PROGRAM, "compare", *what_ifs, "--runs", "200", "--workers", "2", "--out", str(tmp_path / "o"))
    wait_for_runs(tmp_path / "o", 2, running)
    running.send_signal(signal.SIGINT)
    _, errors = running.communicate(timeout=120)
    assert running.returncode == 130, errors
    assert errors.rstrip().endswith("the same command continues")
    assert [path.name for path in tmp_path.iterdir()] == ["o.unfinished"]
    assert gone(running.pid), "a worker is still there"


def test_findings_come_before_statistics_on_page_and_terminal(written):
    folder, printed = written
    page = (folder / "comparison.html").read_text()
    for text in (printed, page):
        assert text.index("people die of hunger") < text.index("Unpaired runs")
    assert page.index("What was found") < page.index("Side by side") < page.index("How to read it, and how sure")


def test_all_what_ifs_at_once_are_compared_with_the_sum_of_each_alone(what_ifs, tmp_path, capsys):
    out = tmp_path / "o"
    wanted = ["compare", *what_ifs, "--together", "--runs", "3", "--days", "20", "--out", str(out)]
    assert cli.main(wanted) == cli.EXIT_OK
    assert "Both together  (together)" in (printed := capsys.readouterr().out)
    assert printed.index("Alone and together") > printed.index("Both together")
    row = next(row for row in rows_of(out / "interactions.csv") if row["outcome"] == "civilians_killed")
    both, bombed, fed = (
        float(one["difference"]) for name in ("together", "bombed", "fed") for one in rows_of(out / "effects.csv")
        if (one["what_if"], one["outcome"]) == (name, "civilians_killed")
    )  # fmt: skip
    assert float(row["together_minus_sum"]) == pytest.approx(both - bombed - fed)
    assert "Alone and together" in (out / "comparison.html").read_text()


def test_a_what_if_leads_with_what_it_is_about(what_ifs):
    found = comparison_request(["aleppo_2016", "protected_hospitals"], 1)
    assert found.about == (("died_of_wounds", "hospitals_working"),)
    names = [quantity.name for quantity in found.quantities]
    assert {"died_of_wounds", "hospitals_working", "excess_deaths", "ending", "end_day"} <= set(names)
    assert names[0] == "civilians_killed", "what is found first does not decide when there are enough runs"
    fed = comparison_request(what_ifs[:2], 1)
    assert "died_of_hunger" in fed.about[0], "without a line that says so, it is about what its actions are there for"
    named = comparison_request(what_ifs[:2], 1, ["left_by_road"])
    assert (named.about, [one.name for one in named.quantities]) == ((("left_by_road",),), ["left_by_road"])


def test_killed_outright_it_goes_on_where_it_was_and_ends_as_if_nothing_had_happened(start, what_ifs, tmp_path):
    wanted = [*what_ifs[:2], "--runs", "12", "--days", "25", "--uncertain", "2", "--json", "--out", str(tmp_path / "o")]
    running = start(*PROGRAM, "compare", *[word for word in wanted if word != "--json"])
    wait_for_runs(tmp_path / "o", 2, running)
    running.kill()
    running.communicate(timeout=120)
    kept = len(list((tmp_path / "o.unfinished").iterdir()))
    assert kept > 0
    again = siege_sim("compare", *wanted, "--workers", "2")
    assert again.returncode == 0, again.stderr
    anew = siege_sim("compare", *wanted[:-1], str(tmp_path / "anew"), "--workers", "1")
    assert json.loads(again.stdout) == json.loads(anew.stdout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["anew", "o"]
