"""Work packages for a GIS and a receiver: belts, lines and places of trees, and tracks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from greencover.ground.writing import replacing
from greencover.report.gis.field import places_of_trees, write_gpx
from greencover.report.gis.layers import writable
from greencover.report.outputs import Output, OutputOptions, register

if TYPE_CHECKING:
    from greencover.report.view import View

LAYERS_FILE, TRACKS_FILE = "work-packages.gpkg", "work-packages.gpx"


def write_package_layers(packages: gpd.GeoDataFrame, path: str | Path) -> Path:
    """Write belts, lines and places of trees of work packages as layers of a GeoPackage.

    The layer ``belts`` can be edited in the field and named as the campaign's form; ``places`` has
    a point a tree, numbered within its gap.

    Examples
    --------
    >>> import greencover as gc, pyogrio
    >>> with Path("campaign.toml").open("a", encoding="utf-8") as file:
    ...     _ = file.write("[planting]\\nrows = 1\\n")
    >>> packages = gc.assess("campaign.toml").packages
    >>> path = write_package_layers(packages, "work-packages.gpkg")
    >>> pyogrio.list_layers(path)[:, 0].tolist()
    ['belts', 'lines', 'places']
    """
    import pyogrio

    columns = packages.drop(columns=[packages.geometry.name, "belt", "places"])
    layers = {
        "belts": gpd.GeoDataFrame(columns, geometry=list(packages["belt"]), crs=packages.crs),
        "lines": gpd.GeoDataFrame(columns, geometry=list(packages.geometry), crs=packages.crs),
        "places": places_of_trees(packages),
    }
    kinds = {"belts": "MultiPolygon", "lines": "MultiLineString", "places": "Point"}
    with replacing(path) as draft:
        for name, frame in layers.items():
            pyogrio.write_dataframe(
                writable(frame),
                draft,
                layer=name,
                driver="GPKG",
                geometry_type=kinds[name],
                promote_to_multi=name != "places",
            )
    return Path(path)


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    found = view.assessment
    if len(found.packages):
        write_package_layers(found.packages, folder / LAYERS_FILE)
        write_gpx(found.packages, folder / TRACKS_FILE, title=found.title, lang=options.lang)


register(Output("packages-gis", _write, lambda: (LAYERS_FILE, TRACKS_FILE), place=56))
