"""An assessment at hand: written, drawn, explored, shown by a notebook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

from greencover import verdicts
from greencover.campaign import Campaign
from greencover.ground.progress import shown_progress
from greencover.ground.run import Run, RunOptions
from greencover.report.kinds import MAPS
from greencover.results.writing import write_all

if TYPE_CHECKING:
    from greencover.report.maps.plotting import Plot
    from greencover.report.page.exploring import Exploration
    from greencover.report.style import MapStyle


class Assessment(verdicts.Assessment):
    __doc__ = verdicts.Assessment.__doc__

    @property
    def plot(self) -> Plot:
        """Maps as methods that return matplotlib axes: ``assessment.plot.choropleth(ax=...)``."""
        from greencover.report.maps.plotting import Plot

        return Plot(self)

    def write(
        self,
        out: str | Path,
        *,
        lang: Literal["zh", "en", "both"] = "both",
        formats: Iterable[str] | None = None,
        maps: Iterable[str] | None = None,
        template: str | Path | None = None,
        style: MapStyle | None = None,
        dpi: int = 150,
        progress: Callable[..., None] | bool | None = None,
    ) -> dict[str, Path]:
        """Write workbook, Word report, tables, layers, maps, page and provenance into a folder.

        Everything is built beside the folder and moved into it at the end, so that a failure
        leaves what was there before.

        Parameters
        ----------
        out
            Folder; made when missing.
        lang
            ``"zh"``, ``"en"`` or ``"both"``.
        formats
            Any of ``"xlsx"``, ``"docx"``, ``"html"``, ``"parquet"``, ``"gpkg"``, ``"png"``,
            ``"svg"``, ``"pdf"`` and ``"json"``; all but SVG and PDF when left out.
        maps
            Names such as ``"forest-coverage"``; ``"townships"`` makes a PDF with a page a
            township. All but that when left out.
        template
            A Word template of the office.
        style
            How the maps look: a ``greencover.report.style.MapStyle``.
        dpi
            Dots an inch of PNG maps.
        progress
            True for a bar in a notebook or on a terminal; or a function of steps done, steps in
            all and the next step.

        Returns
        -------
        dict of str to Path
            The files written, by what they are.

        Raises
        ------
        OutputError
            The folder cannot be written, or the template cannot be used.
        MissingExtraError
            The Word report is asked for and greencover[report] is not installed.
        """
        with shown_progress(progress) as report:
            return write_all(
                self,
                out,
                lang=lang,
                formats=formats,
                maps=MAPS if maps is None else maps,
                template=template,
                style=style,
                dpi=dpi,
                progress=report,
            )

    def explore(self, *, height: int = 640) -> Exploration:
        """A map to move in, with layers, hover and the list of gaps; shown by a notebook.

        Nothing is loaded from a network: the map holds all it needs.
        """
        from greencover.report.page.exploring import Exploration

        return Exploration(self, height=height)

    def _repr_html_(self) -> str:
        from greencover.report.page.notebook import as_html

        return as_html(self)


def assess(
    campaign: str | Path | Campaign,
    *,
    run: Run | None = None,
    **options: Unpack[RunOptions],
) -> Assessment:
    outcome = verdicts.assess(campaign, run=run, **options)
    return Assessment(**{field.name: getattr(outcome, field.name) for field in fields(outcome)})


assess.__doc__ = verdicts.assess.__doc__
