"""The gaps of the page: on the map and as a list that zooms to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greencover.report import palette
from greencover.report.labels import Label, Named, Sayable
from greencover.report.page.geometry import line_columns
from greencover.report.page.lines import LINE_HOVER
from greencover.report.page.map import Layer, Tip
from greencover.report.selection import name_of, text_of

if TYPE_CHECKING:
    import geopandas as gpd

    from greencover.report.page.languages import Languages
    from greencover.report.page.map import MapBuilder


MOST_PRINTED = 200
# Keys that the page filters gaps by.
KEYS = ("grade", "side", "evidence")
# Fields that are said in either language.
SPOKEN = ("grade", "side", "cover_now", "township")


def gap_columns(languages: Languages) -> dict[str, dict[str, tuple[str, str]]]:
    """Title and field of each column of the list, by mode of the switch."""
    keys = ("gap_id", "road", "grade", "side", "chainage", "length_m", "township", "cover_now")
    return {
        f"gap {key}": dict(
            zip(
                languages.modes,
                zip(
                    languages.words(Label(key, "columns")),
                    languages.fields(key) if key in SPOKEN else (key,) * 3,
                    strict=True,
                ),
                strict=True,
            )
        )
        for key in keys
    }


def printed_gaps(gaps: gpd.GeoDataFrame) -> list[dict[str, Sayable]]:
    """The longest gaps as the words of a table, for paper: it cannot be scrolled."""
    longest = gaps.sort_values("length_m", ascending=False, kind="stable").head(MOST_PRINTED)
    return [
        {
            "gap_id": Named(text_of(gap["gap_id"])),
            "road": Named(text_of(gap["road"])),
            "side": Label(gap["side"], "sides"),
            "chainage": Named(text_of(gap["chainage"])),
            "length_m": Named(f"{gap['length_m']:,.0f}"),
            "township": name_of(gap, "township"),
            "cover_now": Label(gap["cover_now"], "covers"),
        }
        for gap in longest.to_dict("records")
    ]


def add_gaps(builder: MapBuilder) -> Any | None:
    """Gaps on the map and in a table that share one selection."""
    from bokeh.models import (
        CDSView,
        ColumnDataSource,
        CustomJS,
        CustomJSFilter,
        DataTable,
        NumberFormatter,
        StringFormatter,
        TableColumn,
    )

    if builder.assessment.gaps.empty:
        return None
    languages = builder.languages
    xs, ys, gaps = line_columns(builder.assessment.gaps.to_crs(builder.crs))
    bounds = gaps.geometry.bounds
    data = {
        "xs": xs,
        "ys": ys,
        **{k: bounds[k].round(1).tolist() for k in ("minx", "miny", "maxx", "maxy")},
        "gap_id": gaps["gap_id"].map(text_of).tolist(),
        "road": gaps["road"].map(text_of).tolist(),
        "chainage": gaps["chainage"].map(text_of).tolist(),
        "length_m": gaps["length_m"].round(1).tolist(),
        **languages.columns("grade", [Label(g, "grades") for g in gaps["grade"]]),
        **languages.columns("side", [Label(s, "sides") for s in gaps["side"]]),
        **languages.columns("cover_now", [Label(c, "covers") for c in gaps["cover_now"]]),
        **languages.columns(
            "township", [name_of(gap, "township") for gap in gaps.to_dict("records")]
        ),
    }
    data |= {f"{key}_key": gaps[key].map(text_of).tolist() for key in KEYS if key in gaps}
    source = ColumnDataSource(data, name="gap source")
    wanted = "return window.greencover.tables.wantedGaps(source);"
    view = CDSView(filter=CustomJSFilter(code=wanted))
    renderer = builder.figure.multi_line(
        xs="xs",
        ys="ys",
        source=source,
        view=view,
        line_color=palette.STATUS_COLOUR["gap"],
        line_width=4,
        nonselection_line_alpha=0.5,
        selection_line_color="#111111",
        selection_line_width=7,
        name="gaps",
    )
    keys = ("road", "grade", "side", "chainage", "length_m", "township", "cover_now")
    tips: list[Tip] = []
    for key in keys:
        content: str | tuple[str, str, str] = f"@{key}"
        if key == "length_m":
            content = "@length_m{0,0}"
        elif key in SPOKEN:
            first, second, both = languages.fields(key)
            content = (f"@{first}", f"@{second}", f"@{both}")
        tips.append((Label(key, "columns"), content))
    builder.add_hover(renderer, tips, {}, **LINE_HOVER)
    zoom = "const k = source.selected.indices[0]; if (k === undefined) return;"
    zoom += "const d = source.data;"
    zoom += "window.greencover.fit(map, d.minx[k], d.miny[k], d.maxx[k], d.maxy[k], 300);"
    zoom += "window.greencover.showMap();"
    source.selected.js_on_change(
        "indices", CustomJS(args={"source": source, "map": builder.figure}, code=zoom)
    )
    widths = {
        "gap_id": 150, "road": 110, "grade": 120, "side": 70, "chainage": 150,
        "length_m": 80, "township": 150, "cover_now": 130,
    }  # fmt: skip
    builder.collect(data)
    colour = palette.STATUS_COLOUR["gap"]
    builder.layers.append(Layer(["gaps"], Label("roadside_gap", "words"), True, line=colour))
    return DataTable(
        name="gap table",
        source=source,
        view=view,
        columns=[
            TableColumn(
                name=f"gap {key}",
                field=key,
                title=languages.label(key, "columns"),
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
