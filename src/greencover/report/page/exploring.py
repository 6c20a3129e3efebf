"""The page of an assessment inside a notebook."""

from __future__ import annotations

from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from greencover.ground.writing import replacing

if TYPE_CHECKING:
    from greencover.verdicts import Assessment


class Exploration:
    """A map to move in, as one HTML document without anything from a network.

    A notebook shows it in a frame of its own, where its styles and scripts cannot disturb the
    notebook's, nor the other way round.
    """

    def __init__(self, assessment: Assessment, *, height: int = 640) -> None:
        self._assessment = assessment
        self.height = height

    @cached_property
    def document(self) -> str:
        """The document."""
        from greencover.report.page.html import page_document

        return page_document(self._assessment, map_only=True)

    def save(self, path: str | Path) -> Path:
        """Write the document to a file."""
        with replacing(path) as draft:
            draft.write_text(self.document, encoding="utf-8")
        return Path(path)

    def __repr__(self) -> str:
        return f"<Map of {self._assessment.title_en or self._assessment.title}>"

    def _repr_html_(self) -> str:
        return (
            f'<iframe srcdoc="{escape(self.document)}" style="width:100%;border:0;'
            f'height:{self.height}px" title="map"></iframe>'
        )
