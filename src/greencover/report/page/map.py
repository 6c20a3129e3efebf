"""The map of the page as a Bokeh model: cover, townships and villages, names."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from greencover.report import palette
from greencover.report.classes import class_of, class_words, indicator_limits
from greencover.report.judged import judged
from greencover.report.labels import Label, Named, Sayable
from greencover.report.maps.background import cover_image, used_classes
from greencover.report.maps.cartography import local_crs
from greencover.report.page.geometry import polygon_columns, simplified
from greencover.report.page.languages import Languages
from greencover.report.selection import (
    held_against,
    name_of,
    rates,
    shown,
    text_of,
    unit_sign,
)

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from greencover.verdicts import Assessment

FONT = "'Greencover Sans', 'Noto Sans SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
IMAGE_PIXELS = 1000

#: Heading; content, the same in each language or for each mode of the switch.
Tip = tuple[Sayable, str | tuple[str, str, str]]


@dataclass
class Layer:
    """A switch of the page: names of the renderers, label, colours of the legend."""

    names: list[str]
    label: Sayable
    shown: bool
    swatches: list[tuple[str, Sayable]] = field(default_factory=list)
    line: str = ""


class MapBuilder:
    """Builds the map layer by layer, the lowest first."""

    def __init__(self, assessment: Assessment, languages: Languages) -> None:
        from bokeh.models import MetricLength, Range1d, ScaleBar
        from bokeh.plotting import figure

        self.assessment, self.languages = assessment, languages
        towns = assessment.layers["townships"]
        self.crs = local_crs(towns)
        west, south, east, north = towns.to_crs(self.crs).total_bounds
        margin = 0.05 * max(east - west, north - south)
        self.bounds = (west - margin, south - margin, east + margin, north + margin)
        self.tolerance = max(east - west, north - south) / 5000
        self.layers: list[Layer] = []
        self.text: list[str] = []
        self.tips: dict[str, dict[str, list[tuple[str, str]]]] = {}
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
        swatches: list[tuple[str, Sayable]] = [
            (entry.colour, Named(entry.name_zh, entry.name)) for entry in used
        ]
        self.layers.append(Layer(["cover"], Label("cover", "page"), False, swatches))

    def add_units(self) -> None:
        """Townships and villages, coloured by forest coverage in the same classes."""
        kinds = [("township", "townships"), ("village", "villages")]
        kinds = [(level, name) for level, name in kinds if name in self.assessment.layers]
        found = {
            level: rates(self.assessment.table, "forest_coverage", level) for level, _ in kinds
        }
        breaks = indicator_limits(self.assessment.table, "forest_coverage")
        colours = palette.steps(palette.COVERAGE, len(breaks) - 1)
        swatches: list[tuple[str, Sayable]] = [
            (colour, Named(f"{words} %"))
            for colour, words in zip(colours, class_words(breaks), strict=True)
        ]
        swatches.append((palette.NO_DATA, Label("no data", "verdicts")))
        for level, name in kinds:
            frame = self.assessment.layers[name].to_crs(self.crs)
            rows = found[level].reindex(frame["code"].astype(str))
            fill = [
                palette.NO_DATA
                if verdict == "no data" or not math.isfinite(figure)
                else colours[class_of(figure, breaks)]
                for figure, verdict in zip(rows["value"], rows["verdict"], strict=True)
            ]
            self._add_polygons(frame, level, name, fill)
            town = level == "township"
            names = [name, f"{name} names"] if town else [name]
            self.layers.append(Layer(names, Label(name, "page"), town, swatches))

    def _add_polygons(
        self, frame: gpd.GeoDataFrame, level: str, name: str, fill: list[str]
    ) -> None:
        from bokeh.models import ColumnDataSource

        simple = simplified(frame, self.tolerance)
        xs, ys = polygon_columns(simple)
        rows = list(frame.itertuples(index=False))
        bounds = frame.geometry.bounds
        data: dict[str, Any] = {
            "xs": xs,
            "ys": ys,
            "fill": fill,
            "code": frame["code"].map(text_of).tolist(),
            **{k: bounds[k].round(1).tolist() for k in ("minx", "miny", "maxx", "maxy")},
            **self.languages.columns("name", [name_of(row) for row in rows]),
        }
        fields = ["@" + name for name in self.languages.fields("name")]
        tips: list[Tip] = [(Label(level, "levels"), (fields[0], fields[1], fields[2]))]
        spoken = {}
        columns = [one for one in judged(self.assessment.table) if len(one.on(level))]
        for number, column in enumerate(columns):
            values = column.on(level).reindex(frame["code"].astype(str))
            records = [record for _, record in values.iterrows()]
            data[f"i{number}"] = [self._figure(record) for record in records]
            data[f"v{number}"] = [_verdict(record) for record in records]
            tips.append((column.name, f"@i{number} @v{number}{{custom}}"))
            spoken[f"@v{number}"] = "verdicts"
        town = level == "township"
        renderer = self.figure.multi_polygons(
            xs="xs",
            ys="ys",
            source=ColumnDataSource(data),
            fill_color="fill",
            line_color="#66727a" if town else "#ffffff",
            line_width=1.1 if town else 0.8,
            name=name,
            # Villages may tile the county: shown at once, they would hide the townships.
            visible=town,
            hover_line_color=palette.INK,
            # A colour of the map is the colour of its legend: nothing shines through.
            nonselection_fill_alpha=1.0,
        )
        self.add_hover(renderer, tips, spoken, point_policy="follow_mouse", attachment="right")
        self.collect(data)

    def add_names(self) -> None:
        """Names of the townships, over everything else."""
        from bokeh.core.properties import value
        from bokeh.models import ColumnDataSource

        frame = self.assessment.layers["townships"].to_crs(self.crs)
        points = shapely.point_on_surface(frame.geometry.to_numpy())
        names = [self.languages.pair(name_of(row)) for row in frame.itertuples(index=False)]
        data: dict[str, Any] = {
            "x": shapely.get_x(points),
            "y": shapely.get_y(points),
            self.languages.first: [first for first, _ in names],
            self.languages.second: [second for _, second in names],
        }
        self.collect(data)
        self.figure.text(
            x="x",
            y="y",
            text=self.languages.first,
            source=ColumnDataSource(data),
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

    def add_hover(
        self, renderer: Any, tips: list[Tip], spoken: dict[str, str], **options: Any
    ) -> None:
        """Show attributes under the pointer, in the language that the page is in.

        ``spoken`` names, for fields that hold keys, the group of labels that says them.
        """
        from bokeh.models import CustomJSHover, HoverTool

        by_lang: dict[str, list[tuple[str, str]]] = {}
        for place, mode in enumerate(self.languages.modes):
            by_lang[mode] = [
                (
                    self.languages.words(head)[place],
                    content if isinstance(content, str) else content[place],
                )
                for head, content in tips
            ]
        name = f"hover {renderer.name}"
        self.tips[name] = by_lang
        formatters = {
            key: CustomJSHover(code=f"return window.greencover.say('{group}', value);")
            for key, group in spoken.items()
        }
        self.figure.add_tools(
            HoverTool(
                name=name,
                renderers=[renderer],
                tooltips=by_lang["both"],
                formatters=formatters,
                visible=False,
                **options,
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

    def _figure(self, record: pd.Series[Any]) -> str:
        if not text_of(record["verdict"]):
            return "–"
        value = float(record["value"])
        unit = unit_sign(record["unit_of_measure"], self.languages.second)
        return f"{shown(value, *held_against(record))} {unit}" if math.isfinite(value) else ""


def _verdict(record: pd.Series[Any]) -> str:
    verdict = text_of(record["verdict"])
    return "" if verdict == "no target" else verdict
