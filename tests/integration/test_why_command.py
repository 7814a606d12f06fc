"""``siege-sim why`` through the command line."""

from __future__ import annotations

import json

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
    assert set(told) == {"headline", "steps", "note"}
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
