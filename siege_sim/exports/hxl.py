"""Tables with a row of HXL hashtags below the headings, as tools of humanitarian data exchange read them."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from siege_sim.results.files import UTF_8_MARK, csv_text, json_text, new_folder

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from siege_sim.exports.columns import ExportTable

HXL_TABLES = ("quarters_by_day", "quarters", "series", "runs")
"""The tables that are written with hashtags, when a run or sweep has them."""

SOURCE_TAG = "#meta+source"


def write_hxl(tables: Mapping[str, ExportTable], about: Mapping[str, Any], out: Path, force: bool) -> list[str]:
    """Write tables with hashtags into a new folder, and return the names of their files.

    Every row says in its last column that it is simulated, so that it still says so when rows are merged with others.
    """
    files = {f"{name}.csv": hxl_bytes(tables[name], about["source"]) for name in HXL_TABLES if name in tables}
    with new_folder(out, force) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        manifest = {"program": "siege_sim", "holds": "export", **{k: v for k, v in about.items() if k != "holds"}}
        (folder / "manifest.json").write_text(json_text(manifest), "utf-8", newline="\n")
    return list(files)


def hxl_bytes(table: ExportTable, source: str) -> bytes:
    """Return a table as CSV whose second row holds HXL hashtags; columns without one are left out.

    Args:
        table: what is written.
        source: what every row says of where it comes from.
    """
    tagged = {name: column.hxl for name, column in table.columns.items() if column.hxl}
    frame = table.frame[list(tagged)].assign(source=source)
    headings, _, rows = csv_text(frame).partition("\n")
    tags = io.StringIO()
    csv.writer(tags, lineterminator="\n").writerow([*tagged.values(), SOURCE_TAG])
    return UTF_8_MARK + f"{headings}\n{tags.getvalue()}{rows}".encode()
