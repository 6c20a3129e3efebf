"""The page of an assessment inside a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greencover.ground.framed import Framed

if TYPE_CHECKING:
    from greencover.verdicts import Assessment


class Exploration(Framed):
    """A map of an assessment to move in."""

    def __init__(self, assessment: Assessment, *, height: int = 640) -> None:
        def page() -> str:
            from greencover.report.page.html import page_document

            return page_document(assessment, map_only=True)

        super().__init__(page, assessment.title_en or assessment.title, height=height)
