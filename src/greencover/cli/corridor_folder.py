"""Roads or waters and a land cover, read from files, and the folder of what was found of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from greencover.campaign.ground import middle_of
from greencover.cli.corridor_page import page_tables
from greencover.cli.speech import said
from greencover.corridor import planting_list
from greencover.corridor.drawing import (
    layers_of,
    sheets,
    write_layers,
    write_page,
    write_picture,
)
from greencover.corridor.result import CorridorGreening
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.ground.saving import add_layer, write_sheets
from greencover.ground.writing import check_folder, replacing_folder
from greencover.layers import candidate_columns, check_raster_source, layer_name, read_layer
from greencover.report.gis import write_gpx
from greencover.report.gis.layers import add_styles
from greencover.words import Listed, language

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

_UNIT = "code"
_ON_PAGE = ("planting", "deductions", "notes")
_DIVIDED = {"by grade": "grade", "by unit": "unit"}


def files_of(name: str) -> tuple[str, ...]:
    """The files of a corridor, ``"roadside"`` or ``"waterside"``."""
    return (f"{name}.xlsx", "gaps.gpkg", "gaps.gpx", "report.html", f"maps/{name}-greening.png")


def opened_cover(paths: Sequence[str | Path], legend: str) -> LandCover:
    """The land cover of one file or several tiles."""
    for path in paths:
        check_raster_source(path)
    return LandCover.open(list(paths), legend=legend)


def read_beside(
    path: str | Path, cover: LandCover, geometry: Any, *, layer: str | None = None, **more: Any
) -> gpd.GeoDataFrame:
    """Read a layer that lies on a land cover."""
    return read_layer(path, layer, geometry=geometry, near=middle_of(cover), **more)


def column_of(
    frame: gpd.GeoDataFrame, key: str, option: str, path: str | Path, given: str | None = None
) -> str:
    """The column that was named, or the only one known to hold what the key stands for.

    Raises
    ------
    LayerError
        None was named, and none or several may be meant.
    """
    if given is not None:
        return given
    found = candidate_columns(frame, key)
    if len(found) == 1:
        return found[0]
    columns = Listed.of(found or list(frame.columns.drop([frame.geometry.name])), limit=20)
    where = layer_name(path, None)
    raise LayerError("cli.column_unnamed", where=where, option=option, columns=columns)


def read_corridor(
    name: str,
    path: str | Path,
    cover: Sequence[str | Path],
    legend: str,
    out: Path,
    *,
    layer: str | None,
    where: str | None,
    crs: str | None,
    units: str | Path | None,
    units_layer: str | None,
    unit: str | None,
) -> tuple[LandCover, gpd.GeoDataFrame, dict[str, Any]]:
    """Land cover, lines, and the keywords that say to which unit each side belongs.

    A folder that cannot take the files of the corridor is refused before anything is read.
    """
    check_folder(out, ours=files_of(name), inputs=[path, *cover, *([units] if units else [])])
    ground = opened_cover(cover, legend)
    geometry = "line" if name == "roadside" else "any"
    lines = read_beside(path, ground, geometry, layer=layer, where=where, crs=crs)
    if units is None:
        return ground, lines, {}
    frame = read_beside(units, ground, "polygon", layer=units_layer)
    belongs = {"units": frame, "unit": column_of(frame, _UNIT, "--unit", units, unit)}
    return ground, lines, belongs


def write_corridor(greening: CorridorGreening, out: Path) -> None:
    """Write workbook, layers, page, picture and waypoints into a folder, and say what was found."""
    name = "roadside" if greening.of == "road" else "waterside"
    book, layers, points, page, picture = files_of(name)
    whole, found, planting = greening.rates_by(), sheets(greening), planting_list(greening)
    divided = {"by unit": "unit"} if name == "waterside" else _DIVIDED
    rates = {"all": whole, "rates": greening.rates}
    for sheet, column in divided.items():
        if column in greening.sides:
            rates[sheet] = greening.rates_by(column)
    more = {"planting": planting, **found}
    shown = rates | {key: more[key] for key in _ON_PAGE if key in more}
    with replacing_folder(out, ours=files_of(name)) as folder:
        write_sheets({**rates, **found, "planting": planting}, folder / book)
        write_layers(greening, folder / layers)
        if len(planting):
            add_layer(planting, folder / layers, "planting", mode="a")
        drawn = layers_of(greening) | ({"planting": planting} if len(planting) else {})
        add_styles(folder / layers, drawn, lang=language())
        write_gpx(greening.gaps, folder / points)
        write_page(greening, folder / page, tables=page_tables(shown))
        (folder / picture).parent.mkdir()
        write_picture(greening, folder / picture)
    for note in greening.notes:
        click.echo(said("cli.note", note=note), err=True)
    row = whole.iloc[0]
    values = {key: float(row[key]) for key in ("greened_km", "greenable_km", "greening_pct")}
    click.echo(said("cli.corridor_found", gaps=len(greening.gaps), **values))
    for file in files_of(name):
        click.echo(out / file)
