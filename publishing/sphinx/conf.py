"""How Sphinx builds the documentation site; ``publishing/site.py`` calls it."""

from siege_sim import __version__

project = "siege_sim"
author = "The siege_sim developers"
copyright = "The siege_sim developers, MIT licence. A model, not a record."
release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = f"siege_sim {release}"
html_copy_source = False
html_show_sourcelink = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {"top_of_page_buttons": []}
toc_object_entries = False

myst_heading_anchors = 4
suppress_warnings = [
    "myst.header",  # the glossary's terms stand two levels below its title
    "misc.highlighting_failure",  # a language that has no colours
]

autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_member_order = "bysource"
napoleon_numpy_docstring = False
smartquotes = False  # two hyphens are an option, not a dash
default_role = "code"
