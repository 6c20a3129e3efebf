"""A road layer checked, its rules worked out and its pieces joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._belts import Carriageways
from greencover.corridor._chains import JOIN_M, Chain, chains_of
from greencover.corridor._layout import Layout
from greencover.corridor._stations import Network
from greencover.corridor._strips import LEAST_OBSERVED, MOST_COVERED
from greencover.corridor._twins import roads_drawn_twice
from greencover.corridor._units import Units
from greencover.corridor.result import RoadsideGreening
from greencover.corridor.rules import (
    ByGrade,
    Rules,
    check_shares,
    default_notes,
    rules_of,
)
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import Ellipsoid, geographic_of, require_crs
from greencover.layers import as_text, check_geometry
from greencover.layers.tables import require_columns


def road_layout(
    roads: gpd.GeoDataFrame,
    *,
    road: str,
    grade: str | None,
    step_m: float,
    rules: Mapping[str, ByGrade | None],
    covers: Sequence[str],
    exclude: Mapping[str, float],
    bridge_gap_m: float,
    mouth_m: float,
    bridge: str | None,
    tunnel: str | None,
    excluded: str | None,
    start_km: str | None,
    grades: Mapping[str, str] | None,
    units: gpd.GeoDataFrame | None,
    unit: str,
    other_roads: gpd.GeoDataFrame | None,
) -> Layout:
    """Check a road layer and its rules, and join its pieces."""
    where = "road layer"
    crs = require_crs(roads.crs, f"The {where}")
    check_lengths(step_m, bridge_gap_m, mouth_m)
    shares = check_shares(exclude)
    needed = (road, grade, bridge, tunnel, excluded, start_km)
    require_columns(roads, [c for c in needed if c], where)
    if roads.empty:
        raise LayerError("The road layer is empty: it has no rows to report on.")
    roads = check_geometry(roads.reset_index(drop=True), where, geometry="line")
    own = rules_of(
        roads,
        grade=grade,
        grades=grades,
        rules=rules,
        bridge=bridge,
        tunnel=tunnel,
        excluded=excluded,
    )
    starts = None
    if start_km is not None:
        starts = pd.to_numeric(roads[start_km], errors="coerce").to_numpy(dtype=np.float64)
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    chains = chains_of(roads, _road_names(roads, road), crs, start_km=starts)
    if not chains:
        raise LayerError("The road layer has no line with a length: check the export.")
    network = Network.of(chains)
    on_ground = own.barred != "tunnel"
    ground = Carriageways.of(network, ellipsoid, own.offset_m, on_ground)
    if other_roads is not None:
        ground = _with_others(ground, other_roads, rules, grade, grades, tunnel, len(chains), crs)
    polygons = None
    if units is not None:
        polygons = Units(units.geometry.to_crs(geographic), units[unit].to_numpy(dtype=object))
    parameters = {
        "step_m": step_m,
        **own.given,
        "covers": list(covers),
        "sides": "both",
        "excluded": [
            "bridge",
            "tunnel",
            f"under another carriageway by over {MOST_COVERED:.0%}",
            *(f"{name} on {share:.0%} of the strip or more" for name, share in shares.items()),
        ],
        "bridge_gap_m": bridge_gap_m,
        "mouth_m": mouth_m,
        "unobserved": f"less than {LEAST_OBSERVED:.0%} of the strip seen",
        "join_m": JOIN_M,
    }
    return Layout(
        chains=chains,
        rules=own,
        crs=geographic,
        ellipsoid=ellipsoid,
        step_m=step_m,
        roads=ground,
        units=polygons,
        want=(True, True),
        name="road",
        judgement={
            "covers": tuple(covers),
            "exclude": shares,
            "bridge_gap_m": bridge_gap_m,
            "mouth_m": mouth_m,
            "parameters": parameters,
            "notes": _notes(chains, len(roads), own),
            "kind": RoadsideGreening,
        },
    )


def check_lengths(step_m: float, bridge_gap_m: float, mouth_m: float = 0.0) -> None:
    """Refuse lengths that are none."""
    if not step_m > 0.0:
        raise LayerError(f"step_m is {step_m}, but a station has a positive length in metres.")
    if not bridge_gap_m >= 0.0:
        raise LayerError(f"bridge_gap_m is {bridge_gap_m}: give metres, or 0 for no short gaps.")
    if not mouth_m >= 0.0:
        raise LayerError(f"mouth_m is {mouth_m}: give metres, or 0 to exclude no more.")


def _with_others(
    ground: Carriageways,
    others: gpd.GeoDataFrame,
    rules: Mapping[str, ByGrade | None],
    grade: str | None,
    grades: Mapping[str, str] | None,
    tunnel: str | None,
    chains: int,
    crs: Any,
) -> Carriageways:
    """Add the carriageways of roads that are not reported on."""
    others = check_geometry(
        others.to_crs(crs).reset_index(drop=True), "layer of other roads", geometry="line"
    )
    own = rules_of(
        others,
        grade=grade,
        grades=grades,
        rules={**rules, "threshold": 0.0, "belt_m": 1.0},
        bridge=None,
        tunnel=tunnel if tunnel in others.columns else None,
        excluded=None,
    )
    geographic = geographic_of(crs)
    lines = chains_of(others, np.arange(len(others)).astype(object), crs)
    more = Carriageways.of(
        Network.of(lines), Ellipsoid.of(geographic), own.offset_m, own.barred != "tunnel"
    )
    return Carriageways(
        np.concatenate([ground.corners, more.corners]),
        np.concatenate([ground.chain, more.chain + chains]),
        np.concatenate([ground.low, more.low]),
        np.concatenate([ground.high, more.high]),
    )


def _road_names(roads: gpd.GeoDataFrame, column: str) -> npt.NDArray[Any]:
    """Names of roads; a piece without a name is a road of its own."""
    values = roads[column].to_numpy(dtype=object).copy()
    for i in np.flatnonzero((as_text(roads[column]) == "").to_numpy()):
        values[i] = f"(unnamed {i + 1})"
    return values


def _notes(chains: list[Chain], rows: int, rules: Rules) -> tuple[str, ...]:
    notes = []
    roads = len({chain.road for chain in chains})
    if len(chains) > roads:
        notes.append(
            f"{rows} pieces of {roads} roads join to {len(chains)} chains; each chain has its own "
            "K0, where most of its length starts as digitised, unless it is calibrated."
        )
    used = len(np.unique(np.concatenate([chain.piece for chain in chains])))
    if used < rows:
        notes.append(
            f"{rows - used} of {rows} road pieces were drawn twice or have no length "
            "and were counted once or not at all."
        )
    loops = sum(chain.is_loop for chain in chains)
    if loops:
        notes.append(f"{loops} chains are loops; their K0 is where the line was begun.")
    notes += _side_by_side(chains)
    return (*notes, *default_notes(rules.given))


def _side_by_side(chains: list[Chain]) -> list[str]:
    """Name the roads that are drawn as two lines."""
    twins = roads_drawn_twice(chains)
    if not twins:
        return []
    shown = ", ".join(str(t) for t in twins[:5]) + (
        f" and {len(twins) - 5} more" if len(twins) > 5 else ""
    )
    return [
        f"{shown}: drawn as two lines that run side by side; both sides of each line are counted, "
        "and ground under the other carriageway is left out."
    ]
