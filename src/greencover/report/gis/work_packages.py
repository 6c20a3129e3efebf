"""Work packages for a GIS and for the field: belts and lines in a GeoPackage, and tracks as GPX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd

from greencover.ground.writing import replacing
from greencover.report.gis.field import write_gpx
from greencover.report.gis.layers import writable
from greencover.report.outputs import Output, OutputOptions, register

if TYPE_CHECKING:
    from greencover.report.view import View

LAYERS_FILE, TRACKS_FILE = "work-packages.gpkg", "work-packages.gpx"


def write_package_layers(packages: gpd.GeoDataFrame, path: str | Path) -> Path:
    """Write the belts and the lines of work packages as layers of a GeoPackage.

    The layer ``belts`` can be edited in the field and named as the campaign's form.

    Examples
    --------
    >>> import greencover as gc, pyogrio
    >>> with Path("campaign.toml").open("a", encoding="utf-8") as file:
    ...     _ = file.write("[planting]\\nrows = 1\\n")
    >>> packages = gc.assess("campaign.toml").packages
    >>> path = write_package_layers(packages, "work-packages.gpkg")
    >>> pyogrio.list_layers(path)[:, 0].tolist()
    ['belts', 'lines']
    """
    import pyogrio

    columns = packages.drop(columns=[packages.geometry.name, "belt"])
    shapes = {"belts": packages["belt"], "lines": packages.geometry}
    kinds = {"belts": "MultiPolygon", "lines": "MultiLineString"}
    with replacing(path) as draft:
        for name, geometry in shapes.items():
            frame = gpd.GeoDataFrame(columns, geometry=list(geometry), crs=packages.crs)
            pyogrio.write_dataframe(
                writable(frame),
                draft,
                layer=name,
                driver="GPKG",
                geometry_type=kinds[name],
                promote_to_multi=True,
            )
    return Path(path)


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    found = view.assessment
    if len(found.packages):
        write_package_layers(found.packages, folder / LAYERS_FILE)
        tracks = found.packages.drop(columns="belt")
        write_gpx(tracks, folder / TRACKS_FILE, title=found.title, lang=options.lang)


register(Output("packages-gis", _write, lambda: (LAYERS_FILE, TRACKS_FILE), place=56))
