"""The tidy table, joined to the geometry of its units, as GeoParquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from greencover.ground.writing import replacing
from greencover.report.outputs import Output, register

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.report.view import View
    from greencover.verdicts import Assessment

FILE = "assessment.parquet"


def with_geometry(assessment: Assessment) -> gpd.GeoDataFrame:
    """The tidy table with the geometry of every unit (EPSG:4326), None where it has none.

    Townships and villages have their polygons, the county the union of the townships, roads and
    road grades all lines of theirs.
    """
    import geopandas as gpd
    import numpy as np

    shapes: dict[tuple[str, str], Any] = {}
    for level, name in (("township", "townships"), ("village", "villages")):
        layer = assessment.layers.get(name)
        if layer is not None:
            codes = layer["code"].astype(str)
            shapes |= {(level, c): g for c, g in zip(codes, layer.geometry, strict=True)}
    roads = assessment.layers.get("roads")
    for level, column in (("road", "road"), ("road_grade", "grade")):
        if roads is not None and column in roads:
            lines = roads.dissolve(roads[column].astype(str)).geometry
            shapes |= {(level, str(c)): g for c, g in lines.items()}
    table = assessment.table
    if (table["level"] == "county").any():
        whole = assessment.layers["townships"].union_all()
        counties = table.loc[table["level"] == "county", "unit"].astype(str).unique()
        shapes |= {("county", code): whole for code in counties}
    keys = zip(table["level"], table["unit"].astype(str), strict=True)
    found = np.array([shapes.get(key) for key in keys], dtype=object)
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=found, crs="EPSG:4326")


def write_parquet(assessment: Assessment, path: str | Path) -> Path:
    """Write the tidy table, joined to the geometry of its units, as GeoParquet."""
    with replacing(path) as draft:
        with_geometry(assessment).to_parquet(draft, index=False)
    return Path(path)


def _write(view: View, folder: Path, _options: object) -> None:
    write_parquet(view.assessment, folder / FILE)


register(Output("parquet", _write, lambda: (FILE,), place=40))
