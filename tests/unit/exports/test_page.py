"""What docs/exports.md says can be done: its code runs, and its table names every format."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from siege_sim.exports.formats import EXPORT_FORMATS, OF_MAPS, OF_SWEEPS, OF_TABLES, export_results

PAGE = (Path(__file__).parents[3] / "docs" / "exports.md").read_text("utf-8")


def test_the_page_has_a_row_for_each_format_that_says_of_what_it_is():
    rows = dict(re.findall(r"^\| `([\w-]+)` \| (\w+) \|", PAGE, flags=re.MULTILINE))
    whose = {**dict.fromkeys(OF_MAPS, "runs"), **dict.fromkeys(OF_TABLES, "both"), **dict.fromkeys(OF_SWEEPS, "sweeps")}
    assert {form: rows[form] for form in EXPORT_FORMATS} == whose


def test_the_page_s_python_runs(targets, tmp_path, monkeypatch):
    pytest.importorskip("geopandas")
    pytest.importorskip("xarray")
    shutil.copytree(targets / "placed", tmp_path / "town")
    monkeypatch.chdir(tmp_path)
    export_results("town", "gpkg", Path("town.gpkg"))
    export_results("town", "netcdf", Path("town.nc"))
    blocks = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    assert len(blocks) == 2
    names: dict = {}
    for block in blocks:
        exec(block, names)
    assert names["held"].sizes["time"] == names["result"].cells.sizes["time"]
    assert len(names["quarters"]) == len(names["result"].quarters)
    names["cells"].close()
