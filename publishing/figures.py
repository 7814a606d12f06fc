"""The figures of the first tutorial, drawn by the program from the run that the tutorial makes.

``python -m publishing.figures docs`` draws those that lie in ``docs/images``; those of the
site are drawn when it is built.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from siege_sim.cli.main import main

FIGURES = {"map": "images/first_siege_map.png", "civilians": "images/first_siege_civilians.png"}
"""Names of the figures, and their files within the documentation."""


def draw_figures(docs: Path) -> None:
    """Run the siege of the tutorial, and put its figures into a folder of documentation.

    Raises:
        RuntimeError: the run or the drawing fails.
    """
    with tempfile.TemporaryDirectory() as folder:
        run, figures = Path(folder) / "run", Path(folder) / "figures"
        chosen = [word for name in FIGURES for word in ("--figure", name)]
        ran = main(["run", "toy_town", "--seed", "1", "--no-plots", "--quiet", "--out", str(run)])
        if ran or main(["plot", str(run), "--out", str(figures), *chosen]):
            raise RuntimeError("the tutorial's run could not be drawn")
        for name, file in FIGURES.items():
            shutil.copy(figures / f"{name}.png", docs / file)


if __name__ == "__main__":
    draw_figures(Path(sys.argv[1]))
