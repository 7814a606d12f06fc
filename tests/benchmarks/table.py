"""Tables as plain text and as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.measurement import Measurement

HEAD = (
    "what", "rows", "days", "imports s", "build s", "day loop s", "spread", "row-days/s", "person-days/s",
    "ns/row-day", "peak MB", "+MB",
)  # fmt: skip


def measurement_rows(measurements: Sequence[Measurement]) -> list[tuple[str, ...]]:
    """Return the head and a line for each measurement."""
    return [HEAD, *(_row(measured) for measured in measurements)]


def _row(measured: Measurement) -> tuple[str, ...]:
    return (
        measured.label,
        f"{measured.rows:,}",
        f"{measured.days:g}",
        f"{measured.import_seconds:.2f}",
        f"{measured.build_seconds:.3f}",
        f"{measured.best:.3g}",
        f"+{measured.spread:.0%} of {len(measured.loop_seconds)}",
        _thousands(measured.row_days_per_second),
        _thousands(measured.person_days_per_second),
        f"{measured.ns_per_row_day:,.0f}",
        f"{measured.peak_mb:.0f}",
        f"{measured.peak_mb - measured.base_mb:.0f}",
    )


def _thousands(number: float) -> str:
    """Return a number with three significant digits and separators."""
    return f"{float(f'{number:.3g}'):,.0f}"


def text(rows: Sequence[Sequence[str]]) -> str:
    """Return rows, of which the first is the head, in aligned columns; numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        first, *others = (
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        return "  ".join([first, *others]).rstrip()

    return "\n".join([line(rows[0]), "  ".join("-" * width for width in widths), *map(line, rows[1:])])


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return the same as a Markdown table."""
    rule = ["---", *["---:"] * (len(rows[0]) - 1)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [rows[0], rule, *rows[1:]])
