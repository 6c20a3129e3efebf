"""The gaps of the page: on the map and as a list that zooms to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greencover.report import palette
from greencover.report.labels import join, label, pair
from greencover.report.page_geometry import line_columns
from greencover.report.page_map import Layer
from greencover.report.selection import text_of

if TYPE_CHECKING:
    from greencover.report.page_map import MapBuilder


def add_gaps(builder: MapBuilder) -> Any | None:
    """Gaps on the map and in a table that share one selection."""
    from bokeh.models import (
        ColumnDataSource,
        CustomJS,
        DataTable,
        NumberFormatter,
        StringFormatter,
        TableColumn,
    )

    if builder.assessment.gaps.empty:
        return None
    xs, ys, gaps = line_columns(builder.assessment.gaps.to_crs(builder.crs))
    bounds = gaps.geometry.bounds
    data = {
        "xs": xs,
        "ys": ys,
        **{k: bounds[k].round(1).tolist() for k in ("minx", "miny", "maxx", "maxy")},
        "gap_id": gaps["gap_id"].map(text_of).tolist(),
        "road": gaps["road"].map(text_of).tolist(),
        "grade": [label(g, "grades") for g in gaps["grade"]],
        "side": [label(s, "sides") for s in gaps["side"]],
        "chainage": gaps["chainage"].map(text_of).tolist(),
        "length_m": gaps["length_m"].round(1).tolist(),
        "township": [
            join(text_of(zh), text_of(en))
            for zh, en in zip(gaps["township"], gaps["township_en"], strict=True)
        ],
        "cover_now": [label(c, "covers") for c in gaps["cover_now"]],
    }
    source = ColumnDataSource(data, name="gap source")
    renderer = builder.figure.multi_line(
        xs="xs",
        ys="ys",
        source=source,
        line_color=palette.STATUS_COLOUR["gap"],
        line_width=4,
        nonselection_line_alpha=0.5,
        selection_line_color="#111111",
        selection_line_width=7,
        name="gaps",
    )
    keys = ("road", "grade", "side", "chainage", "length_m", "township", "cover_now")
    tips = [
        (label(key, "columns"), "@length_m{0,0}" if key == "length_m" else f"@{key}")
        for key in keys
    ]
    builder.add_line_hover(renderer, tips)
    zoom = "const k = source.selected.indices[0]; if (k === undefined) return;"
    zoom += "const d = source.data;"
    zoom += "window.greencover.fit(map, d.minx[k], d.miny[k], d.maxx[k], d.maxy[k], 300);"
    source.selected.js_on_change(
        "indices", CustomJS(args={"source": source, "map": builder.figure}, code=zoom)
    )
    widths = {
        "gap_id": 60, "road": 110, "grade": 120, "side": 70, "chainage": 150,
        "length_m": 80, "township": 150, "cover_now": 130,
    }  # fmt: skip
    builder.collect(data)
    colour = palette.STATUS_COLOUR["gap"]
    builder.layers.append(Layer(["gaps"], pair("roadside_gap", "words"), True, line=colour))
    return DataTable(
        name="gap table",
        source=source,
        columns=[
            TableColumn(
                field=key,
                title=label(key, "columns"),
                width=width,
                formatter=NumberFormatter(format="0,0", text_align="right")
                if key == "length_m"
                else StringFormatter(),
            )
            for key, width in widths.items()
        ],
        index_position=None,
        reorderable=False,
        height=min(460, 60 + 26 * len(gaps)),
        sizing_mode="stretch_width",
        row_height=26,
    )
