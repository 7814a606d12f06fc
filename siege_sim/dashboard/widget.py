"""The page's own widgets: the viewer, fields of levers, lessons, an upload. They report events, no more."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any, ClassVar

import ipyvuetify
import traitlets

from siege_sim.dashboard.page_language import page_catalogue
from siege_sim.languages.catalogue import ENGLISH, languages
from siege_sim.viewer.replay import language_script, page_part, page_script


@cache
def viewer_template() -> str:
    """Return the viewer's template: the scripts of the page, and a component that connects them with the server."""
    style, component = page_part("viewer.css"), page_part("live.js")
    script = f"{page_script()}\n{language_script(*languages())}"
    return (
        f'<template><div><div ref="viewer" class="siege-viewer"></div></div></template>\n'
        f"<script>\n{script}\n{component}\n</script>\n"
        f'<style id="siege-viewer">\n{style}\n</style>\n'
    )


def _template_of(name: str) -> str:
    """Return the template of a widget that only the live page has, with the function by which it translates."""
    text, function = (_page_file(one) for one in (name, "translate.js"))
    return text.replace("<script>\n", f"<script>\n{function}", 1)


def _page_file(name: str) -> str:
    return files("siege_sim.dashboard").joinpath("page", name).read_text("utf-8")


@cache
def texts_in(template: str) -> tuple[str, ...]:
    """Return the texts that a template lets translate."""
    return tuple(match[2] for match in TEXT_IN_TEMPLATE.finditer(_page_file(template)))


TEXT_IN_TEMPLATE = re.compile(r"""\bt\((['"])(.*?)\1""")
"""Where a template lets a text be translated."""


class EventWidget(ipyvuetify.VuetifyTemplate):
    """A widget that passes events of the page on.

    Attributes:
        handlers: what is called with an event, by its name.
        texts: the texts of the template in the language of the page; none in English.
    """

    file: ClassVar[str] = ""
    template = traitlets.Unicode().tag(sync=True)
    handlers = traitlets.Dict()
    texts = traitlets.Dict().tag(sync=True)

    @traitlets.default("template")
    def _template(self) -> str:
        return _template_of(self.file)

    @classmethod
    def texts_now(cls) -> dict[str, str]:
        """Return the texts of the template in the language of the page; none in English."""
        own = page_catalogue()
        return {} if own.language == ENGLISH else {english: own.text(english) for english in texts_in(cls.file)}


class ViewerWidget(EventWidget):
    """The viewer on a live page.

    Attributes:
        frames_update: the frames that the page lacks, as `Session.updates` gives them, with a serial number.
        revision: a number that grows when the session has changed; the page then requests what it lacks.
        fans: what `Ensemble.fans` or `Pairs.fans` gives.
        account: what `Session.account` gives.
        pairs: what `Pairs.data` gives.
        saved: the session as text; the page keeps it.
        card: what it shows for the card of a lesson; see `LessonReader.view`.
        first_lesson: the title of the lesson that it offers to who has just come.
        language: the language in which the server was started; empty for what the reader or the browser wishes.
    """

    frames_update = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    revision = traitlets.Int(0).tag(sync=True)
    fans = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    account = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    pairs = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    saved = traitlets.Unicode("").tag(sync=True)
    card = traitlets.Dict().tag(sync=True)
    first_lesson = traitlets.Unicode("").tag(sync=True)
    language = traitlets.Unicode("").tag(sync=True)

    @traitlets.default("template")
    def _template(self) -> str:
        return viewer_template()

    def vue_connect(self, data: dict[str, Any]) -> None:
        """A page has come up, with the key of its tab."""
        self.handlers["connect"](data)

    def vue_request_frames(self, data: dict[str, Any]) -> None:
        """The page has drawn its last day and requests the next; it is sent at once, past Solara's own drawing."""
        update = self.handlers["request_frames"](data)
        if update is not None:
            self.frames_update = update

    def vue_day_shown(self, data: int) -> None:
        """The page shows another day."""
        self.handlers["day_shown"](data)

    def vue_take_lesson(self, data: object = None) -> None:
        """Who has just come takes the first lesson."""
        self.handlers["take_lesson"]()

    def vue_task_done(self, data: int) -> None:
        """The step of a lesson's card has come to its day."""
        self.handlers["task_done"](int(data))

    def vue_open_link(self, data: object) -> None:
        """The address of the page has got another end."""
        self.handlers["open_link"](str(data))

    def vue_play_pairs(self, data: object = None) -> None:
        """The reader wants both runs on many seeds."""
        self.handlers["play_pairs"]()

    def vue_stop_pairs(self, data: object = None) -> None:
        """The reader has seen enough pairs."""
        self.handlers["stop_pairs"]()


class FieldsWidget(EventWidget):
    """The fields of some levers.

    Attributes:
        levers: key, kind, label, unit, description, hint, plausible,
            low, high, choices and the value that is shown, of each.
        errors: what is wrong with a field, by key.
        signs: before decimals and between thousands, as numbers are shown and typed.
    """

    file = "fields.vue"
    levers = traitlets.List().tag(sync=True)
    errors = traitlets.Dict().tag(sync=True)
    signs = traitlets.List([".", ","]).tag(sync=True)

    def vue_set_value(self, data: dict[str, Any]) -> None:
        """A field was given another value."""
        self.handlers["set_value"](data)


class ChoiceWidget(EventWidget):
    """A choice of one of some values, as browsers and what reads pages aloud know it.

    Attributes:
        label: what is chosen.
        choices: the values.
        value: the one that is chosen.
    """

    file = "choice.vue"
    label = traitlets.Unicode("").tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    value = traitlets.Unicode("").tag(sync=True)

    def vue_choose(self, data: str) -> None:
        """Another value was chosen."""
        if data in self.choices:
            self.handlers["choose"](data)


class LessonWidget(EventWidget):
    """A card of a lesson, beside the viewer.

    Attributes:
        title: the lesson's heading.
        minutes: how long it takes.
        number: which card it is, from 1.
        count: how many there are.
        card: title, HTML of its texts, guess, options and what its button says.
        locked: the guess that was locked; empty for none.
        problem: what is wrong with the guess that was typed.
        begun: whether the step was performed.
        done: whether it has come to its day.
        words: the lesson's words, each with its meaning.
    """

    file = "lesson.vue"
    title = traitlets.Unicode("").tag(sync=True)
    minutes = traitlets.Int(0).tag(sync=True)
    number = traitlets.Int(1).tag(sync=True)
    count = traitlets.Int(1).tag(sync=True)
    card = traitlets.Dict().tag(sync=True)
    locked = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)
    begun = traitlets.Bool(False).tag(sync=True)
    done = traitlets.Bool(False).tag(sync=True)
    words = traitlets.List().tag(sync=True)

    def vue_lock(self, data: object) -> None:
        """The reader has locked a guess."""
        self.handlers["lock"](str(data))

    def vue_perform(self, data: object = None) -> None:
        """The reader has pressed the button of the step."""
        self.handlers["perform"]()

    def vue_turn(self, data: int) -> None:
        """The reader wants another card, from 0."""
        self.handlers["turn"](int(data))

    def vue_restart(self, data: object = None) -> None:
        """The reader wants to begin the lesson anew."""
        self.handlers["restart"]()

    def vue_close(self, data: object = None) -> None:
        """The reader has done with the lesson."""
        self.handlers["close"]()


class UploadWidget(EventWidget):
    """An upload of a scenario file; what is sent is its text.

    Attributes:
        most_bytes: the largest file that is taken.
        error: what is wrong with the file that was sent last.
    """

    file = "upload.vue"
    most_bytes = traitlets.Int(0).tag(sync=True)
    error = traitlets.Unicode("").tag(sync=True)

    def vue_upload(self, data: dict[str, Any]) -> None:
        """A file was chosen."""
        self.handlers["upload"](data)


class ClassWidget(EventWidget):
    """What a page shows of its class.

    Attributes:
        teacher: whether the page is the teacher's.
        name: of the student; empty before one was typed.
        frozen: whether the class is paused.
        question: what the teacher asks; empty for nothing.
        locked: the guess that was locked; empty for none.
        problem: what is wrong with what was typed.
    """

    file = "class.vue"
    teacher = traitlets.Bool(False).tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)
    frozen = traitlets.Bool(False).tag(sync=True)
    question = traitlets.Unicode("").tag(sync=True)
    locked = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def vue_join(self, data: object) -> None:
        """A name was typed."""
        self.handlers["join"](str(data)[:MOST_TYPED])

    def vue_leave(self, data: object = None) -> None:
        """The student wants to be forgotten."""
        self.handlers["leave"]()

    def vue_answer(self, data: object) -> None:
        """A guess was locked."""
        self.handlers["answer"](str(data)[:MOST_TYPED])

    def vue_push(self, data: object = None) -> None:
        """The teacher wants to show their page to all."""
        self.handlers["push"]()

    def vue_freeze(self, data: object) -> None:
        """The teacher pauses the class, or lets it go on."""
        self.handlers["freeze"](bool(data))


MOST_TYPED = 1_000
"""How many characters of what is typed into a field of the class are read."""


class LinkWidget(EventWidget):
    """A link to what is shown.

    Attributes:
        link: the end of the address; empty before it is wanted.
        problem: why there is none.
    """

    file = "link.vue"
    link = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def vue_make(self, data: object = None) -> None:
        """The reader wants the link."""
        self.handlers["make"]()
