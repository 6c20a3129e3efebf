"""A page of HTML inside a notebook, in a frame of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from html import escape
from pathlib import Path

from greencover.ground.writing import replacing


class Framed:
    """One HTML document without anything from a network, made when it is first looked at.

    A notebook shows it in a frame, where its styles and scripts cannot disturb the notebook's, nor
    the other way round.

    Parameters
    ----------
    make
        Gives the document.
    name
        What is shown where no page can be.
    height
        Height of the frame in pixels.

    Examples
    --------
    >>> Framed(lambda: "<p>a map</p>", "roads").document
    '<p>a map</p>'
    """

    def __init__(self, make: Callable[[], str], name: str, *, height: int = 640) -> None:
        self._make, self._name = make, name
        self.height = height

    @cached_property
    def document(self) -> str:
        """The document."""
        return self._make()

    def save(self, path: str | Path) -> Path:
        """Write the document to a file."""
        with replacing(path) as draft:
            draft.write_text(self.document, encoding="utf-8", newline="\n")
        return Path(path)

    def __repr__(self) -> str:
        return f"<Map of {self._name}>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.document)}" style="width:100%;border:0;'
            f'height:{self.height}px" title="map"></iframe>'
        )
