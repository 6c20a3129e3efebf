"""Road sides and parks of the page's map."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from greencover.report import palette
from greencover.report.labels import Label, Sayable
from greencover.report.page.geometry import line_columns, polygon_columns, simplified
from greencover.report.page.map import Layer, Tip
from greencover.report.selection import text_of

if TYPE_CHECKING:
    from greencover.report.page.map import MapBuilder

# Gaps have a layer of their own.
STATUSES = ("greened", "excluded", "unobserved", "not seen", "median")
# Fields of a road side that hold keys, and the labels that say them.
SPOKEN = {"grade": "grades", "side": "sides", "status": "statuses", "reason": "reasons"}
LINE_HOVER: dict[str, Any] = {"line_policy": "interp", "attachment": "left"}


def add_roads(builder: MapBuilder) -> None:
    """Road sides, one renderer a status, so that each has its own switch."""
    from bokeh.models import ColumnDataSource

    sides = builder.assessment.layers["road_sides"].to_crs(builder.crs)
    for status in STATUSES:
        part = sides[sides["status"] == status]
        if part.empty:
            continue
        xs, ys, part = line_columns(part)
        data = {
            "xs": xs,
            "ys": ys,
            "road": part["road"].map(text_of).tolist(),
            "grade": part["grade"].map(text_of).tolist(),
            "side": part["side"].map(text_of).tolist(),
            "status": [status] * len(part),
            "reason": part["reason"].map(text_of).tolist(),
            "length": [f"{v:,.0f} m" for v in part["length_m"]],
            "share": [f"{v:.0%}" if math.isfinite(v) else "–" for v in part["tree_share"]],
        }
        renderer = builder.figure.multi_line(
            xs="xs",
            ys="ys",
            source=ColumnDataSource(data),
            line_color=palette.STATUS_COLOUR[status],
            line_width=3,
            line_dash="dotted" if status in ("unobserved", "not seen") else "solid",
            name=f"side {status}",
        )
        tips: list[Tip] = [
            (Label("road", "columns"), "@road"),
            *((Label(k, "columns"), f"@{k}{{custom}}") for k in SPOKEN),
            (Label("length_m", "columns"), "@length"),
            (Label("tree_share", "columns"), "@share"),
        ]
        spoken = {f"@{key}": group for key, group in SPOKEN.items()}
        builder.add_hover(renderer, tips, spoken, **LINE_HOVER)
        builder.collect(data)
        words = Label(status, "statuses")
        colour = palette.STATUS_COLOUR[status]
        builder.layers.append(Layer([f"side {status}"], words, True, line=colour))


def add_parks(builder: MapBuilder) -> None:
    """Public parks."""
    from bokeh.models import ColumnDataSource

    frame = builder.assessment.layers["parks"].to_crs(builder.crs)
    xs, ys = polygon_columns(simplified(frame, builder.tolerance / 5))
    data = {"xs": xs, "ys": ys, "name": [text_of(n) for n in frame["name"]]}
    renderer = builder.figure.multi_polygons(
        xs="xs",
        ys="ys",
        source=ColumnDataSource(data),
        fill_color=palette.PARK,
        fill_alpha=0.85,
        line_color="#ffffff",
        line_width=0.8,
        name="parks",
    )
    builder.add_hover(renderer, [(Label("park", "words"), "@name")], {})
    builder.collect(data)
    swatch: list[tuple[str, Sayable]] = [(palette.PARK, Label("park", "words"))]
    builder.layers.append(Layer(["parks"], Label("parks", "layers"), True, swatch))
