"""Whether machine code is kept already is said before somebody waits for it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from siege_sim.cli import progress
from siege_sim.runner import first_use
from siege_sim.runner.first_use import compiles_first


def kernel(folder, name: str = "shares") -> SimpleNamespace:
    return SimpleNamespace(__name__=name, stats=SimpleNamespace(cache_path=None if folder is None else str(folder)))


def test_machine_code_is_made_first_where_none_is_kept(tmp_path):
    kernels = [kernel(tmp_path, f"kernel_{number}") for number in range(8)]
    assert compiles_first(kernels)
    (tmp_path / "other.text-3.py311.nbi").touch()
    (tmp_path / "kernels.kernel_1-12.py311.nbi").touch()
    assert compiles_first(kernels), "loading a scenario has made one of eight"
    (tmp_path / "kernels.kernel_2-12.py311.nbi").touch()
    assert not compiles_first(kernels)


def test_nothing_is_waited_for_where_nothing_is_compiled(tmp_path):
    assert not compiles_first([])
    assert not compiles_first([lambda values: values])
    assert compiles_first([kernel(None)]), "nowhere to keep it: made in every process"


@pytest.mark.parametrize(("silent", "first", "said"), [(False, True, True), (False, False, False), (True, True, False)])
def test_a_run_that_begins_with_a_silence_says_so(capsys, monkeypatch, silent, first, said):
    monkeypatch.setattr(first_use, "compiles_first", lambda: first)
    with progress.day_progress(SimpleNamespace(name="town"), 3, silent):
        pass
    assert ("machine code" in capsys.readouterr().err) == said
