"""What is on the documentation site, and in which order."""

from __future__ import annotations

PARTS = {
    "Tutorials": (
        "first_siege",
        "lessons/README",
        "Notebook: first steps <notebooks/first_steps>",
        "Notebook: a process of one's own <notebooks/a_process_of_ones_own>",
        "Notebook: a small experiment <notebooks/a_small_experiment>",
    ),
    "How to": (
        "install",
        "your_own_siege",
        "dashboard",
        "many_runs",
        "checking",
        "brief",
        "analysis",
        "exports",
        "cluster",
        "citing",
    ),
    "Reference": (
        "commands",
        "files",
        "map_files",
        "inputs_by_date",
        "Experiments <experiments>",
        "fits",
        "Results folders <results>",
        "parameters",
        "state",
        "interface",
        "Python, from the code <python>",
        "glossary",
    ),
    "Explanation": (
        "odd",
        "fire",
        "validation",
        "Mechanisms and levers <mechanisms>",
        "Sensitivity <sensitivity>",
        "responsible_use",
        "reliability",
        "performance",
        "decisions/README",
    ),
    "Project": ("contributing", "changelog", "code_of_conduct", "security", "releasing"),
}
"""Pages by part, some with another title than their own. A page of ``docs`` that stands nowhere stops the build."""

OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "CODE_OF_CONDUCT.md": "code_of_conduct.md",
    "SECURITY.md": "security.md",
    "RELEASING.md": "releasing.md",
    "experiments/README.md": "experiments.md",
    "experiments/fits/README.md": "fits.md",
    "results/README.md": "results.md",
}
"""Pages outside ``docs``, and where each is on the site."""

FOLDERS = {"docs/decisions": "decisions/README.md", "docs/notebooks": "notebooks/first_steps.md"}
"""What a link to a folder leads to."""

FILES = ("CITATION.cff", "codemeta.json", "docs/example_brief.html")
"""Files that pages link to, as they are."""
