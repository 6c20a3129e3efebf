"""The forms of a field check: workbook, page for a telephone, and points to find the places by."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from greencover.corridor.field_columns import MapDatum
from greencover.ground.errors import ArgumentError
from greencover.ground.writing import replacing_folder
from greencover.report.gis.field_points import write_field_points
from greencover.report.labels import BOTH, Lang
from greencover.report.office.field_form import write_field_workbook
from greencover.report.page.field_form import write_field_page
from greencover.words import Listed

__all__ = ["write_field_forms"]

_NAME = "field-form"
_POINTS = (".gpx", ".kml", ".gpkg")
FILES = (f"{_NAME}.xlsx", f"{_NAME}.html", *(f"{_NAME}{suffix}" for suffix in _POINTS))
_DATUMS = ("WGS 84", "GCJ-02")


def write_field_forms(
    sample: gpd.GeoDataFrame, out: str | Path, *, lang: Lang = BOTH, datum: MapDatum = "WGS 84"
) -> dict[str, Path]:
    """Write the forms of a field check into a folder.

    A workbook to print or fill, one HTML page for a telephone without a network, GPX and KML for
    receivers and globes, and a GeoPackage for mapping programs. None says what the map called a
    side, so that nobody sees what is expected.

    Parameters
    ----------
    sample
        What ``field_sample`` returned.
    out
        Folder; made when missing.
    lang
        A language that has a catalogue, or ``"both"``.
    datum
        What the map on the telephone stands on: ``"WGS 84"``, or ``"GCJ-02"`` for Chinese map
        services, by which GPX, KML and the coordinates of the page are moved.

    Returns
    -------
    dict of str to Path
        The files by their names.

    Raises
    ------
    ArgumentError
        The datum is another one.
    OutputError
        A file cannot be written; the folder is then as it was.

    Examples
    --------
    >>> import tempfile
    >>> import greencover as gc
    >>> assessment = gc.assess("campaign.toml")
    >>> sample = gc.field_sample(assessment.roadside, n=60)
    >>> list(write_field_forms(sample, tempfile.mkdtemp(), lang="zh"))
    ['field-form.xlsx', 'field-form.html', 'field-form.gpx', 'field-form.kml', 'field-form.gpkg']
    """
    if datum not in _DATUMS:
        raise ArgumentError("report.unknown_datum", datum=datum, known=Listed.every(_DATUMS))
    with replacing_folder(out, ours=FILES) as drafts:
        write_field_workbook(sample, drafts / f"{_NAME}.xlsx", lang=lang)
        write_field_page(sample, drafts / f"{_NAME}.html", lang=lang, datum=datum)
        for suffix in _POINTS:
            write_field_points(sample, drafts / f"{_NAME}{suffix}", lang=lang, datum=datum)
    return {name: Path(out) / name for name in FILES}
