"""The list of gaps, whose line, belt and places are geometries, as a table that saves to a file."""

from __future__ import annotations

from typing import Any

import geopandas as gpd


class PlantingList(gpd.GeoDataFrame):
    """Gaps with what may be planted in them; see ``planting_list``.

    A GeoDataFrame like any other, whose ``to_file`` writes the line of a gap and leaves out its
    belt and its places, since most formats hold one geometry:
    ``gaps.set_geometry("belt").to_file(...)`` writes the belts.
    """

    def to_file(self, filename: Any, *arguments: Any, **options: Any) -> None:
        """Write the table with its active geometry."""
        others = self.columns[self.dtypes == "geometry"].drop([self.geometry.name])
        gpd.GeoDataFrame(self.drop(columns=others)).to_file(filename, *arguments, **options)

    def _constructor_from_mgr(self, mgr: Any, axes: Any) -> Any:
        made = super()._constructor_from_mgr(mgr, axes)  # type: ignore[misc]
        if isinstance(made, gpd.GeoDataFrame):
            made.__class__ = PlantingList
        return made
