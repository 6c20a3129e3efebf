"""Layer styles as QGIS reads them: what goes into ``style.qml``, and aliases of fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from greencover.indicators.registry import Indicator, indicators
from greencover.report import palette
from greencover.report.classes import class_limits, class_words
from greencover.report.labels import BOTH, Label, Lang, Sentence, keys, label, said
from greencover.report.style import PLAIN

if TYPE_CHECKING:
    import geopandas as gpd

# Denominator of the scale from which on labels along lines stand. QGIS reads scaleMax, the
# largest denominator, as its minimum scale.
LABEL_SCALE = 25_000

# The field that names the features of a layer.
_NAMED = {"townships": "name", "villages": "name", "gaps": "chainage", "parks": "name"}


def qml(
    layer: str,
    frame: gpd.GeoDataFrame,
    *,
    lang: Lang = BOTH,
    records: Mapping[str, Indicator] | None = None,
    limits: Sequence[float] | None = None,
) -> str:
    """Style of a layer as a QML document.

    Townships and villages are graduated by forest coverage, in the classes of ``limits`` or of
    their own figures, road sides categorised by status; gaps and parks have one symbol.
    """
    from jinja2 import Environment, StrictUndefined

    if layer in ("townships", "villages") and "forest_pct" in frame:
        found = limits or class_limits(frame["forest_pct"].dropna().tolist(), PLAIN, share=True)
        facts = _graduated(found, thin=layer == "villages")
    elif layer == "road_sides":
        facts = _categorised(lang)
    else:
        facts = {"kind": "singleSymbol", "symbols": [_symbol(layer)]}
    named = _NAMED.get(layer)
    facts |= {
        "named": named if named in frame else None,
        "size": 9 if layer == "townships" else 7,
        "along": layer == "gaps",
        "label_scale": LABEL_SCALE,
        "ink": _rgba(palette.INK),
        "aliases": field_aliases(frame.columns, lang=lang, records=records),
    }
    text = files(__package__).joinpath("style.qml").read_text(encoding="utf-8")
    nothing: dict[str, Any] = {"field": None, "ranges": (), "categories": ()}
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    return environment.from_string(text).render(nothing | facts)


def field_aliases(
    fields: Iterable[object],
    *,
    lang: Lang = BOTH,
    records: Mapping[str, Indicator] | None = None,
) -> dict[str, str]:
    """Name of each field that has one; figures are called after their indicator and its unit.

    Examples
    --------
    >>> field_aliases(["forest_pct", "of_ours"], lang="en")
    {'forest_pct': 'Forest coverage (%)'}
    """
    found = {}
    named = {record.map_column: record for record in (records or indicators()).values()}
    for field in map(str, fields):
        group = next((g for g in ("fields", "columns") if field in keys(g)), None)
        if group is not None:
            found[field] = label(field, group, lang=lang)
        elif field in named:
            name, unit = Label(named[field].key, "indicators"), Label(named[field].unit, "units")
            found[field] = said(Sentence("fields.measured", name=name, unit=unit), lang)
    return found


def _graduated(limits: Sequence[float], *, thin: bool) -> dict[str, Any]:
    edge = ("#ffffff", "0.12") if thin else (palette.QUIET, "0.3")
    colours = palette.steps(palette.COVERAGE, len(limits) - 1)
    return {
        "kind": "graduatedSymbol",
        "field": "forest_pct",
        "ranges": [
            (f"{low:.15g}", f"{high:.15g}", words)
            for (low, high), words in zip(pairwise(limits), class_words(limits), strict=True)
        ],
        "symbols": [_fill(colour, *edge) for colour in colours],
    }


def _categorised(lang: Lang) -> dict[str, Any]:
    return {
        "kind": "categorizedSymbol",
        "field": "status",
        "categories": [(s, label(s, "statuses", lang=lang)) for s in palette.STATUS_COLOUR],
        "symbols": [
            _line(
                colour,
                "0.9" if status == "gap" else "0.6",
                "dot" if status in ("unobserved", "not seen") else "solid",
            )
            for status, colour in palette.STATUS_COLOUR.items()
        ],
    }


def _symbol(layer: str) -> dict[str, str]:
    if layer == "gaps":
        return _line(palette.GAP_OVER_COVER, "1.2", "solid")
    if layer in ("works", "claims"):
        return _line(palette.INK, "0.8", "dash")
    if layer == "parks":
        return _fill(palette.PARK, "#ffffff", "0.2")
    return _fill(palette.LAND, palette.QUIET, "0.3")


def _fill(colour: str, edge: str, width: str) -> dict[str, str]:
    return {"type": "fill", "colour": _rgba(colour), "edge": _rgba(edge), "width": width}


def _line(colour: str, width: str, dash: str) -> dict[str, str]:
    return {"type": "line", "colour": _rgba(colour), "width": width, "dash": dash}


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return f"{red},{green},{blue},255"
