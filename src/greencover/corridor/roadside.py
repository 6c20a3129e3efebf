"""Roadside greening: which length of a road, side by side, is lined with trees.

The rate is a length: greened length over length that can be greened, both sides counted. No
national text fixes sides, exclusions, belt width or threshold; ours are parameters, listed in
``RoadsideGreening.parameters`` and printed with every result.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Unpack

import geopandas as gpd

from greencover.corridor._groups import greening_in_groups, put_together
from greencover.corridor._layout import Layout
from greencover.corridor._options import RoadOptions, divided
from greencover.corridor._strips import Strips
from greencover.corridor.result import RoadsideGreening
from greencover.corridor.road_layer import road_layout
from greencover.corridor.rules import defaults
from greencover.cover.land_cover import LandCover
from greencover.ground.run import Run

__all__ = [
    "RoadsideGreening",
    "Strips",
    "defaults",
    "greened_roads",
    "lay_strips",
    "roadside_greening",
    "roadside_greening_in_groups",
]


def roadside_greening(
    roads: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    run: Run | None = None,
    **options: Unpack[RoadOptions],
) -> RoadsideGreening:
    """Roadside greening of a road network, by station and side.

    Each road is cut into stations of equal length. On each side of a station lies a strip from
    the edge of the carriageway to the edge of the belt; the side is *greened* when the share of the
    strip under ``covers`` reaches the threshold, *excluded* where it cannot be planted (bridge,
    tunnel, mostly water, under another carriageway), *unobserved* where less than half of it was
    seen, and a *gap* otherwise. Large networks are worked off in groups of whole roads.

    Parameters
    ----------
    roads
        Lines in any coordinate reference system.
    cover
        The land cover.
    run
        How it is run, see :class:`greencover.ground.run.Run`; its options are keywords, too.
    road, grade
        Columns with the road's name (pieces of one name are joined) and its grade: ``"name"`` and
        ``"grade"``; ``grade=None`` where there are no grades.
    ref
        Column with the number of a road: pieces without a name are one road where they have the
        same number, and roads of their own where they have none.
    step_m
        Length of a station in metres. A stretch between two borders (road ends, heads of bridges,
        unit borders) is cut into equal stations as near to it as their number allows.
    offset_m
        From the centreline to the inner edge of the belt: metres, a column, or a mapping by grade.
        This and every rule below that is not given takes its default from ``rules.toml``; so do
        the grades that a mapping leaves out, and a note says so.
    belt_m
        Width of the belt: metres, a column, or a mapping by grade.
    threshold
        Share of the strip from which a side is greened: number, column or mapping by grade.
    covers
        Cover types that count as greening: trees and shrubs (woody greening) by default.
    exclude
        Cover types that cannot be planted, and the share of a strip from which they exclude it
        (water in any case, others unless it is greened): half of it water by default.
        ``{"water": 0.5, "bare": 0.5, "built": 0.5}`` also leaves out rock and built-up frontage,
        where the standard allows it.
    bridge_gap_m
        A gap up to this length between two greened sides, such as a driveway, counts as greened.
    same_road_m, same_road_least_m, same_road_share
        Lines nearer than the first for the second length, or for that share of a shorter piece,
        are one road that was drawn twice; the same line (``same_line_m``, ``same_line_least_m``)
        for less, and only at an angle of up to ``same_road_turn_deg``.
    dual
        What a road drawn as two lines counts as: ``"one road"``, by its outer sides, the sides that
        face its median being a class of their own; or ``"two roads"``, whose inner sides count.
    dual_apart_m, dual_least_m, dual_turn_deg
        Two lines of one road are its carriageways where they lie nearer than the first, for the
        second length, at an angle of up to the third. Legs of one line that turns back on itself
        are none; a ring's are.
    mouth_m
        Length on either side of a crossing or joining carriageway that must stay open, such as a
        sight triangle; it is excluded as junction, beside what the carriageway itself covers.
    bridge, tunnel
        Columns that say whether a piece is on a bridge or in a tunnel.
    excluded
        Column with the reason why a piece cannot be planted, empty where it can.
    start_km
        Column with the chainage in km at the first point of a piece, empty where it is not known;
        a chain without any starts at K0.
    grades
        Own words for grades: a mapping, or a scheme such as ``"osm"`` for the key highway of
        OpenStreetMap; see ``canonical_grades``. Roads that stand for ``"none"`` are left out.
    units, unit
        Polygons, such as townships, that the ground of the strips belongs to, and their naming
        column (``"code"``); stations are split where it changes hands, and the result's
        ``sides`` then has a column ``unit``.
    within
        Polygons of the territory judged: what lies outside is left out, and a note says how much.
        A side lies where the middle of its strip lies, of units and territory alike.
    other_roads
        Roads that are not reported on but whose carriageways cover ground; with the columns that
        ``offset_m`` needs.
    evidence
        Sources that judge the sides that they surveyed in place of the land cover; see
        :mod:`greencover.corridor.evidence`. ``sides`` then has a column ``evidence``.
    trees
        Inventory of trees: points, each of which belongs to the nearest road's side within the
        belt, once. Field checks go before trees, trees before rows, rows before a canopy, a canopy
        before the land cover; what a source does not say is asked of the next.
    crown_m, dbh_cm, species
        Diameter of a crown in metres or of a trunk in centimetres, a column or one number; the
        species' column chooses the ratio of crown to trunk (``sources/crowns.toml``).
    status, alive, vacant
        Column of what stands there, and its own words for living trees and for vacant places;
        usual words are known (``sources/conditions.toml``). Only living trees green a side.
    spacing_m
        Named, it decides for trees and rows: a gap is a stretch without a living tree longer than
        this; otherwise the share of the strip under crowns decides. Both are judged.
    surveyed
        Where trees (or rows) were looked for, and so are absent where there are none: polygons, or
        a table of ``road``, ``from_km``, ``to_km``, ``side``; a column ``source`` may say of what.
    tree_rows, tree_row_width_m, tree_row_spacing_m
        Rows of trees drawn as lines, and how wide they reach or how far their trees stand apart.
    planting_sites
        Points or polygons found plantable; they stand in ``trees`` of the result as vacant.
    canopy
        A second cover that sees trees, such as ``LandCover.from_height``.
    field_checks
        What was found on site: a filled form of ``field_sample``, or points with ``found``.
    dates, authors, max_age_years, as_of
        Date and author of each source ("field", "trees", "rows", "canopy"); one older than
        ``max_age_years`` at ``as_of`` (by default the newest date known) ranks below the land
        cover.

    Returns
    -------
    RoadsideGreening
        ``rates``, ``sides``, ``gaps``, ``deductions``, ``runs``, ``chains``. With sources beside
        the land cover ``sides`` also has ``evidence`` (which decided: "field", "trees", "rows",
        "canopy", "cover"), ``by_<source>`` (what each said), ``by_spacing``, ``by_crowns``,
        ``crown_share`` and ``canopy_share``, and there are ``disagreements``,
        ``evidence_lengths`` and ``trees``.

    Raises
    ------
    LayerError
        A column is missing, a grade is unknown, or a rule has a value beyond its limits.
    CrsError
        The roads have no coordinate reference system.
    NoOverlapError
        No strip meets the raster.

    Examples
    --------
    A road of a kilometre with trees along its western half.

    >>> import tempfile
    >>> import greencover as gc, numpy as np, rasterio, shapely
    >>> path = tempfile.mkdtemp() + "/cover.tif"
    >>> codes = np.full((20, 100), 30, dtype="uint8")
    >>> codes[:, :50] = 10
    >>> grid = rasterio.transform.from_origin(500_000, 3_000_100, 10, 10)
    >>> with rasterio.open(
    ...     path, "w", "GTiff", 100, 20, 1, "EPSG:4547", grid, "uint8"
    ... ) as file:
    ...     file.write(codes, 1)
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["县道"]}, geometry=[line], crs=4547)
    >>> cover = gc.LandCover.open(path, legend="worldcover")
    >>> road = gc.roadside_greening(roads, cover)
    >>> road.rates["greening_pct"].round(1).item()
    50.0
    >>> road.gaps[["side", "chainage"]].values.tolist()
    [['left', 'K0+500–K1+000'], ['right', 'K0+500–K1+000']]
    """
    run, given = divided(run, options)
    return greened_roads(road_layout(roads, **given, cover_year=cover.year), cover, run)


def greened_roads(layout: Layout, cover: LandCover, run: Run) -> RoadsideGreening:
    """Roadside greening of a network that is laid out; see ``roadside_greening``."""
    return put_together(list(greening_in_groups(layout, cover, run)), RoadsideGreening)


def roadside_greening_in_groups(
    roads: gpd.GeoDataFrame,
    cover: LandCover,
    *,
    strips_at_once: int | None = None,
    run: Run | None = None,
    **options: Unpack[RoadOptions],
) -> Iterator[RoadsideGreening]:
    """Roadside greening of a network too large for one table, in groups of whole roads.

    Parameters
    ----------
    roads, cover, run, options
        As in ``roadside_greening``.
    strips_at_once
        About how many strips a group has; memory grows with it.

    Yields
    ------
    RoadsideGreening
        Result of one group; rates by road are final, rates by grade or unit are to be summed from
        the lengths of the groups. Ground that strips share counts for each of them here.

    Examples
    --------
    A road of a kilometre with trees along its western half.

    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.full((20, 100), 30, "uint8"), Affine(10, 0, 5e5, 0, -10, 3000100)
    >>> codes[:, :50] = 10
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["county"]}, geometry=[line], crs=4547)
    >>> parts = gc.roadside_greening_in_groups(roads, cover)
    >>> [part.rates["greening_pct"].round(1).item() for part in parts]
    [50.0]
    """
    run, given = divided(run, options)
    layout = road_layout(roads, **given, cover_year=cover.year)
    yield from greening_in_groups(
        layout, cover, run, strips_at_once=strips_at_once, with_ground=False
    )


def lay_strips(roads: gpd.GeoDataFrame, **options: Any) -> Strips:
    """Lay the strips of a road network without overlaying them; see ``roadside_greening``."""
    layout = road_layout(roads, **options)
    return layout.lay(0, len(layout.chains))
