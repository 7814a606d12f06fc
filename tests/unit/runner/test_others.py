"""Other runs to lie beside one: its own scenario, changes included, and never its own seed."""

from __future__ import annotations

from siege_sim import load_scenario, run
from siege_sim.runner.others import other_runs


def test_others_have_the_run_s_scenario_and_days_and_other_seeds():
    changed = load_scenario("toy_town", ["processes.sorties.per_day=9"])
    result = run(changed, seed=2, days=12)
    others = other_runs(result, 3, workers=1)
    assert [one.seed for one in others] == [1, 3, 4]
    assert {one.provenance["scenario_digest"] for one in others} == {result.manifest["scenario_digest"]}
    assert {len(one.series) for one in others} == {13}
    assert others[1].summary == run(changed, seed=3, days=12).summary
