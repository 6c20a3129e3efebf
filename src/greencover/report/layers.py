"""Layers of an assessment as a GeoPackage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from greencover.report.selection import text_of
from greencover.writing import replacing

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.assessment import Assessment

LAYERS = ("townships", "villages", "road_sides", "gaps")

# Names that a GeoPackage keeps for itself.
_RESERVED = {"fid", "geom"}


def write_layers(assessment: Assessment, path: str | Path) -> Path:
    """Write townships, villages, road sides and gaps as layers of one GeoPackage.

    A layer that the campaign lacks is left out; the layer of gaps is written even when there is
    no gap, as long as there are roads. Geometries are in longitude and latitude (EPSG:4326).
    """
    import pyogrio

    frames = {name: assessment.layers.get(name) for name in LAYERS}
    frames["gaps"] = assessment.gaps if frames["road_sides"] is not None else None
    with replacing(path) as draft:
        for name, frame in frames.items():
            if frame is None:
                continue
            kind = "MultiPolygon" if name in ("townships", "villages") else "MultiLineString"
            pyogrio.write_dataframe(
                writable(frame),
                draft,
                layer=name,
                driver="GPKG",
                geometry_type=kind,
                promote_to_multi=True,
            )
    return Path(path)


def writable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with columns that a file format of plain fields can take.

    Categories and objects become text, and no column takes a reserved name or one that differs
    from an earlier one only by case.
    """
    result = frame.reset_index(drop=True)
    taken = set(_RESERVED)
    names = {}
    for column in result.columns.drop(result.geometry.name):
        name = str(column)
        while name.lower() in taken:
            name += "_"
        taken.add(name.lower())
        names[column] = name
        values = result[column]
        if isinstance(values.dtype, pd.CategoricalDtype) or values.dtype == object:
            result[column] = values.astype(object).map(text_of).astype("str")
    result = result.rename(columns=names)
    return result if result.geometry.name == "geometry" else result.rename_geometry("geometry")
