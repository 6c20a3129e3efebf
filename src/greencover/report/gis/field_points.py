"""Stations to check, as points for receivers, globes and mapping programs."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd

from greencover.corridor._gaps import chainage_label
from greencover.corridor.field_columns import MapDatum, blank_form
from greencover.ground.china import wgs84_to_gcj02
from greencover.ground.writing import replacing
from greencover.report.labels import BOTH, Lang, check_lang, label

__all__ = ["write_field_points"]

_DRIVERS = {".gpx": "GPX", ".kml": "KML", ".gpkg": "GPKG"}


def write_field_points(
    sample: gpd.GeoDataFrame, path: str | Path, *, lang: Lang = BOTH, datum: MapDatum = "WGS 84"
) -> Path:
    """Write the stations of a sample as GPX, KML or GeoPackage, by the ending of ``path``.

    GPX and KML hold a name (number, road, chainage, side) and the form's places; the GeoPackage
    holds the form's columns, to be filled on a telephone and read back.

    Parameters
    ----------
    sample
        What ``field_sample`` returned.
    path
        File to make or to replace.
    lang
        Language of the names.
    datum
        ``"GCJ-02"`` for the shifted maps of Chinese services. A GeoPackage stays in WGS 84, since
        no coordinate system stands for the other.

    Examples
    --------
    >>> import tempfile
    >>> import greencover as gc
    >>> assessment = gc.assess("campaign.toml")
    >>> sample = gc.field_sample(assessment.roadside, n=60)
    >>> write_field_points(sample, Path(tempfile.mkdtemp()) / "form.gpx").name
    'form.gpx'
    """
    check_lang(lang)
    path = Path(path)
    form = blank_form(sample)
    lon, lat = form["lon"].to_numpy(dtype=float), form["lat"].to_numpy(dtype=float)
    driver = _DRIVERS[path.suffix.lower()]
    if driver == "GPKG":
        table = form
    else:
        names = station_names(form, lang=lang)
        heading = {"GPX": ("name", "desc"), "KML": ("Name", "Description")}[driver]
        table = pd.DataFrame(dict(zip(heading, (names, _places(form)), strict=True)))
        if datum == "GCJ-02":
            lon, lat = wgs84_to_gcj02(lon, lat)
    points = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat), crs=4326)
    with replacing(path) as draft:
        points.to_file(draft, driver=driver, layer="waypoints" if driver == "GPX" else "field_form")
    return path


def station_names(form: pd.DataFrame, *, lang: Lang) -> list[str]:
    """What a person calls each station: number, road, chainage and side."""
    of = "road" if "road" in form else "water"
    return [
        f"{row['sample_id']} {row[of]} {chainage_label(row['from_m'])}–"
        f"{chainage_label(row['to_m'])} {label(row['side'], 'sides', lang=lang)}"
        for row in form.to_dict("records")
    ]


def _places(form: pd.DataFrame) -> list[str]:
    if "township" not in form:
        return [""] * len(form)
    return ["" if one != one or one is None else str(one) for one in form["township"]]
