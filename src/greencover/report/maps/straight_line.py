"""A road as a straight line: chainage to the right, left side above, right side below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from greencover.corridor._gaps import chainage_label
from greencover.corridor.sources.beside import LEFT
from greencover.corridor.sources.extent import SIDE_WORDS
from greencover.cover import COVER_TYPES
from greencover.ground import fonts
from greencover.ground.errors import OutputError
from greencover.ground.limits import beside
from greencover.ground.notes import Note
from greencover.ground.writing import replacing
from greencover.report import palette
from greencover.report.labels import Lang, check_lang, label, said

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes

    from greencover.corridor.result import CorridorGreening

__all__ = ["draw_straight_line", "write_straight_lines"]

_WIDTH_IN = 11.7
_MOST_ROWS = 8
_ROW_KM = (1.0, 2.0, 4.0, 5.0, 10.0, 20.0, 50.0, 100.0)
# Lanes above the road from the inside out: status, then cover; below it they mirror.
_ROAD_HALF, _STATUS, _COVER = 0.09, 0.38, 0.2
_LANE_GAP = 0.03
# Outermost, what was reported planted.
_CLAIM, _HATCH = 0.14, "////"
# A unit crossed in less than this share of a row has no room for its name.
_NAME_SHARE = 0.07


def draw_straight_line(
    corridor: CorridorGreening,
    road: object,
    *,
    row_km: float | None = None,
    unit_names: Mapping[Any, str] | None = None,
    claims: pd.DataFrame | None = None,
    lang: Lang = "both",
) -> Figure:
    """Draw a road as a straight-line diagram, one page.

    Parameters
    ----------
    corridor
        Result of ``roadside_greening`` or ``waterside_greening``.
    road
        Name of the road or water.
    row_km
        Length shown in a row; by default such that the road fills at most eight rows.
    unit_names
        Names to show for the units at whose borders roads were cut.
    claims
        Planting records (``Assessment.claims``), drawn outermost where they have a chainage.
    lang
        Language of the labels.

    Returns
    -------
    matplotlib.figure.Figure
        The left lane above the line and the right lane below it, coloured by status; the dominant
        cover beside each; borders of units as dashed lines.

    Examples
    --------
    A road of a kilometre, for an ``assessment`` or as here by itself.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.full((20, 100), 30, "uint8"), Affine(10, 0, 5e5, 0, -10, 3000100)
    >>> codes[:, :50] = 10
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["county"]}, geometry=[line], crs=4547)
    >>> road = gc.roadside_greening(roads, cover)
    >>> figure = draw_straight_line(road, "S1", lang="en")
    >>> figure.axes[0].get_title() is not None
    True
    """
    check_lang(lang)
    sides = corridor.sides[corridor.sides[corridor.of] == road]
    if sides.empty:
        raise OutputError("maps.no_corridor", kind=corridor.of, name=road)
    rows = _rows(sides, row_km or _row_km(sides))
    names = dict(unit_names) if unit_names is not None else {}
    reported = _of_road(claims, road)
    with mpl.rc_context(fonts.settings()):
        figure = Figure(figsize=(_WIDTH_IN, 1.9 + 1.15 * len(rows)), layout="constrained")
        FigureCanvasAgg(figure)
        axes = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
        for ax, (chain, low, high, extent) in zip(axes, rows, strict=True):
            part = sides[
                (sides["chain"] == chain) & (sides["to_m"] > low) & (sides["from_m"] < high)
            ]
            _draw_row(ax, part, low, high, low + extent, names, lang)
            _draw_claims(ax, reported, part)
        figure.suptitle(
            fonts.drawable(_title(corridor, sides, road, lang)),
            x=0.012, ha="left", fontsize=12.5, color=palette.INK,
        )  # fmt: skip
        _legend(figure, sides, lang, claimed=bool(len(reported)))
    return figure


def write_straight_lines(
    corridor: CorridorGreening,
    folder: str | Path,
    *,
    roads: Sequence[object] | None = None,
    suffix: Literal[".png", ".svg"] = ".png",
    unit_names: Mapping[Any, str] | None = None,
    claims: pd.DataFrame | None = None,
    lang: Lang = "both",
    dpi: int = 150,
) -> dict[object, Path]:
    """Write one page a road into a folder.

    Returns
    -------
    dict
        Road and path of its page.

    Examples
    --------
    The pages of an ``assessment``, or as here of a road by itself.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.full((20, 100), 30, "uint8"), Affine(10, 0, 5e5, 0, -10, 3000100)
    >>> codes[:, :50] = 10
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["county"]}, geometry=[line], crs=4547)
    >>> road = gc.roadside_greening(roads, cover)
    >>> write_straight_lines(road, "pages", lang="en", dpi=50)["S1"].as_posix()
    'pages/S1.png'
    """
    names = list(dict.fromkeys(corridor.sides[corridor.of])) if roads is None else list(roads)
    written: dict[object, Path] = {}
    taken: set[str] = set()
    for road in names:
        figure = draw_straight_line(corridor, road, unit_names=unit_names, claims=claims, lang=lang)
        stem = _file_stem(str(road), taken)
        path = Path(folder) / f"{stem}{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as draft, mpl.rc_context(fonts.settings()):
            figure.savefig(draft, dpi=dpi, format=suffix[1:])
        written[road] = path
    return written


def _file_stem(road: str, taken: set[str]) -> str:
    """A name that every file system takes and no other road of the folder has."""
    stem = "".join("_" if c in '\\/:*?"<>|' or ord(c) < 32 else c for c in road).strip(" .")[:60]
    stem = stem or "road"
    unique, number = stem, 2
    while unique.casefold() in taken:
        unique, number = f"{stem}-{number}", number + 1
    taken.add(unique.casefold())
    return unique


def _row_km(sides: pd.DataFrame) -> float:
    lengths = sides.groupby("chain")["to_m"].max() - sides.groupby("chain")["from_m"].min()
    for km in _ROW_KM:
        if np.ceil(lengths / (1000.0 * km)).sum() <= _MOST_ROWS:
            return km
    return _ROW_KM[-1]


def _rows(sides: pd.DataFrame, row_km: float) -> list[tuple[int, float, float, float]]:
    """Chain, first and last chainage, and extent of each row; rows begin at round chainages."""
    rows = []
    extent = 1000.0 * row_km
    for chain, part in sides.groupby("chain"):
        low, end = float(part["from_m"].min()), float(part["to_m"].max())
        start = np.floor(low / extent) * extent
        if end - low <= extent:
            start = low
        while start < end - 1e-6:
            rows.append((int(str(chain)), start, min(start + extent, end), extent))
            start += extent
    return rows


def _draw_row(
    ax: Axes,
    sides: pd.DataFrame,
    low: float,
    high: float,
    right: float,
    unit_names: Mapping[Any, str],
    lang: Lang,
) -> None:
    first = sides["from_m"].min()
    ax.add_patch(
        Rectangle((max(low, first), -_ROAD_HALF), high - max(low, first), 2 * _ROAD_HALF,
                  color=palette.INK, lw=0)
    )  # fmt: skip
    for side, sign in (("left", 1.0), ("right", -1.0), ("bank", -1.0)):
        part = sides[sides["side"] == side]
        inner = _ROAD_HALF + _LANE_GAP
        _lane(ax, part, "status", palette.STATUS_COLOUR, sign, inner, _STATUS)
        covers = {key: kind.colour for key, kind in COVER_TYPES.items()}
        _lane(ax, part, "cover_now", covers, sign, inner + _STATUS + _LANE_GAP, _COVER)
        if len(part):
            ax.annotate(
                fonts.drawable(label(side, "sides", lang=lang, between="\n")),
                (0.0, sign * (inner + _STATUS / 2)), xycoords=("axes fraction", "data"),
                xytext=(-6, 0), textcoords="offset points", ha="right", va="center",
                fontsize=7, color=palette.QUIET,
            )  # fmt: skip
    if "unit" in sides.columns:
        _units(ax, sides, low, right - low, unit_names)
    reach = _ROAD_HALF + _STATUS + _COVER + 3 * _LANE_GAP
    # An outline has no left lane.
    top = reach if (sides["side"] == "left").any() else _ROAD_HALF
    ax.set(xlim=(low, right), ylim=(-reach, top), yticks=[])
    ticks = np.arange(np.ceil(low / 500.0) * 500.0, right + 1.0, 500.0)
    step = max(1, len(ticks) // 10)
    kept = ticks[::step][ticks[::step] <= high + 1.0]
    ax.set_xticks(kept, [chainage_label(t) for t in kept])
    ax.tick_params(labelsize=7, colors=palette.QUIET, length=2.5)
    for spine in ax.spines.values():
        spine.set_visible(False)


def _of_road(claims: pd.DataFrame | None, road: object) -> pd.DataFrame:
    """Records of a road that have a chainage."""
    if claims is None or not len(claims):
        return pd.DataFrame()
    return pd.DataFrame(claims[(claims["road"] == str(road)) & claims["from_km"].notna()])


def _draw_claims(ax: Axes, claims: pd.DataFrame, sides: pd.DataFrame) -> None:
    """Hatched bands beyond the lanes: what was reported planted, on the side that it names."""
    if not len(claims) or not len(sides):
        return
    inner = _ROAD_HALF + _STATUS + _COVER + 3 * _LANE_GAP
    first, last = float(sides["from_m"].min()), float(sides["to_m"].max())
    ends = np.sort(1000.0 * claims[["from_km", "to_km"]].to_numpy(dtype=float), axis=1)
    for side, (low, high) in zip(claims["side"], np.clip(ends, first, last), strict=True):
        if high <= low:
            continue
        for number in SIDE_WORDS[str(side)]:
            bottom = inner if number == LEFT else -inner - _CLAIM
            ax.broken_barh(
                [(low, high - low)],
                (bottom, _CLAIM),
                facecolors="white",
                edgecolors=palette.INK,
                hatch=_HATCH,
                lw=0.6,
            )
    low, high = ax.get_ylim()
    ax.set_ylim(low - _CLAIM - _LANE_GAP, high + _CLAIM + _LANE_GAP)


def _lane(
    ax: Axes,
    part: pd.DataFrame,
    column: str,
    colours: Mapping[str, str],
    sign: float,
    inner: float,
    width: float,
) -> None:
    bottom = inner if sign > 0 else -inner - width
    kinds = part[column].to_numpy()
    for kind in dict.fromkeys(kinds):
        if kind not in colours:
            continue
        rows = part[kinds == kind]
        spans = list(zip(rows["from_m"], rows["to_m"] - rows["from_m"], strict=True))
        ax.broken_barh(_merged(spans), (bottom, width), facecolors=colours[kind], lw=0)


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join spans that touch, so that no hairlines show between stations."""
    out: list[tuple[float, float]] = []
    for start, length in spans:
        if out and abs(sum(out[-1]) - start) < 1e-6:
            out[-1] = (out[-1][0], start + length - out[-1][0])
        else:
            out.append((start, length))
    return out


def _units(
    ax: Axes, sides: pd.DataFrame, low: float, extent: float, names: Mapping[Any, str]
) -> None:
    """Dashed lines at the borders of units, and their names."""
    one = sides[sides["side"] == sides["side"].iloc[0]]
    unit = one["unit"].to_numpy()
    starts = np.flatnonzero(np.append(True, unit[1:] != unit[:-1]))
    for i in starts:
        at = max(float(one["from_m"].iloc[i]), low)
        if i:
            ax.axvline(at, color=palette.INK, lw=0.9, ls=(0, (4, 3)))
        after = starts[starts > i]
        if len(after) and float(one["from_m"].iloc[after[0]]) - at < _NAME_SHARE * extent:
            continue
        text = str(names.get(unit[i], unit[i]))
        ax.annotate(
            fonts.drawable(text), (at, 1.0), xycoords=("data", "axes fraction"),
            xytext=(3, 1), textcoords="offset points", fontsize=7.5, color=palette.INK,
            va="bottom", annotation_clip=False,
        )  # fmt: skip


def _title(corridor: CorridorGreening, sides: gpd.GeoDataFrame, road: object, lang: Lang) -> str:
    part = type(corridor)(sides, corridor.parameters)
    row = part.rates_by().iloc[0]
    grade = str(sides["grade"].iloc[0])
    shown = label(grade, "grades", lang=lang) if grade else ""
    rate = "–" if pd.isna(row["greening_pct"]) else f"{beside(row['greening_pct'], 0.0, 100.0)} %"
    figures = said(
        Note("labels.maps.straight_line", rate=rate, gap_km=beside(row["gap_km"], 0.0, digits=2)),
        lang,
        between=" · ",
    )
    return "   ".join(text for text in (str(road), shown, figures) if text)


def _legend(figure: Figure, sides: pd.DataFrame, lang: Lang, *, claimed: bool) -> None:
    present = [s for s in palette.STATUS_COLOUR if (sides["status"] == s).any()]
    handles = [
        Patch(color=palette.STATUS_COLOUR[s], label=fonts.drawable(label(s, "statuses", lang=lang)))
        for s in present
    ]
    covers = [key for key in COVER_TYPES if (sides["cover_now"] == key).any()]
    handles += [
        Patch(
            facecolor=COVER_TYPES[key].colour,
            edgecolor=palette.RULE,
            label=fonts.drawable(label(key, "covers", lang=lang)),
        )
        for key in covers
    ]
    if claimed:
        handles.append(
            Patch(
                facecolor="white",
                edgecolor=palette.INK,
                hatch=_HATCH,
                label=fonts.drawable(label("claimed", "words", lang=lang)),
            )
        )
    figure.legend(
        handles=handles, loc="outside lower left", ncols=min(len(handles), 8), fontsize=7.5,
        frameon=False,
    )  # fmt: skip
