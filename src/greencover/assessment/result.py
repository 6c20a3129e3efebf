"""What an assessment gives: verdicts, gaps, layers, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from greencover.landcover import LandCover

if TYPE_CHECKING:
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

    def write(
        self, out: str | Path, *, progress: Callable[..., None] | None = None
    ) -> dict[str, Path]:
        """Write workbook, tables, layers, maps, page and provenance into a folder.

        Everything is built beside the folder and moved into it at the end, so that a failure
        leaves what was there before.

        Returns
        -------
        dict of str to Path
            The files written, by what they are.

        Raises
        ------
        OutputError
            The folder cannot be written.
        """
        from greencover.report import write_all

        return write_all(self, out, progress=progress)

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
        judged = self.table[self.table["verdict"] != "no target"]
        rows = "".join(
            f"<tr><td>{escape(str(row['name']))} {escape(_other(row))}</td>"
            f"<td>{escape(str(row['indicator_name']))}</td>"
            f"<td align='right'>{_figure(row['value'])}</td>"
            f"<td align='right'>{escape(str(row['comparison']))} {_figure(row['target'])} "
            f"{escape(str(row['unit_of_measure']))}</td>"
            f"<td>{escape(str(row['verdict']))}</td></tr>"
            for row in judged.to_dict("records")
        )
        head = "".join(f"<th>{h}</th>" for h in ("unit", "indicator", "value", "target", "verdict"))
        caption = escape(f"{self.title} · {self.title_en}" if self.title_en else self.title)
        return f"<table><caption>{caption}</caption><tr>{head}</tr>{rows}</table>"


def _other(row: Mapping[Any, Any]) -> str:
    return "" if row["name_en"] == row["name"] else str(row["name_en"])


def _figure(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:,.2f}"
