"""Every sentence and label, by code and language: one catalogue a language, beside this page.

A note or an error is a code with values; it becomes a sentence here. Another language is another
``<language>.toml``, here or in a folder that :func:`add_catalogue` names.
"""

from greencover.words._catalogue import (
    add_catalogue,
    add_labels,
    added_labels,
    beside,
    catalogue,
    label_of,
    languages,
)
from greencover.words._language import language, speaking
from greencover.words._saying import Listed, Named, Rows, say

__all__ = [
    "Listed",
    "Named",
    "Rows",
    "add_catalogue",
    "add_labels",
    "added_labels",
    "beside",
    "catalogue",
    "label_of",
    "language",
    "languages",
    "say",
    "speaking",
]
