"""``siege-sim why`` through the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from siege_sim.cli import main as cli


@pytest.fixture
def folder(stressed_result, tmp_path):
    stressed_result.write(tmp_path)
    return tmp_path


def test_it_tells_why_the_siege_ended(folder, capsys, stressed_result):
    assert cli.main(["why", str(folder)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told == stressed_result.why()
    assert told[0].startswith("Why the siege ended on day ")
    assert told[1].startswith("1. Day ")
    assert cli.main(["why", str(folder), "--ending"]) == 0
    assert capsys.readouterr().out.splitlines() == told


def test_it_tells_of_a_quarter_and_of_a_stock(folder, capsys, stressed_result):
    fallen = stressed_result.events.query("kind == 'quarter_lost'")["where"].iloc[-1]
    assert cli.main(["why", str(folder), "--quarter", fallen]) == 0
    assert fallen in capsys.readouterr().out
    stock = stressed_result.events.query("kind.str.endswith('_fell')", engine="python")["facility"].iloc[-1]
    assert cli.main(["why", str(folder), "--stock", stock]) == 0
    assert stock in capsys.readouterr().out


def test_json_is_json_and_nothing_else(folder, capsys):
    assert cli.main(["why", str(folder), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"headline", "steps", "also", "note"}
    assert set(told["steps"][0]) == {"events", "day", "date", "kind", "where", "text"}


def test_capitals_do_not_matter(folder, capsys):
    answers = []
    for name in ("Mill Quarter", "mill QUARTER"):
        assert cli.main(["why", str(folder), "--quarter", name]) == cli.EXIT_OK
        answers.append(capsys.readouterr().out)
    assert answers[0] == answers[1]
    assert "Mill Quarter" in answers[0]


def test_unknown_names_and_too_many_questions(folder, capsys):
    assert cli.main(["why", str(folder), "--quarter", "Nowhere"]) == cli.KNOWN_ERROR
    assert "no quarter 'Nowhere' in this run; known here: " in capsys.readouterr().err
    assert cli.main(["why", str(folder), "--quarter", "a", "--stock", "b"]) == cli.USAGE
    assert "choose one of" in capsys.readouterr().err


def test_folders_that_do_not_answer_are_named_with_a_way_out(folder, capsys, tmp_path):
    assert cli.main(["why", str(tmp_path / "nothing")]) == cli.KNOWN_ERROR
    assert "give a folder that `siege-sim run` wrote" in capsys.readouterr().err
    events = pd.read_csv(folder / "events.csv")
    events.drop(columns=["event", "because", "facility"]).to_csv(folder / "events.csv", index=False)
    assert cli.main(["why", str(folder)]) == cli.KNOWN_ERROR
    said = capsys.readouterr().err
    assert "events.csv" in said
    assert "run it again" in said
    for content in (
        "",
        "event,day\n\x00",
        "event,day,date,kind,where,what,cause,amount,because,facility\n0,x,,,,,,a,b,\n",
    ):
        (folder / "events.csv").write_text(content)
        assert cli.main(["why", str(folder)]) == cli.KNOWN_ERROR
        assert "Traceback" not in capsys.readouterr().err
    (folder / "events.csv").unlink()
    assert cli.main(["why", str(folder)]) == cli.KNOWN_ERROR
    assert "events.csv" in capsys.readouterr().err


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> Path:
    """A folder of a short run with an action, ground lost and places damaged."""
    folder = tmp_path_factory.mktemp("short") / "run"
    truce = "interventions.truce={kind: ceasefire, from_day: 5, until_day: 9, air: 0}"
    coarse = "population.persons_per_household=50"
    arguments = ["run", "toy_town", "--days", "40", "--no-plots", "--quiet", "--set", truce, "--set", coarse]
    assert cli.main([*arguments, "--out", str(folder)]) == cli.EXIT_OK
    return folder


def test_but_for_it_follows_the_logged_cause_and_says_that_it_is_one_seed(short, capsys):
    assert cli.main(["why", str(short), "--but-for", "truce"]) == cli.EXIT_OK
    logged, _, counterfactual = capsys.readouterr().out.partition("\n\n")
    assert cli.main(["why", str(short)]) == cli.EXIT_OK
    assert logged == capsys.readouterr().out.rstrip()
    assert counterfactual.startswith("Left out: the dated action 'truce', on all its days.\n")
    assert "The two runs are the same before day 5." in counterfactual
    assert "one pair of runs with one seed" in counterfactual


def test_but_for_it_in_json_and_over_seeds(short, capsys):
    lost = int(pd.read_csv(short / "events.csv").query("kind == 'ground_lost'")["event"].iloc[0])
    arguments = ["why", str(short), "--but-for", str(lost), "--lasting", "3", "--runs", "3", "--workers", "1", "--json"]
    assert cli.main(arguments) == cli.EXIT_OK
    out, err = capsys.readouterr()
    said = json.loads(out)["but_for"]
    assert err == ""
    assert (said["event"], said["seeds_tried"]) == (lost, 3)
    assert len(said["other_seeds"]) <= 3
    assert "days" in said["left_out"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--but-for", "truse"], cli.KNOWN_ERROR, "did you mean 'truce'?"),
        (["--but-for", "90000"], cli.KNOWN_ERROR, "the run has events 0 to"),
        (["--runs", "3"], cli.USAGE, "--but-for"),
        (["--lasting", "3"], cli.USAGE, "--but-for"),
        (["--but-for", "truce", "--lasting", "0"], cli.USAGE, "--lasting"),
        (["--but-for", "truce", "--quarter", "Nowhere"], cli.KNOWN_ERROR, "no quarter 'Nowhere'"),
    ],
)
def test_what_cannot_be_left_out_ends_with_a_sentence(short, capsys, arguments, code, said):
    assert cli.main(["why", str(short), *arguments]) == code
    out, err = capsys.readouterr()
    assert said in " ".join(err.replace("│", " ").split())
    assert out == ""


def test_a_run_that_does_not_repeat_is_refused(short, tmp_path, capsys):
    copied = tmp_path / "run"
    shutil.copytree(short, copied)
    manifest = json.loads((copied / "manifest.json").read_text("utf-8"))
    (copied / "manifest.json").write_text(json.dumps({**manifest, "seed": 2}), "utf-8")
    assert cli.main(["why", str(copied), "--but-for", "truce"]) == cli.KNOWN_ERROR
    assert "comes out otherwise when it is repeated" in capsys.readouterr().err
