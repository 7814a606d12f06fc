"""The page's own widgets: the stage, the fields of levers, the place for a file. They say what happened, no more."""

from __future__ import annotations

from functools import cache
from typing import Any

import ipyvuetify
import traitlets

from siege_sim.viewer.replay import page_part, page_script


@cache
def stage_template() -> str:
    """Return the stage's template: the scripts of the page, and a hook between them and the server."""
    style, script, hook = page_part("stage.css"), page_script(), page_part("hook.js")
    return (
        f'<template><div><div ref="stage" class="siege-stage"></div></div></template>\n'
        f"<script>\n{script}\n{hook}\n</script>\n"
        f'<style id="siege-stage">\n{style}\n</style>\n'
    )


class Heard(ipyvuetify.VuetifyTemplate):
    """A widget that passes on what the page says.

    Attributes:
        hears: what is called with it, by name.
    """

    template = traitlets.Unicode().tag(sync=True)
    hears = traitlets.Dict()


class StageWidget(Heard):
    """The stage on a live page.

    Attributes:
        news: the days that the page lacks, as `Session.news` gives them, with a serial number.
        changed: a number that grows when there may be news; the page then asks for them.
        fans: what `Ensemble.fans` gives.
    """

    news = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    changed = traitlets.Int(0).tag(sync=True)
    fans = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    @traitlets.default("template")
    def _template(self) -> str:
        return stage_template()

    def vue_hello(self, data: dict[str, Any]) -> None:
        """A page has come up, with the key of its tab."""
        self.hears["hello"](data)

    def vue_want(self, data: dict[str, Any]) -> None:
        """The page has drawn its last day and wants the next one; it is sent at once, past Solara's own drawing."""
        answer = self.hears["want"](data)
        if answer is not None:
            self.news = answer

    def vue_look(self, data: int) -> None:
        """The page shows another day."""
        self.hears["look"](data)


class FieldsWidget(Heard):
    """The fields of some levers.

    Attributes:
        levers: key, kind, label, unit, says, hint, plausible, low, high, choices and the value that is shown, of each.
        errors: what is wrong with a field, by key.
    """

    levers = traitlets.List().tag(sync=True)
    errors = traitlets.Dict().tag(sync=True)

    @traitlets.default("template")
    def _template(self) -> str:
        return page_part("fields.vue")

    def vue_set(self, data: dict[str, Any]) -> None:
        """A field was given another value."""
        self.hears["set"](data)


class LessonWidget(Heard):
    """A lesson, to be read beside the stage.

    Attributes:
        title: its heading.
        minutes: how long it takes.
        parts: heading, HTML and whether it is folded, of each part.
    """

    title = traitlets.Unicode("").tag(sync=True)
    minutes = traitlets.Int(0).tag(sync=True)
    parts = traitlets.List().tag(sync=True)

    @traitlets.default("template")
    def _template(self) -> str:
        return page_part("lesson.vue")

    def vue_again(self, data: object = None) -> None:
        """The reader wants to begin the lesson's siege anew."""
        self.hears["again"]()

    def vue_close(self, data: object = None) -> None:
        """The reader has done with the lesson."""
        self.hears["close"]()


class UploadWidget(Heard):
    """A place for a scenario file; what is sent is its text.

    Attributes:
        most_bytes: the largest file that is taken.
        error: what is wrong with the file that was sent last.
    """

    most_bytes = traitlets.Int(0).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    @traitlets.default("template")
    def _template(self) -> str:
        return page_part("upload.vue")

    def vue_sent(self, data: dict[str, Any]) -> None:
        """A file was chosen."""
        self.hears["sent"](data)
