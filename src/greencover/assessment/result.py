"""What an assessment gives: verdicts, gaps, layers, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import pandas as pd

from greencover.landcover import LandCover

if TYPE_CHECKING:
    from greencover.indicators.definitions import Definition
    from greencover.report.exploring import Exploration
    from greencover.report.plotting import Plot
    from greencover.report.style import MapStyle
    from greencover.standards import Target


@dataclass(frozen=True, repr=False)
class Assessment:
    """The answer to a campaign.

    Attributes
    ----------
    title, title_en, year
        Of the campaign.
    table
        One row per unit, indicator and target: ``level`` (county, township, village, road,
        road_grade), ``unit`` (code), ``name``, ``name_en``, ``indicator`` and its names,
        ``value`` in ``unit_of_measure``, ``numerator`` in ``measure``, ``denominator`` in ``per``
        (roadsides in km count both sides of the road),
        ``unobserved_pct``, ``target``, ``comparison``, ``standard``, ``verified``, the shortfall
        ``gap`` (unit of the value), ``gap_pct`` (percentage points), ``gap_ha``, ``gap_km`` (0 when
        met, NaN where it has no meaning), ``verdict`` and ``note``.
        Where the campaign names a reference sample, figures of cover are corrected by it, and
        ``low`` and ``high`` hold their interval.
    needs
        One row per target missed: the smallest addition (``needed`` in ``measure``,
        ``needed_a_year`` until the target year), what the map shows of room (``plantable``,
        ``restricted`` cropland), the ``best`` figure that it allows, and ``reachable``.
    completion
        Completion rate of each task of the plan: ``planned``, ``done``, ``completion_pct``.
    works
        Planted plots with what two maps show of them, in longitude and latitude: ``status`` "seen",
        "planted here, not seen yet", "green before" or "unobserved", see ``planted_status``.
    gaps
        Runs of roadside that lack trees, in longitude and latitude.
    layers
        ``townships``, ``villages``, ``roads``, ``road_sides``, ``parks`` with their figures, in
        longitude and latitude; those that the campaign has.
    cover
        The land cover.
    targets
        The targets that were judged, with the key of their standard.
    notes
        What was assumed, repaired, left out or could not be judged.
    provenance
        Inputs with hashes, versions, parameters.
    needs
        What each unmet target takes.
    completion
        Tasks of the campaign: planned, done, rate.
    works
        Planted works checked against the cover; None where the campaign has none.
    unjudged
        Those of the notes that say which target was not judged, and why.
    """

    title: str
    title_en: str
    year: int | None
    table: pd.DataFrame
    gaps: gpd.GeoDataFrame
    layers: Mapping[str, gpd.GeoDataFrame]
    cover: LandCover
    targets: tuple[tuple[str, Target], ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Mapping[str, Any] = field(default_factory=dict)
    needs: pd.DataFrame = field(default_factory=pd.DataFrame)
    completion: pd.DataFrame = field(default_factory=pd.DataFrame)
    works: gpd.GeoDataFrame | None = None
    unjudged: tuple[str, ...] = ()

    @property
    def definitions(self) -> dict[str, Definition]:
        """Record of each indicator in the table: definition, numerator, denominator, source."""
        from greencover.indicators.definitions import definitions

        known = definitions()
        return {key: known[key] for key in self.table["indicator"].unique() if key in known}

    @property
    def plot(self) -> Plot:
        """Maps as methods that return matplotlib axes: ``assessment.plot.choropleth(ax=...)``."""
        from greencover.report.plotting import Plot

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
        from greencover.report import MAPS, write_all
        from greencover.report.progress import shown_progress

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
        from greencover.report.exploring import Exploration

        return Exploration(self, height=height)

    def _counts(self) -> dict[str, int]:
        judged = self.table.loc[self.table["verdict"] != "no target", "verdict"]
        return {str(verdict): int(n) for verdict, n in judged.value_counts().items()}

    def __repr__(self) -> str:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in self._counts().items())
        length_km = float(self.gaps["length_m"].sum()) / 1000.0 if len(self.gaps) else 0.0
        return (
            f"<Assessment {self.title_en or self.title}: {counts or 'no targets'}; "
            f"{len(self.gaps)} gaps, {length_km:.1f} km>"
        )

    def _repr_html_(self) -> str:
        from greencover.report.notebook import as_html

        return as_html(self)
