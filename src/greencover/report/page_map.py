"""The map and the list of gaps of the page, as Bokeh models."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from greencover.report import palette
from greencover.report.background import cover_image, used_classes
from greencover.report.cartography import local_crs
from greencover.report.labels import join, label, pair
from greencover.report.page_geometry import line_columns, polygon_columns, simplified
from greencover.report.selection import (
    indicator_names,
    rates,
    shown,
    text_of,
    unit_name,
    unit_symbol,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from greencover.assessment import Assessment

FONT = "'Greencover Sans', 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
IMAGE_PIXELS = 1000
# Gaps have a layer of their own.
STATUSES = ("greened", "excluded", "unobserved")


@dataclass
class Layer:
    """A switch of the page: names of the renderers, label, colours of the legend."""

    names: list[str]
    label: tuple[str, str]
    shown: bool
    swatches: list[tuple[str, tuple[str, str]]] = field(default_factory=list)
    line: str = ""


class MapBuilder:
    """Builds the map layer by layer, the lowest first."""

    def __init__(self, assessment: Assessment) -> None:
        from bokeh.models import MetricLength, Range1d, ScaleBar
        from bokeh.plotting import figure

        self.assessment = assessment
        towns = assessment.layers["townships"]
        self.crs = local_crs(towns)
        west, south, east, north = towns.to_crs(self.crs).total_bounds
        margin = 0.05 * max(east - west, north - south)
        self.bounds = (west - margin, south - margin, east + margin, north + margin)
        self.tolerance = max(east - west, north - south) / 5000
        self.layers: list[Layer] = []
        self.text: list[str] = []
        self.figure = figure(
            name="map",
            x_range=Range1d(self.bounds[0], self.bounds[2]),
            y_range=Range1d(self.bounds[1], self.bounds[3]),
            height=620,
            sizing_mode="stretch_width",
            tools="pan,wheel_zoom,box_zoom,tap,reset",
            active_scroll="wheel_zoom",
            toolbar_location="above",
            background_fill_color="#f7f9fa",
            outline_line_color=palette.INK,
        )
        self.figure.toolbar.logo = None
        self.figure.grid.visible = False
        self.figure.axis.visible = False
        self.figure.add_layout(
            ScaleBar(
                range=self.figure.x_range,
                unit="m",
                dimensional=MetricLength(),
                location="bottom_left",
                background_fill_alpha=0.85,
                label_text_font=FONT,
                title="",
            )
        )

    def add_cover(self) -> None:
        """Land-cover image, by class numbers and a palette: a byte a cell."""
        from bokeh.models import LinearColorMapper

        legend = self.assessment.cover.legend
        codes, (west, east, south, north) = cover_image(
            self.assessment.cover, self.bounds, self.crs, pixels=IMAGE_PIXELS
        )
        used = used_classes(codes, legend)
        image = np.zeros(codes.shape, dtype="uint8")
        for number, entry in enumerate(used, start=1):
            image[codes.filled(-1) == entry.code] = number
        colours = ["#00000000", *(entry.colour for entry in used)]
        self.figure.image(
            image=[image[::-1]],
            x=west,
            y=south,
            dw=east - west,
            dh=north - south,
            color_mapper=LinearColorMapper(palette=colours, low=0, high=len(colours) - 1),
            name="cover",
            alpha=0.8,
            visible=False,
        )
        swatches = [(entry.colour, (entry.name_zh, entry.name)) for entry in used]
        self.layers.append(Layer(["cover"], pair("cover", "page"), False, swatches))

    def add_units(self) -> None:
        """Townships and villages, coloured by forest coverage in the same classes."""
        kinds = [("township", "townships"), ("village", "villages")]
        kinds = [(level, name) for level, name in kinds if name in self.assessment.layers]
        found = {
            level: rates(self.assessment.table, "forest_coverage", level) for level, _ in kinds
        }
        known = [
            float(v)
            for rows in found.values()
            for v in rows.loc[rows["verdict"] != "no data", "value"].dropna()
        ]
        breaks = palette.coverage_breaks(known) if known else [0.0, 100.0]
        colours = palette.coverage_colours(len(breaks) - 1)
        swatches = [
            (colour, (f"{low:g} – {high:g} %",) * 2)
            for colour, low, high in zip(colours, breaks[:-1], breaks[1:], strict=True)
        ]
        swatches.append((palette.NO_DATA, pair("no data", "verdicts")))
        for level, name in kinds:
            frame = self.assessment.layers[name].to_crs(self.crs)
            rows = found[level].reindex(frame["code"].astype(str))
            fill = [
                palette.NO_DATA
                if verdict == "no data" or not math.isfinite(figure)
                else colours[palette.class_of(figure, breaks)]
                for figure, verdict in zip(rows["value"], rows["verdict"], strict=True)
            ]
            self._add_polygons(frame, level, name, fill)
            town = level == "township"
            names = [name, f"{name} names"] if town else [name]
            self.layers.append(Layer(names, pair(name, "page"), town, swatches if town else []))

    def _add_polygons(
        self, frame: gpd.GeoDataFrame, level: str, name: str, fill: list[str]
    ) -> None:
        from bokeh.models import ColumnDataSource, HoverTool

        simple = simplified(frame, self.tolerance)
        xs, ys = polygon_columns(simple)
        rows = list(frame.itertuples(index=False))
        data: dict[str, Any] = {
            "xs": xs,
            "ys": ys,
            "fill": fill,
            "name": [unit_name(row, lang="both") for row in rows],
        }
        tips = [(label(level, "levels"), "@name")]
        table = self.assessment.table[self.assessment.table["level"] == level]
        for number, (key, names) in enumerate(indicator_names(table).items()):
            values = rates(table, key, level).reindex(frame["code"].astype(str))
            data[f"i{number}"] = [_figure(record) for _, record in values.iterrows()]
            tips.append((join(*names), f"@i{number}"))
        town = level == "township"
        renderer = self.figure.multi_polygons(
            xs="xs",
            ys="ys",
            source=ColumnDataSource(data),
            fill_color="fill",
            fill_alpha=0.7 if town else 0.85,
            line_color="#66727a" if town else "#ffffff",
            line_width=1.1 if town else 0.8,
            name=name,
            # Villages may tile the county: shown at once, they would hide the townships.
            visible=town,
            hover_fill_alpha=0.9,
            hover_line_color=palette.INK,
            nonselection_fill_alpha=0.7,
        )
        self.figure.add_tools(
            HoverTool(
                renderers=[renderer], tooltips=tips, point_policy="follow_mouse", visible=False
            )
        )
        self.collect(data)

    def add_names(self) -> None:
        """Names of the townships, over everything else."""
        from bokeh.core.properties import value

        frame = self.assessment.layers["townships"].to_crs(self.crs)
        points = shapely.point_on_surface(frame.geometry.to_numpy())
        self.figure.text(
            x=shapely.get_x(points),
            y=shapely.get_y(points),
            text=[unit_name(row, lang="zh") for row in frame.itertuples(index=False)],
            text_font=value(FONT),
            text_font_size="13px",
            text_color=palette.INK,
            text_align="center",
            text_baseline="middle",
            background_fill_color="white",
            background_fill_alpha=0.7,
            padding=2,
            border_radius=3,
            name="townships names",
            level="overlay",
        )

    def add_roads(self) -> None:
        """Road sides, one renderer a status, so that each has its own switch."""
        from bokeh.models import ColumnDataSource

        sides = self.assessment.layers["road_sides"].to_crs(self.crs)
        for status in STATUSES:
            part = sides[sides["status"] == status]
            if part.empty:
                continue
            xs, ys, part = line_columns(part)
            data = {
                "xs": xs,
                "ys": ys,
                "road": part["road"].map(text_of).tolist(),
                "grade": [label(g, "grades") for g in part["grade"]],
                "side": [label(s, "sides") for s in part["side"]],
                "status": [label(status, "statuses")] * len(part),
                "reason": [label(r, "reasons") if text_of(r) else "–" for r in part["reason"]],
                "length": [f"{v:,.0f} m" for v in part["length_m"]],
                "share": [f"{v:.0%}" if math.isfinite(v) else "–" for v in part["tree_share"]],
            }
            name = f"side {status}"
            renderer = self.figure.multi_line(
                xs="xs",
                ys="ys",
                source=ColumnDataSource(data),
                line_color=palette.STATUS_COLOUR[status],
                line_width=3,
                line_dash="dotted" if status == "unobserved" else "solid",
                name=name,
            )
            keys = ("road", "grade", "side", "status", "reason", "length", "share")
            heads = {"length": "length_m", "share": "tree_share"}
            tips = [(label(heads.get(k, k), "columns"), f"@{k}") for k in keys]
            self.add_line_hover(renderer, tips)
            self.collect(data)
            self.layers.append(
                Layer(
                    [name],
                    pair(status, "statuses"),
                    True,
                    line=palette.STATUS_COLOUR[status],
                )
            )

    def add_line_hover(self, renderer: Any, tips: list[tuple[str, str]]) -> None:
        """Show the attributes of a line under the pointer."""
        from bokeh.models import HoverTool

        self.figure.add_tools(
            HoverTool(
                renderers=[renderer],
                tooltips=tips,
                line_policy="interp",
                attachment="left",
                visible=False,
            )
        )

    def keep_scale(self) -> None:
        """Keep one scale in both directions when the window changes or the map is reset."""
        from bokeh.events import Reset
        from bokeh.models import CustomJS

        west, south, east, north = self.bounds
        whole = f"window.greencover.fit(map, {west}, {south}, {east}, {north}, 0);"
        self.figure.js_on_event(Reset, CustomJS(args={"map": self.figure}, code=whole))
        resize = CustomJS(args={"map": self.figure}, code="window.greencover.keepScale(map);")
        self.figure.js_on_change("inner_width", resize)
        self.figure.js_on_change("inner_height", resize)

    def collect(self, data: dict[str, Any]) -> None:
        """Note the text that is drawn: the font of the page must have its characters."""
        for values in data.values():
            self.text += [v for v in values if isinstance(v, str)]


def _figure(record: pd.Series) -> str:
    verdict = text_of(record["verdict"])
    if not verdict:
        return "–"
    value = float(record["value"])
    unit = unit_symbol(record["unit_of_measure"], lang="en")
    figure = f"{shown(value, float(record['target']))} {unit}"
    parts = [figure if math.isfinite(value) else ""]
    if verdict != "no target":
        parts.append(f"({label(verdict, 'verdicts')})")
    return " ".join(part for part in parts if part)
