"""Both sides of roads or waters by status: a picture, a map to move in, and files."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from greencover.ground import fonts
from greencover.ground.framed import Framed
from greencover.ground.saving import add_layer, write_sheets
from greencover.ground.writing import replacing_folder
from greencover.words import label_of, language

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

# After Okabe and Ito: bluish green, vermilion, grey, purple, yellow.
STATUS_COLOUR = {
    "greened": "#009e73",
    "gap": "#d55e00",
    "excluded": "#9aa3a8",
    "unobserved": "#8e6bbf",
    "not seen": "#e0a800",
    "median": "#56b4e9",
}
# Widths tell the statuses apart where colours do not.
_WIDTH = {
    "greened": 1.5,
    "gap": 2.6,
    "excluded": 0.8,
    "unobserved": 1.0,
    "not seen": 2.0,
    "median": 1.2,
}


# Of the tables below a map to move in.
_TABLE = """
h2 { font-size: 16px; margin: 18px 0 6px; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; }
th, td { padding: 3px 10px; border-bottom: 1px solid #d5dadd; text-align: left; }
"""


def drawn(greening: Any, ax: Axes | None, *, lang: str | None) -> Axes:
    """Draw the sides, the gaps last; see ``CorridorGreening.plot``."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    runs = _flat(greening.runs)
    with mpl.rc_context(fonts.settings()):
        if ax is None:
            _, ax = plt.subplots(figsize=(9, 7), layout="constrained")
        for status in reversed(tuple(STATUS_COLOUR)):
            part = runs[runs["status"] == status]
            if len(part):
                named = f"{_label(status, lang)}  {part['length_m'].sum() / 1000:.2f} km"
                look: dict[str, Any] = {"color": STATUS_COLOUR[status], "label": named}
                part.plot(ax=ax, linewidth=_WIDTH[status], **look)
        ax.set_aspect("equal", adjustable="datalim")
        ax.legend(loc="best", frameon=False)
        ax.set_xlabel("m")
        ax.set_ylabel("m")
        ax.tick_params(labelsize=8)
    return ax


def explored(greening: Any, *, height: int, lang: str | None) -> Framed:
    """A map to move in; see ``CorridorGreening.explore``."""
    return Framed(lambda: _document(greening, height, lang), repr(greening), height=height)


def written(greening: Any, out: str | Path) -> dict[str, Path]:
    """Write tables, layers and a picture; see ``CorridorGreening.write``."""
    name = "roadside" if greening.of == "road" else "waterside"
    files = [f"{name}.{suffix}" for suffix in ("xlsx", "gpkg", "png", "html")]
    with replacing_folder(out, ours=files) as folder:
        write_sheets(sheets(greening), folder / files[0])
        write_layers(greening, folder / files[1])
        write_picture(greening, folder / files[2])
        write_page(greening, folder / files[3])
    return {file: Path(out) / file for file in files}


def write_layers(greening: Any, path: Path) -> None:
    """Write the sides, gaps and chains as layers of one GeoPackage."""
    for layer, table in layers_of(greening).items():
        add_layer(table, path, layer, mode="a")


def write_picture(greening: Any, path: Path) -> None:
    """Write the picture of ``drawn`` in the language in force."""
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots(figsize=(9, 7), layout="constrained")
    drawn(greening, ax, lang=None)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def write_page(
    greening: Any, path: Path, *, tables: Mapping[str, pd.DataFrame] = MappingProxyType({})
) -> None:
    """Write the map to move in, with tables under their headings below it."""
    path.write_text(_document(greening, 640, None, tables), encoding="utf-8", newline="\n")


def sheets(greening: Any) -> dict[str, pd.DataFrame]:
    """Rates, gaps, deductions, parameters and notes, by the name of their sheet."""
    tables = {
        "rates": greening.rates,
        "gaps": greening.gaps,
        "not seen": greening.not_seen,
        "deductions": greening.deductions,
    }
    if "evidence" in greening.sides:
        tables["evidence"] = greening.evidence_lengths
        tables["disagreements"] = greening.disagreements
    said = [(str(key), str(value)) for key, value in greening.parameters.items()]
    tables["parameters"] = pd.DataFrame(said, columns=["parameter", "value"])
    tables["notes"] = pd.DataFrame({"note": [str(note) for note in greening.notes]})
    return {key: table for key, table in tables.items() if len(table) or key == "gaps"}


def layers_of(greening: Any) -> dict[str, gpd.GeoDataFrame]:
    """Sides, gaps, chains and trees by the name of their layer; those without rows are left out."""
    layers = {
        "sides": greening.sides,
        "gaps": greening.gaps,
        "not_seen": greening.not_seen,
        "chains": greening.chains,
        "trees": greening.trees,
    }
    if "evidence" in greening.sides:
        layers["disagreements"] = greening.disagreements
    return {key: one for key, one in layers.items() if one is not None and len(one)}


def _document(
    greening: Any,
    height: int,
    lang: str | None,
    tables: Mapping[str, pd.DataFrame] = MappingProxyType({}),
) -> str:
    from bokeh.embed import file_html
    from bokeh.layouts import column
    from bokeh.models import Div, HoverTool
    from bokeh.plotting import figure
    from bokeh.resources import INLINE

    runs = _flat(greening.runs)
    page = figure(
        height=height - 40,
        sizing_mode="stretch_width",
        match_aspect=True,
        tools="pan,wheel_zoom,box_zoom,reset",
        active_scroll="wheel_zoom",
    )
    shown = [greening.of, "side", "chainage", "length_m"]
    for status in reversed(tuple(STATUS_COLOUR)):
        part = runs[runs["status"] == status]
        if not len(part):
            continue
        lines = [shapely.get_coordinates(line) for line in part.geometry]
        values: dict[str, Any] = {
            column: part[column].tolist() for column in shown if column in part
        }
        values |= {"xs": [xy[:, 0] for xy in lines], "ys": [xy[:, 1] for xy in lines]}
        page.multi_line(
            "xs",
            "ys",
            source=values,
            line_color=STATUS_COLOUR[status],
            line_width=1.6 * _WIDTH[status],
            legend_label=_label(status, lang),
        )
    page.add_tools(HoverTool(tooltips=[(c, f"@{{{c}}}") for c in shown if c in runs]))
    page.legend.click_policy = "hide"
    below = [
        Div(
            text=f"<h2>{escape(heading)}</h2>{table.to_html(index=False, na_rep='', border=0)}",
            stylesheets=[_TABLE],
        )
        for heading, table in tables.items()
    ]
    whole = column(page, *below, sizing_mode="stretch_width") if below else page
    return str(file_html(whole, INLINE, title=type(greening).__name__))


def _flat(runs: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lines in metres of the local zone, one part each."""
    if not len(runs):
        return runs
    flat = runs.to_crs(runs.estimate_utm_crs())
    parts = flat.explode(ignore_index=True)
    return parts[np.asarray(shapely.get_num_coordinates(parts.geometry.to_numpy())) > 1]


def _label(status: str, lang: str | None) -> str:
    return label_of(status, "statuses", lang or language()) or status
