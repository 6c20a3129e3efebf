"""The columns of a form that goes into the field and comes back.

A form does not say what the map called a side, so that nobody sees what is expected.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj

from greencover.ground.notes import Note
from greencover.layers.forms import read_form
from greencover.layers.tables import as_numbers

__all__ = ["read_field_form"]

#: What tells the draw; a form without them cannot be judged.
DRAW = ("frame", "seed", "by", "drawn")
#: Where to go. Longitude and latitude of the middle of the strip in WGS 84.
PLACE = ("road", "water", "chain", "grade", "township", "side", "from_m", "to_m", "lon", "lat")
#: What is filled in: the finding, who found it and when, a photograph, a remark, and the position.
FILLED = ("found", "checker", "checked_on", "photo", "note", "here_lon", "here_lat")

#: What the map on a telephone stands on. Chinese map services move their maps by GCJ-02.
MapDatum = Literal["WGS 84", "GCJ-02"]


def blank_form(sample: gpd.GeoDataFrame) -> pd.DataFrame:
    """The form of a sample: number, place, empty columns to fill, and what tells the draw."""
    points = sample.geometry.to_crs(4326)
    table = pd.DataFrame(sample.drop(columns=sample.geometry.name))
    table = table.assign(lon=points.x.round(7), lat=points.y.round(7))
    kept = ["sample_id", *(column for column in PLACE if column in table)]
    return table[kept].assign(**dict.fromkeys(FILLED, ""), **{one: table[one] for one in DRAW})


def read_field_form(path: str | Path) -> pd.DataFrame:
    """Read a form that comes back from the field.

    Parameters
    ----------
    path
        CSV, Excel, or a layer of points such as a GeoPackage, as ``write_field_forms`` made it, or
        as the form on a telephone saves it.

    Returns
    -------
    pandas.DataFrame
        Rows that say what was found: ``sample_id``, ``found``, ``frame``, ``seed``, ``by``,
        ``drawn``, of ``checker``, ``checked_on``, ``photo``, ``note``, ``here_lon``, ``here_lat``
        (WGS 84) those that the form has, and ``distance_m`` from the station to the position,
        NaN where none was taken.

    Raises
    ------
    LayerError
        The form cannot be read, or lacks a column.
    MissingExtraError
        Excel forms need a package that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> form = Path(tempfile.mkdtemp()) / "form.csv"
    >>> _ = form.write_text("sample_id,found,frame,seed,by,drawn\\n1,gap,f,f,,2\\n2,,f,f,,2\\n")
    >>> read_field_form(form)["found"].tolist()
    ['gap']
    """
    wanted = ["sample_id", "found", *DRAW]
    welcome = [column for column in (*PLACE, *FILLED) if column not in wanted]
    where = Note("corridor.form_file", path=str(path))
    table = read_form(path, wanted, welcome=welcome, where=where)
    said = table["found"].notna() & (table["found"].astype(str).str.strip() != "")
    table = table[said].reset_index(drop=True)
    table["distance_m"] = _distance_m(table)
    return table.drop(columns=[column for column in PLACE if column in table])


def _distance_m(table: pd.DataFrame) -> np.ndarray:
    columns = ("lon", "lat", "here_lon", "here_lat")
    if not set(columns) <= set(table):
        return np.full(len(table), np.nan)
    lon, lat, here_lon, here_lat = (
        as_numbers(table[one].replace("", np.nan)).to_numpy(dtype=float) for one in columns
    )
    known = np.isfinite(lon + lat + here_lon + here_lat)
    found = np.full(len(table), np.nan)
    _, _, metres = pyproj.Geod(ellps="WGS84").inv(
        lon[known], lat[known], here_lon[known], here_lat[known]
    )
    found[known] = metres
    return found
