"""Gaps for the field: waypoints and lines as GPX, for GPS receivers, and KML, for globes."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from greencover.corridor._gaps import chainage_label
from greencover.ground.errors import OutputError
from greencover.ground.writing import replacing
from greencover.report.labels import BOTH, Lang, Sentence, check_lang, label, said
from greencover.report.outputs import Output, OutputOptions, register
from greencover.report.selection import to_look_at

if TYPE_CHECKING:
    from greencover.report.view import View

__all__ = ["write_gpx", "write_kml"]

# By hand, for GDAL's drivers lose something: GPX takes no tracks into a file that has waypoints and
# no name of its content; KML calls the folder of "road 1" road_1, and puts every line at height 0.
_GPX = "http://www.topografix.com/GPX/1/1"
_KML = "http://www.opengis.net/kml/2.2"
_LINE_COLOUR = "ff6b00c2"
# Characters that XML does not allow, whatever they are escaped to.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECIMALS = 7
#: More waypoints than this no receiver takes; the places of more trees are left out of a file.
MOST_PLACES = 10_000


def write_gpx(
    gaps: gpd.GeoDataFrame, path: str | Path, *, title: str = "", lang: Lang = BOTH
) -> Path:
    """Write gaps as GPX: a waypoint at either end, labelled with its chainage, and a track each.

    Of a planting list each place of a tree is a waypoint, too, named by its gap and number; where
    there are over 10,000 of them, more than receivers take, they are left out and the file says so.

    Parameters
    ----------
    gaps
        ``gaps`` of a roadside or waterside result or of an assessment, or a planting list.
    path
        File to write; replaced whole or not at all.
    title
        Name of the file's content.
    lang
        Language of the labels.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    OutputError
        The file cannot be written, or the table is no list of gaps.

    Examples
    --------
    >>> write_gpx(assessment.gaps, "gaps.gpx", lang="en").name
    'gaps.gpx'
    """
    check_lang(lang)
    rows = _rows(gaps, lang)
    ET.register_namespace("", _GPX)
    root = ET.Element(f"{{{_GPX}}}gpx", {"version": "1.1", "creator": "greencover"})
    metadata = _child(root, "metadata")
    _text(metadata, "name", title or _heading(lang))
    if _too_many(gaps):
        _text(metadata, "desc", _left_out(gaps, lang))
    for row in rows:
        for at, (lon, lat) in row["ends"]:
            point = _child(root, "wpt", lat=_degrees(lat), lon=_degrees(lon))
            _text(point, "name", f"{row['id']} {at}")
            _text(point, "desc", f"{row['name']}: {row['about']}")
            _text(point, "sym", "Flag, Green")
    for row in rows:
        for name, (lon, lat) in row["places"]:
            point = _child(root, "wpt", lat=_degrees(lat), lon=_degrees(lon))
            _text(point, "name", name)
            _text(point, "sym", "Park")
    for row in rows:
        track = _child(root, "trk")
        _text(track, "name", row["name"])
        _text(track, "desc", row["about"])
        for line in row["lines"]:
            segment = _child(track, "trkseg")
            for lon, lat in line:
                _child(segment, "trkpt", lat=_degrees(lat), lon=_degrees(lon))
    return _write(root, path)


def write_kml(
    gaps: gpd.GeoDataFrame, path: str | Path, *, title: str = "", lang: Lang = BOTH
) -> Path:
    """Write gaps as KML: a folder a road, with lines and waypoints; parameters as ``write_gpx``.

    Examples
    --------
    >>> write_kml(assessment.gaps, "gaps.kml", lang="en").name
    'gaps.kml'
    """
    check_lang(lang)
    ET.register_namespace("", _KML)
    root = ET.Element(f"{{{_KML}}}kml")
    document = _child(root, "Document")
    _text(document, "name", title or _heading(lang))
    if _too_many(gaps):
        _text(document, "description", _left_out(gaps, lang))
    style = _child(document, "Style", id="gap")
    line_style = _child(style, "LineStyle")
    _text(line_style, "color", _LINE_COLOUR)
    _text(line_style, "width", "4")
    folders: dict[str, ET.Element] = {}
    for row in _rows(gaps, lang):
        if row["road"] not in folders:
            folders[row["road"]] = _child(document, "Folder")
            _text(folders[row["road"]], "name", row["road"])
        folder = folders[row["road"]]
        mark = _child(folder, "Placemark")
        _text(mark, "name", row["name"])
        _text(mark, "description", row["about"])
        _text(mark, "styleUrl", "#gap")
        data = _child(mark, "ExtendedData")
        for name, value in row["values"].items():
            _text(_child(data, "Data", name=name), "value", value)
        several = _child(mark, "MultiGeometry")
        for line in row["lines"]:
            shape = _child(several, "LineString")
            _text(shape, "tessellate", "1")
            _text(shape, "coordinates", " ".join(_pair(point) for point in line))
        for at, end in row["ends"]:
            mark = _child(folder, "Placemark")
            _text(mark, "name", f"{row['id']} {at}")
            _text(_child(mark, "Point"), "coordinates", _pair(end))
        for name, place in row["places"]:
            mark = _child(folder, "Placemark")
            _text(mark, "name", name)
            _text(_child(mark, "Point"), "coordinates", _pair(place))
    return _write(root, path)


def _heading(lang: Lang) -> str:
    return label("gaps", "field", lang=lang)


def _rows(gaps: gpd.GeoDataFrame, lang: Lang) -> list[dict[str, Any]]:
    """What the formats need of each gap."""
    of = "road" if "road" in gaps.columns else "water"
    missing = {of, "side", "chainage", "from_m", "to_m", "length_m"} - set(gaps.columns)
    if missing:
        raise OutputError("gis.no_gaps", column=min(missing))
    frame = gaps.to_crs(4326)
    trees: list[Any] = [shapely.MultiPoint()] * len(frame)
    if "places" in gaps and not _too_many(gaps):
        trees = gpd.GeoSeries(gaps["places"], crs=gaps.crs).to_crs(4326).tolist()
    plain = frame.drop(columns=[frame.geometry.name, "belt", "places"], errors="ignore")
    rows = []
    for number, (row, shape, places) in enumerate(
        zip(plain.to_dict("records"), frame.geometry, trees, strict=True), start=1
    ):
        start, end = (chainage_label(row[place]) for place in ("from_m", "to_m"))
        lines = [shapely.get_coordinates(part).tolist() for part in shapely.get_parts(shape)]
        road = str(row[of])
        side = label(row["side"], "sides", lang=lang)
        gap = str(row.get("gap_id") or f"{number} {road}")
        rows.append(
            {
                "id": gap,
                "places": [
                    (f"{gap} #{tree}", place)
                    for tree, place in enumerate(shapely.get_coordinates(places).tolist(), start=1)
                ],
                "road": road,
                "name": f"{road} {row['chainage']} {side}",
                "about": _about(row, lang),
                "lines": lines,
                "ends": [(start, lines[0][0]), (end, lines[-1][-1])],
                "values": {
                    str(name): str(value)
                    for name, value in row.items()
                    if isinstance(value, str | int | float) and not pd.isna(value)
                },
            }
        )
    return rows


def places_of_trees(gaps: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """A point a tree that is to be planted, with the number of its gap and its own within that."""
    points, gap = shapely.get_parts(gaps["places"].to_numpy(), return_index=True)
    number = pd.Series(gap).groupby(gap).cumcount() + 1
    ids = gaps["gap_id"].to_numpy()[gap]
    told = {name: gaps[name].to_numpy()[gap] for name in ("township", "season") if name in gaps}
    return gpd.GeoDataFrame(
        {
            "name": [f"{one} #{tree}" for one, tree in zip(ids, number, strict=True)],
            "gap_id": ids,
            "tree": number.to_numpy(),
            **told,
        },
        geometry=points,
        crs=gaps.crs,
    )


def _trees(gaps: gpd.GeoDataFrame) -> int:
    """How many places of trees there are."""
    if "places" not in gaps:
        return 0
    return int(shapely.get_num_geometries(gaps["places"].to_numpy()).sum())


def _too_many(gaps: gpd.GeoDataFrame) -> bool:
    return _trees(gaps) > MOST_PLACES


def _left_out(gaps: gpd.GeoDataFrame, lang: Lang) -> str:
    return said(Sentence("field.places_left_out", trees=_trees(gaps), most=MOST_PLACES), lang)


def _about(row: dict[Any, Any], lang: Lang) -> str:
    parts = [f"{row['length_m']:.0f} m"]
    if row.get("status"):
        parts.insert(0, label(row["status"], "statuses", lang=lang))
    if row.get("cover_now"):
        parts.append(label(row["cover_now"], "covers", lang=lang))
    for name in ("township", "village"):
        if row.get(name):
            parts.append(str(row[name]))
    if "trees" in row:
        parts.append(said(Sentence("field.trees", trees=row["trees"]), lang))
    if row.get("work_status"):
        parts.append(label(row["work_status"], "work_statuses", lang=lang))
    parts += [str(row[name]) for name in ("season", "responsible") if row.get(name)]
    return ", ".join(parts)


def _child(parent: ET.Element, tag: str, **attributes: str) -> ET.Element:
    space = parent.tag.partition("}")[0] + "}"
    cleaned = {name: _FORBIDDEN.sub("", value) for name, value in attributes.items()}
    return ET.SubElement(parent, space + tag, cleaned)


def _text(parent: ET.Element, tag: str, text: str) -> None:
    _child(parent, tag).text = _FORBIDDEN.sub("", text)


def _degrees(value: float) -> str:
    return f"{value:.{_DECIMALS}f}"


def _pair(point: tuple[float, float]) -> str:
    return f"{_degrees(point[0])},{_degrees(point[1])}"


def _write(root: ET.Element, path: str | Path) -> Path:
    ET.indent(root, " ")
    with replacing(path) as draft:
        ET.ElementTree(root).write(draft, encoding="utf-8", xml_declaration=True)
    return Path(path)


def _gpx(view: View, folder: Path, options: OutputOptions) -> None:
    found = view.assessment
    write_gpx(to_look_at(found), folder / "gaps.gpx", title=found.title, lang=options.lang)


def _kml(view: View, folder: Path, options: OutputOptions) -> None:
    found = view.assessment
    write_kml(to_look_at(found), folder / "gaps.kml", title=found.title, lang=options.lang)


register(Output("gpx", _gpx, lambda: ("gaps.gpx",), default=(), place=80))
register(Output("kml", _kml, lambda: ("gaps.kml",), default=(), place=90))
