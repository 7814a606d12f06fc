"""Options that several commands have in common."""

from __future__ import annotations

from typing import Annotated

import typer

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change a value, e.g. processes.sorties.per_day=20; KEY*=0.5 multiplies it. Repeat for more.",
    ),
]
