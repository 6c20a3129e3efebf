"""The form of a field check as one page for a telephone, which needs no network."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd

from greencover.corridor._gaps import chainage_label
from greencover.corridor.field_columns import DRAW, FILLED, PLACE, MapDatum, blank_form
from greencover.corridor.field_form import FOUND
from greencover.ground.china import wgs84_to_gcj02
from greencover.ground.writing import replacing
from greencover.report.labels import BOTH, Label, Lang, Sentence, check_lang
from greencover.report.page.languages import Languages
from greencover.report.provenance import plain

__all__ = ["write_field_page"]

_SAYS = (
    "title",
    "checker",
    "nearest",
    "in_order",
    "all",
    "open",
    "done",
    "photo",
    "note",
    "position",
    "no_position",
    "map",
    "save",
    "saved",
    "nothing",
    "language",
    "back",
    "metres",
)


def write_field_page(
    sample: gpd.GeoDataFrame, path: str | Path, *, lang: Lang = BOTH, datum: MapDatum = "WGS 84"
) -> Path:
    """Write the form of a sample as one HTML file for a telephone.

    It lists the stations, nearest first where the telephone tells its position, takes a finding, a
    photograph's name and a remark for each, keeps them in the browser, and saves a CSV that
    ``read_field_form`` reads. Nothing is loaded from a network.

    Parameters
    ----------
    sample
        What ``field_sample`` returned.
    path
        File to make or to replace.
    lang
        What the page opens in; a switch changes it.
    datum
        Of the coordinates that are shown and handed to the telephone's map: ``"GCJ-02"`` for
        Chinese map services. What the form saves is WGS 84.

    Examples
    --------
    >>> import tempfile
    >>> import greencover as gc
    >>> assessment = gc.assess("campaign.toml")
    >>> sample = gc.field_sample(assessment.roadside, n=60)
    >>> write_field_page(sample, Path(tempfile.mkdtemp()) / "form.html").name
    'form.html'
    """
    from jinja2 import Environment, StrictUndefined

    check_lang(lang)
    languages = Languages.of(lang)
    source = files("greencover.report.page").joinpath("field_form.html").read_text("utf-8")
    page = Environment(autoescape=True, undefined=StrictUndefined).from_string(source)
    document = page.render(lang=lang, languages=languages, data=_embedded(sample, languages, datum))
    with replacing(path) as draft:
        draft.write_text(document, encoding="utf-8", newline="\n")
    return Path(path)


def _embedded(sample: gpd.GeoDataFrame, languages: Languages, datum: MapDatum) -> str:
    form = blank_form(sample)
    of = "road" if "road" in form else "water"
    x, y = (form[one].to_numpy(dtype=float) for one in ("lon", "lat"))
    if datum == "GCJ-02":
        x, y = wgs84_to_gcj02(x, y)
    rows = [
        {
            "id": row["sample_id"],
            "road": row[of],
            "at": f"{chainage_label(row['from_m'])} – {chainage_label(row['to_m'])}",
            "side": languages.pair(Label(row["side"], "sides")),
            "unit": row.get("township") or "",
            "lon": row["lon"],
            "lat": row["lat"],
            "shown": [round(float(lon), 6), round(float(lat), 6)],
            "columns": {column: row[column] for column in PLACE if column in row},
        }
        for row, lon, lat in zip(form.to_dict("records"), x, y, strict=True)
    ]
    data: dict[str, Any] = {
        "rows": rows,
        "draw": {one: form[one].iloc[0] for one in DRAW},
        "places": [column for column in PLACE if column in form],
        "filled": list(FILLED),
        "findings": [[one, *languages.pair(Label(one, "found"))] for one in FOUND],
        "says": {key: languages.pair(Label(key, "field_page")) for key in _SAYS},
        "how": languages.pair(Sentence("field.how_to_fill")),
        "datum": datum,
    }
    # A closing tag inside a script would end it.
    return json.dumps(plain(data), ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")
