"""Layers of an assessment as a GeoPackage that opens styled in QGIS."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from greencover.ground.writing import replacing
from greencover.report.classes import indicator_limits
from greencover.report.gis.judged import in_words, judged
from greencover.report.gis.qgis_style import field_aliases, qml
from greencover.report.labels import BOTH, Lang, label, spoken
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.selection import text_of

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.indicators.registry import Indicator
    from greencover.report.view import View
    from greencover.verdicts import Assessment

FILE = "gaps.gpkg"
LAYERS = (
    *("townships", "villages", "parks", "roads", "road_sides", "gaps", "works", "claims"),
    "claim_plots",
)

# Works are points, lines and polygons in one layer.
_KINDS = {
    "roads": "MultiLineString",
    "road_sides": "MultiLineString",
    "gaps": "MultiLineString",
    "claims": "MultiLineString",
    "works": "Unknown",
}
_LINES, _PLOTS = ("LineString", "MultiLineString"), ("Polygon", "MultiPolygon")
# Names that a GeoPackage keeps for itself.
_RESERVED = {"fid", "geom"}

# As QGIS makes it, so that QGIS finds it.
_STYLES = """
CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
    f_table_catalog TEXT(256), f_table_schema TEXT(256), f_table_name TEXT(256),
    f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now'))
);
INSERT INTO gpkg_contents (table_name, data_type, identifier, description)
VALUES ('layer_styles', 'attributes', 'layer_styles', '');
"""

# The schema extension of GeoPackage 1.3.
_ALIASES = """
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
    table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
    mime_type TEXT, constraint_name TEXT,
    CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
    CONSTRAINT gdc_tn UNIQUE (table_name, name)
);
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
    constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
    min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
    CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value)
);
CREATE TABLE IF NOT EXISTS gpkg_extensions (
    table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
    scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name)
);
"""
_SCHEMA = "http://www.geopackage.org/spec130/#extension_schema"


def write_layers(assessment: Assessment, path: str | Path, *, lang: Lang = BOTH) -> Path:
    """Write townships, villages, parks, roads, road sides and gaps as layers of one GeoPackage.

    Each layer has a style that QGIS takes when it opens it, and aliases of its fields: in Chinese
    and English, or in another language. Behind each figure that is judged stand its target, gap
    and verdict; beside keys such as those of ``status`` stands what they mean. A layer that the
    campaign lacks is left out; the layer of gaps is written even when there is no gap, as long as
    there are roads. Geometries are in the system of the campaign's townships.

    Examples
    --------
    >>> path = write_layers(assessment, "gaps.gpkg", lang="en")
    >>> import pyogrio
    >>> pyogrio.list_layers(path)[0, 0]
    'townships'
    """
    import pyogrio

    frames = {name: assessment.layers.get(name) for name in LAYERS}
    frames["gaps"] = assessment.gaps if frames["road_sides"] is not None else None
    claims = assessment.claims
    frames |= {"works": assessment.works, "claims": _placed(claims, _LINES)}
    frames["claim_plots"] = _placed(claims, _PLOTS)
    written = {
        name: writable(_finished(frame, name, assessment, lang))
        for name, frame in frames.items()
        if frame is not None
    }
    with replacing(path) as draft:
        for name, frame in written.items():
            kind = _KINDS.get(name, "MultiPolygon")
            pyogrio.write_dataframe(
                frame,
                draft,
                layer=name,
                driver="GPKG",
                geometry_type=kind,
                promote_to_multi=kind != "Unknown",
            )
        limits = indicator_limits(assessment.table, "forest_coverage")
        add_styles(draft, written, lang=lang, records=assessment.records, limits=limits)
    return Path(path)


def _finished(
    frame: gpd.GeoDataFrame, layer: str, assessment: Assessment, lang: Lang
) -> gpd.GeoDataFrame:
    """The layer in the campaign's own system, with what was found and in words."""
    own = frame if assessment.crs is None else frame.to_crs(assessment.crs)
    found = judged(own, layer, assessment.table, assessment.records)
    return in_words(found, layer, lang=lang)


def _placed(claims: gpd.GeoDataFrame, kinds: tuple[str, ...]) -> gpd.GeoDataFrame | None:
    """Planting records that have a place of some kinds; None where there are none."""
    if not len(claims):
        return None
    placed = claims[claims.geom_type.isin(kinds)]
    return placed if len(placed) else None


def add_styles(
    path: Path,
    frames: Mapping[str, gpd.GeoDataFrame],
    *,
    lang: Lang = BOTH,
    records: Mapping[str, Indicator] | None = None,
    limits: Sequence[float] | None = None,
) -> None:
    """Add a style and aliases for each layer of a GeoPackage."""
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_STYLES + _ALIASES)
        for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
            database.execute(
                "INSERT OR IGNORE INTO gpkg_extensions VALUES (?, NULL, 'gpkg_schema', ?, "
                "'read-write')",
                (table, _SCHEMA),
            )
        for name, frame in frames.items():
            database.execute(
                "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, "
                "f_geometry_column, styleName, styleQML, useAsDefault, description, owner) "
                "VALUES ('', '', ?, 'geom', ?, ?, 1, ?, '')",
                (
                    name,
                    "greencover",
                    qml(name, frame, lang=lang, records=records, limits=limits),
                    label(name, "layers", lang=lang),
                ),
            )
            columns = [str(c) for c in frame.columns if c != frame.geometry.name]
            for field, alias in field_aliases(columns, lang=lang, records=records).items():
                database.execute(
                    "INSERT OR REPLACE INTO gpkg_data_columns (table_name, column_name, name, "
                    "title, description) VALUES (?, ?, ?, ?, ?)",
                    (name, field, alias, alias, alias),
                )


def writable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The frame with columns that a file format of plain fields can take.

    Categories and objects become text, and no column takes a reserved name or one that differs
    from an earlier one only by case.
    """
    result = frame.reset_index(drop=True)
    taken = set(_RESERVED)
    names = {}
    for column in result.columns.drop([result.geometry.name]):
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


def _write(view: View, folder: Path, options: OutputOptions) -> None:
    # A project serves readers of both languages, whatever the reports beside it are in.
    lang = BOTH if options.lang in spoken(BOTH) else options.lang
    write_layers(view.assessment, folder / FILE, lang=lang)


register(Output("gpkg", _write, lambda: (FILE,), place=50))
