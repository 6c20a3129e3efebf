"""Waterside greening: which length of the banks of rivers and lakes is lined with trees.

The same stations and strips as beside roads. A river drawn as a line has two banks, half its width
away; a river or lake drawn as a polygon has its outline, outward.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Unpack

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj
import shapely

from greencover.corridor._belts import Carriageways
from greencover.corridor._by_row import TWICE, RowRules, Rows, names_of, with_others
from greencover.corridor._chains import Chain, chains_of
from greencover.corridor._groups import greening_in_groups, put_together
from greencover.corridor._layout import Layout
from greencover.corridor._once import SameRoad
from greencover.corridor._options import WaterOptions, divided
from greencover.corridor._ownership import Ownership, nearest_first
from greencover.corridor._stations import Network
from greencover.corridor._strips import SIDES
from greencover.corridor._water_layer import INSIDE, lines_apart, outlines_of
from greencover.corridor.evidence import Evidence
from greencover.corridor.result import WatersideGreening
from greencover.corridor.road_layer import again_notes, excluded_covers, parameters_of
from greencover.corridor.rules import settled
from greencover.corridor.sources.given import Beside, Sources
from greencover.cover.land_cover import LandCover
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import Ellipsoid, geographic_of, require_crs
from greencover.ground.notes import Note
from greencover.ground.run import Run
from greencover.layers import check_geometry, measure_by_row
from greencover.layers.tables import require_columns
from greencover.words import Listed

__all__ = ["WatersideGreening", "bank_layouts", "greened_banks", "waterside_greening"]

_WHERE = Note("corridor.water_layer")


def waterside_greening(
    waters: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    run: Run | None = None,
    **options: Unpack[WaterOptions],
) -> WatersideGreening:
    """Waterside greening of rivers, canals and lakes, by station and bank.

    Parameters
    ----------
    waters
        Lines, polygons, or both, in any coordinate reference system.
    cover
        The land cover.
    run
        How it is run, see :class:`greencover.ground.run.Run`; its options are keywords, too.
    water
        Column with the name (``"name"``); pieces of one name are joined.
    width_m
        Width of the waters that are drawn as lines: metres (0) or a column. Polygons have their
        own.
    setback_m
        From the edge of the water to the belt, such as the width of a revetment.
    belt_m, threshold
        Width of the belt, and the share of a strip from which it counts as greened: a number or a
        column; defaults from ``rules.toml``. Banks have no grade: in place of a mapping by grade
        the default is taken, and a note says so.
    step_m, covers, exclude, bridge_gap_m, same_road_m, units, unit, within, evidence
        As in ``roadside_greening``. Strips that are half water or more are excluded by default:
        there the water is wider than it was drawn.
    islands
        Whether the banks of islands inside polygons count; they do by default.
    canopy, dates, authors, max_age_years, as_of
        As in ``roadside_greening``: a second cover that sees trees, and its date and author.

    Returns
    -------
    WatersideGreening
        As for roads, with a column ``water``; ``side`` is "left" or "right" in the direction of a
        line, and "bank" along the outline of a polygon.

    Raises
    ------
    LayerError
        A column is missing, or a rule has a value beyond its limits.
    CrsError
        The waters have no coordinate reference system.
    NoOverlapError
        No strip meets the raster.

    Examples
    --------
    A canal of a kilometre, 20 m wide, with trees along its western half.

    >>> import tempfile
    >>> import greencover as gc, rasterio
    >>> path = tempfile.mkdtemp() + "/cover.tif"
    >>> codes = np.full((20, 100), 30, dtype="uint8")
    >>> codes[:, :50] = 10
    >>> grid = rasterio.transform.from_origin(500_000, 3_000_100, 10, 10)
    >>> with rasterio.open(
    ...     path, "w", "GTiff", 100, 20, 1, "EPSG:4547", grid, "uint8"
    ... ) as file:
    ...     file.write(codes, 1)
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> waters = gpd.GeoDataFrame({"name": ["canal"]}, geometry=[line], crs=4547)
    >>> cover = gc.LandCover.open(path, legend="worldcover")
    >>> banks = gc.waterside_greening(waters, cover, width_m=20.0)
    >>> banks.rates[["water", "greening_pct"]].round(1).values.tolist()
    [['canal', 50.0]]
    """
    run, given = divided(run, options)
    return greened_banks(bank_layouts(waters, **given, cover_year=cover.year), cover, run)


def greened_banks(layouts: Sequence[Layout], cover: LandCover, run: Run) -> WatersideGreening:
    """Waterside greening of banks that are laid out; see ``waterside_greening``."""
    parts = []
    for number, layout in enumerate(layouts):
        parts += list(greening_in_groups(layout, cover, run.within(str(number))))
    return put_together(parts, WatersideGreening)


def bank_layouts(
    waters: gpd.GeoDataFrame,
    *,
    water: str = "name",
    width_m: float | str = 0.0,
    units: gpd.GeoDataFrame | None = None,
    unit: str = "code",
    within: gpd.GeoDataFrame | None = None,
    evidence: Sequence[Evidence] = (),
    canopy: LandCover | None = None,
    dates: Mapping[str, object] | None = None,
    authors: Mapping[str, str] | None = None,
    max_age_years: float | None = None,
    as_of: object = None,
    cover_year: int | None = None,
    **given: Any,
) -> list[Layout]:
    """Check a layer of waters and its rules: one layout for lines, and one for outlines."""
    crs = require_crs(waters.crs, _WHERE)
    rules = settled("water", given, "waterside_greening")
    require_columns(waters, [water], _WHERE)
    if waters.empty:
        raise LayerError("corridor.no_waters")
    waters = check_geometry(waters.reset_index(drop=True), _WHERE, geometry="any")
    ownership = Ownership.of(units, unit, within, crs)
    sources = Sources(
        canopy=canopy,
        dates=dates or {},
        authors=authors or {},
        max_age_years=max_age_years,
        as_of=as_of,
        cover_year=cover_year,
    )
    beside = sources.from_above(rules["covers"])
    kinds = shapely.get_type_id(waters.geometry.to_numpy())
    odd = ~np.isin(kinds, (1, 3, 5, 6))
    if odd.any():
        raise LayerError(
            "corridor.no_bank", where=_WHERE, kind=waters.geometry[odd].iloc[0].geom_type
        )
    lines = waters[np.isin(kinds, (1, 5))]
    polygons = waters[np.isin(kinds, (3, 6))]
    outlines = outlines_of(polygons, water, islands=rules["islands"])
    if len(lines) and len(polygons):
        lines = lines_apart(lines, polygons)
    return [
        _layout(part, water, width_m, crs, rules, ownership, evidence, beside, outline=outline)
        for part, outline in ((lines, False), (outlines, True))
        if len(part)
    ]


def _layout(
    waters: gpd.GeoDataFrame,
    column: str,
    width_m: float | str,
    crs: pyproj.CRS,
    rules: Mapping[str, Any],
    ownership: Ownership | None,
    evidence: Sequence[Evidence],
    beside: Beside,
    *,
    outline: bool,
) -> Layout:
    waters = waters.reset_index(drop=True)
    evidence = (*evidence, *beside.evidence)
    taken = dict(rules)
    notes: list[Note] = []
    rows = Rows("water", waters, _WHERE, None, {}, notes)
    half = np.zeros(len(waters))
    if not outline:
        half = measure_by_row(width_m, waters, "width_m", _WHERE, or_zero=True) / 2.0
    nothing = np.full(len(waters), "", dtype=object)
    barred = nothing
    if INSIDE in waters:
        barred = np.where(waters[INSIDE], TWICE, nothing)
    own = RowRules(
        offset_m=half + rows.numbers("setback_m", taken),
        belt_m=rows.numbers("belt_m", taken),
        threshold=rows.numbers("threshold", taken),
        grade=nothing,
        barred=barred,
    )
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    again: dict[Any, float] = {}
    claim = None if outline else np.zeros(len(waters), dtype=np.int64)
    names, same = names_of(waters, column), SameRoad.by(rules)
    chains = chains_of(waters, names, crs, claim=claim, same=same, again=again)
    own, half = with_others(own), np.concatenate([half, half])
    notes += _inside_notes(chains, own.barred == TWICE)
    if not chains:
        raise LayerError("corridor.no_length", where=_WHERE)
    reach_m = float((own.offset_m + own.belt_m).max())
    chains, laid = nearest_first(chains, ownership, reach_m)
    surface = Carriageways.none()
    if half.any():
        surface = Carriageways.of(Network.of(chains), ellipsoid, half, own.barred != TWICE)
    return Layout(
        chains=chains,
        rules=own,
        crs=geographic,
        ellipsoid=ellipsoid,
        step_m=rules["step_m"],
        roads=surface,
        ownership=ownership,
        laid=laid,
        want=(not outline, True),
        name="water",
        judgement={
            "rules": taken,
            "parameters": {
                **parameters_of(taken, evidence),
                **beside.parameters,
                "width_m": width_m,
                "sides": "both banks of lines, the outline of polygons",
                "excluded": excluded_covers(taken),
            },
            "notes": (*notes, *again_notes(again), *beside.notes),
            "kind": WatersideGreening,
            "covered_by": ("mouth", "other water"),
            "evidence": tuple(evidence),
        },
        side_names=("", "bank") if outline else SIDES,
    )


def _inside_notes(chains: list[Chain], twice: npt.NDArray[np.bool_]) -> list[Note]:
    """Waters drawn as lines as far as they lie on others."""
    metres = {
        chain.road: float(np.diff(chain.distance)[twice[chain.piece]].sum())
        for chain in chains
        if twice[chain.piece].any()
    }
    if not metres:
        return []
    names = Listed.of(metres, last="comma")
    return [Note("corridor.in_other_water", km=sum(metres.values()) / 1000.0, waters=names)]
