"""The stage as a widget: the page's own scripts, and what they say to and hear from a session."""

from __future__ import annotations

from functools import cache
from typing import Any

import ipyvuetify
import traitlets

from siege_sim.dashboard.replay import page_part, page_script


@cache
def stage_template() -> str:
    """Return the widget's template: the scripts of the page, and a hook between them and Solara."""
    style, script, hook = page_part("stage.css"), page_script(), page_part("hook.js")
    return (
        f'<template><div><div ref="stage" class="siege-stage"></div></div></template>\n'
        f"<script>\n{script}\n{hook}\n</script>\n"
        f'<style id="siege-stage">\n{style}\n</style>\n'
    )


class StageWidget(ipyvuetify.VuetifyTemplate):
    """The stage on a live page.

    Attributes:
        news: the days that the page lacks, as `Session.news` gives them, with a serial number.
        changed: a number that grows when there may be news; the page then asks for them.
        fans: what `Ensemble.fans` gives.
    """

    template = traitlets.Unicode().tag(sync=True)
    news = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    changed = traitlets.Int(0).tag(sync=True)
    fans = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    hears = traitlets.Dict()

    @traitlets.default("template")
    def _template(self) -> str:
        return stage_template()

    def vue_hello(self, data: dict[str, Any]) -> None:
        """A page has come up, with the key of its tab."""
        self.hears["hello"](data)

    def vue_want(self, data: dict[str, Any]) -> None:
        """The page has drawn its last day and wants the next one."""
        self.hears["want"](data)

    def vue_look(self, data: int) -> None:
        """The page shows another day."""
        self.hears["look"](data)
