"""The language of a page: chosen by its reader, else as the server was started; each page has a value of its own."""

from __future__ import annotations

import solara

from siege_sim.dashboard.sessions import server_sessions
from siege_sim.languages.catalogue import ENGLISH, Catalogue, catalogue, languages

chosen_language = solara.reactive("")
"""The language that this page's reader has chosen; empty before the page has said it."""


def choose_language(language: str) -> None:
    """Show the page in a language, if there is one."""
    if language in languages():
        chosen_language.value = language


def page_catalogue() -> Catalogue:
    """Return the catalogue of this page's language."""
    return catalogue(chosen_language.value or server_sessions().settings.language or ENGLISH)


def page_signs() -> list[str]:
    """Return the signs before decimals and between thousands in the language of this page."""
    return [page_catalogue().decimal, page_catalogue().group]


def translated(english: str, **values: object) -> str:
    """Return a fixed text in the language of this page, with values in the place of ``{names}``."""
    return page_catalogue().text(english, **values)


def translated_sentence(english: str) -> str:
    """Return a sentence that was put together in English, in the language of this page, as far as it is known there."""
    return page_catalogue().sentence(english)
