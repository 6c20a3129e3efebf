"""How the site of the documentation looks; ``scripts/make_docs.py`` gathers its pages."""

from __future__ import annotations

import greencover

project = "greencover"
release = version = greencover.__version__
author = "The greencover developers"
project_copyright = author

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]

exclude_patterns = ["data", "_templates"]
templates_path = ["_templates"]

html_theme = "furo"
html_title = "greencover"
html_show_sourcelink = False
html_show_sphinx = False
# Chinese is cut into words for the search.
html_search_language = "zh"

myst_heading_anchors = 4
# Notebooks run where the site is built, so that what they show is of today.
nb_execution_mode = "auto"
nb_execution_timeout = 600
nb_execution_raise_on_error = True

autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_attr_annotations = False
