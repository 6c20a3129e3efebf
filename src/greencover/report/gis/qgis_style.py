"""Layer styles as QGIS reads them (QML), and Chinese and English aliases of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from greencover.report import palette
from greencover.report.classes import rounded_limits
from greencover.report.labels import BOTH, Lang, keys, label

if TYPE_CHECKING:
    import geopandas as gpd

VERSION = "3.28.0"
HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def qml(layer: str, frame: gpd.GeoDataFrame, *, lang: Lang = BOTH) -> str:
    """Style of a layer as a QML document.

    Townships and villages are graduated by forest coverage, road sides categorised by status; gaps
    and parks have one symbol.
    """
    root = ET.Element(
        "qgis", version=VERSION, styleCategories="Symbology|Labeling|Fields", labelsEnabled="1"
    )
    if layer in ("townships", "villages") and "forest_pct" in frame:
        _graduated(root, frame["forest_pct"].dropna().tolist(), thin=layer == "villages")
    elif layer == "road_sides":
        _categorised(root, lang)
    else:
        _single(root, layer)
    named = {"townships": "name", "villages": "name", "gaps": "chainage", "parks": "name"}
    if layer in named and named[layer] in frame:
        _labels(root, named[layer], line=layer == "gaps", size=9 if layer == "townships" else 7)
    aliases = ET.SubElement(root, "aliases")
    for index, (field, alias) in enumerate(field_aliases(frame.columns, lang=lang).items()):
        ET.SubElement(aliases, "alias", field=field, index=str(index), name=alias)
    return HEAD + ET.tostring(root, encoding="unicode")


def field_aliases(fields: Iterable[object], *, lang: Lang = BOTH) -> dict[str, str]:
    """Name of each field that has one.

    Examples
    --------
    >>> field_aliases(["forest_pct", "of_ours"], lang="en")
    {'forest_pct': 'Forest coverage (%)'}
    """
    found = {}
    for field in map(str, fields):
        group = next((g for g in ("fields", "columns") if field in keys(g)), None)
        if group is not None:
            found[field] = label(field, group, lang=lang)
    return found


def _graduated(root: ET.Element, values: list[float], *, thin: bool) -> None:
    limits = rounded_limits(values) if values else [0.0, 100.0]
    colours = palette.steps(palette.COVERAGE, len(limits) - 1)
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="graduatedSymbol",
        attr="forest_pct",
        graduatedMethod="GraduatedColor",
        symbollevels="0",
        enableorderby="0",
        forceraster="0",
    )
    ranges = ET.SubElement(renderer, "ranges")
    symbols = ET.SubElement(renderer, "symbols")
    for number, colour in enumerate(colours):
        low, high = limits[number : number + 2]
        ET.SubElement(
            ranges,
            "range",
            lower=f"{low:g}",
            upper=f"{high:g}",
            symbol=str(number),
            label=f"{low:g} – {high:g} %",
            render="true",
        )
        edge = ("#ffffff", "0.12") if thin else (palette.QUIET, "0.3")
        _fill(symbols, str(number), colour, *edge)


def _categorised(root: ET.Element, lang: Lang) -> None:
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="categorizedSymbol",
        attr="status",
        symbollevels="0",
        enableorderby="0",
        forceraster="0",
    )
    categories = ET.SubElement(renderer, "categories")
    symbols = ET.SubElement(renderer, "symbols")
    for number, (status, colour) in enumerate(palette.STATUS_COLOUR.items()):
        ET.SubElement(
            categories,
            "category",
            value=status,
            symbol=str(number),
            label=label(status, "statuses", lang=lang),
            render="true",
            type="string",
        )
        width = "0.9" if status == "gap" else "0.6"
        _line(symbols, str(number), colour, width, "dot" if status == "unobserved" else "solid")


def _single(root: ET.Element, layer: str) -> None:
    renderer = ET.SubElement(
        root,
        "renderer-v2",
        type="singleSymbol",
        symbollevels="0",
        enableorderby="0",
        forceraster="0",
    )
    symbols = ET.SubElement(renderer, "symbols")
    if layer == "gaps":
        _line(symbols, "0", palette.GAP_OVER_COVER, "1.2", "solid")
    elif layer == "parks":
        _fill(symbols, "0", palette.PARK, "#ffffff", "0.2")
    else:
        _fill(symbols, "0", palette.LAND, palette.QUIET, "0.3")


def _fill(symbols: ET.Element, name: str, colour: str, edge: str, width: str) -> None:
    symbol = ET.SubElement(symbols, "symbol", name=name, type="fill", alpha="1", force_rhr="0")
    options = {
        "color": _rgba(colour),
        "outline_color": _rgba(edge),
        "outline_style": "solid",
        "outline_width": width,
        "outline_width_unit": "MM",
        "style": "solid",
        "joinstyle": "round",
    }
    _options(symbol, "SimpleFill", options)


def _line(symbols: ET.Element, name: str, colour: str, width: str, dash: str) -> None:
    symbol = ET.SubElement(symbols, "symbol", name=name, type="line", alpha="1", force_rhr="0")
    options = {
        "line_color": _rgba(colour),
        "line_style": dash,
        "line_width": width,
        "line_width_unit": "MM",
        "capstyle": "flat",
        "joinstyle": "round",
    }
    _options(symbol, "SimpleLine", options)


def _options(symbol: ET.Element, kind: str, options: Mapping[str, str]) -> None:
    layer = ET.SubElement(
        symbol, "layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"}
    )
    listed = ET.SubElement(layer, "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(listed, "Option", type="QString", name=key, value=value)
    # QGIS before 3.20 reads these.
    for key, value in options.items():
        ET.SubElement(layer, "prop", k=key, v=value)


def _labels(root: ET.Element, field: str, *, line: bool, size: int) -> None:
    labeling = ET.SubElement(root, "labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    style = ET.SubElement(
        settings,
        "text-style",
        fieldName=field,
        isExpression="0",
        fontSize=str(size),
        fontSizeUnit="Point",
        textColor=_rgba(palette.INK),
    )
    ET.SubElement(
        style,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor="255,255,255,230",
    )
    ET.SubElement(settings, "placement", placement="2" if line else "0")
    ET.SubElement(settings, "rendering", scaleVisibility="1" if line else "0", scaleMin="25000")


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},255"
