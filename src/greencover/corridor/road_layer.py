"""A road layer checked, its rules worked out and its pieces joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pyproj

from greencover.corridor._belts import Carriageways
from greencover.corridor._by_row import TWICE, RowRules, Rows, claims_of, names_of, with_others
from greencover.corridor._chains import JOIN_M, Chain, chains_of
from greencover.corridor._dual import dual_notes, inner_sides
from greencover.corridor._layout import Layout
from greencover.corridor._once import SameRoad
from greencover.corridor._ownership import Ownership, nearest_first
from greencover.corridor._stations import Network
from greencover.corridor.chainage import chainage_km
from greencover.corridor.evidence import LEAST_OBSERVED, Evidence
from greencover.corridor.exclusions import MOST_COVERED
from greencover.corridor.grade_schemes import Words, reported
from greencover.corridor.result import RoadsideGreening
from greencover.corridor.rules import settled
from greencover.corridor.sources.beside import Roadsides
from greencover.corridor.sources.given import Sources
from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import Ellipsoid, geographic_of, require_crs
from greencover.ground.notes import Note
from greencover.layers import check_geometry
from greencover.layers.tables import require_columns
from greencover.words import Listed

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_WHERE = Note("corridor.road_layer")


def road_layout(
    roads: gpd.GeoDataFrame,
    *,
    road: str = "name",
    ref: str | None = None,
    grade: str | None = "grade",
    bridge: str | None = None,
    tunnel: str | None = None,
    excluded: str | None = None,
    start_km: str | None = None,
    grades: Words | None = None,
    units: gpd.GeoDataFrame | None = None,
    unit: str = "code",
    within: gpd.GeoDataFrame | None = None,
    other_roads: gpd.GeoDataFrame | None = None,
    evidence: Sequence[Evidence] = (),
    **given: Any,
) -> Layout:
    """Check a road layer and its rules, join its pieces and bring sources beside them."""
    crs = require_crs(roads.crs, _WHERE)
    sources, given = Sources.among(given)
    by_spacing = given.get("spacing_m") is not None
    rules = settled("road", given, "roadside_greening")
    needed = (road, ref, grade, bridge, tunnel, excluded, start_km)
    require_columns(roads, [c for c in needed if c], _WHERE)
    if roads.empty:
        raise LayerError("corridor.no_roads")
    notes: list[Note] = []
    if grade is not None:
        roads, gone = reported(roads, grade, grades)
        notes += [] if gone is None else [gone]
        if roads.empty:
            raise LayerError("corridor.none_reported", column=grade)
    roads = check_geometry(roads.reset_index(drop=True), _WHERE, geometry="line")
    rows = Rows("road", roads, _WHERE, grade, grades or {}, notes)
    grade_of_row = rows.canonical(
        needed=any(given.get(name) is None for name in ("offset_m", "belt_m"))
    )
    own = RowRules(
        rows.numbers("offset_m", rules),
        rows.numbers("belt_m", rules),
        rows.numbers("threshold", rules),
        grade_of_row,
        rows.barred(bridge, tunnel, excluded),
    )
    starts = None
    if start_km is not None:
        starts = chainage_km(roads[start_km], _WHERE)
    geographic = geographic_of(crs)
    ellipsoid = Ellipsoid.of(geographic)
    again: dict[Any, float] = {}
    claim = claims_of(own)
    chains = chains_of(
        roads,
        names_of(roads, road, ref),
        crs,
        start_km=starts,
        claim=claim,
        same=SameRoad.by(rules),
        again=again,
    )
    if not chains:
        raise LayerError("corridor.no_length", where=_WHERE)
    own = with_others(own)
    ownership = Ownership.of(units, unit, within, crs)
    reach_m = float((own.offset_m + own.belt_m).max())
    chains, laid = nearest_first(chains, ownership, reach_m)
    on_ground = ~np.isin(own.barred, ["tunnel", TWICE])
    ground = Carriageways.of(Network.of(chains), ellipsoid, own.offset_m, on_ground)
    others = None
    if other_roads is not None:
        others = _other_roads(other_roads, rules, grade, grades, tunnel, crs)
        ground = _with_others(ground, others, len(chains), ellipsoid)
    beside = sources.beside(
        chains,
        lambda: _roadsides(chains, own, others, ellipsoid),
        crs,
        rules,
        by_spacing=by_spacing,
    )
    evidence = (*evidence, *beside.evidence)
    inner = inner_sides(chains, rules)
    told = [*_notes(chains, len(roads)), *dual_notes(chains[:laid], inner, rules["dual"])]
    return Layout(
        chains=chains,
        rules=own,
        crs=geographic,
        ellipsoid=ellipsoid,
        step_m=rules["step_m"],
        roads=ground,
        ownership=ownership,
        laid=laid,
        want=(True, True),
        name="road",
        judgement={
            "rules": rules,
            "parameters": {
                **parameters_of(rules, evidence),
                **beside.parameters,
                "sides": "both",
                "excluded": [
                    "bridge",
                    "tunnel",
                    f"under another carriageway by over {MOST_COVERED:.0%}",
                    *excluded_covers(rules),
                ],
                "join_m": JOIN_M,
            },
            "notes": (*told, *again_notes(again), *notes, *beside.notes),
            "kind": RoadsideGreening,
            "evidence": tuple(evidence),
            "standing": beside.standing,
        },
        breaks=_both(beside.breaks, inner.ends),
        splits=beside.splits,
        inner=inner,
    )


def _both(one: tuple[Ints, Floats], other: tuple[Ints, Floats]) -> tuple[Ints, Floats]:
    return np.concatenate([one[0], other[0]]), np.concatenate([one[1], other[1]])


def parameters_of(rules: Mapping[str, Any], evidence: Sequence[Evidence]) -> dict[str, Any]:
    """What every figure depends on, to be printed with it."""
    return {
        **rules,
        "unobserved": f"less than {LEAST_OBSERVED:.0%} of the strip seen",
        **({"evidence": [one.key for one in evidence]} if evidence else {}),
    }


def excluded_covers(rules: Mapping[str, Any]) -> list[str]:
    """The covers that cannot be planted, in words."""
    return [
        f"{name} on {share:.0%} of the strip or more" for name, share in rules["exclude"].items()
    ]


def _other_roads(
    others: gpd.GeoDataFrame,
    rules: Mapping[str, Any],
    grade: str | None,
    grades: Words | None,
    tunnel: str | None,
    crs: pyproj.CRS,
) -> tuple[Network, Floats, Bools]:
    """Roads that are not reported on, how far they reach and where they cover ground, by row."""
    where = Note("corridor.other_roads")
    if grade is not None and grade in others.columns:
        others, _ = reported(others, grade, grades)
    others = check_geometry(moved_to(others, crs).reset_index(drop=True), where, geometry="line")
    rows = Rows("road", others, where, grade, grades or {}, [])
    on_ground = rows.barred(None, tunnel if tunnel in others.columns else None, None) != "tunnel"
    lines = chains_of(others, np.arange(len(others)).astype(object), crs)
    return Network.of(lines), rows.numbers("offset_m", dict(rules)), on_ground


def _with_others(
    ground: Carriageways, others: tuple[Network, Floats, Bools], chains: int, ellipsoid: Ellipsoid
) -> Carriageways:
    """Add the carriageways of roads that are not reported on."""
    network, offset_m, on_ground = others
    more = Carriageways.of(network, ellipsoid, offset_m, on_ground)
    return Carriageways(
        np.concatenate([ground.corners, more.corners]),
        np.concatenate([ground.chain, more.chain + chains]),
        np.concatenate([ground.low, more.low]),
        np.concatenate([ground.high, more.high]),
    )


def _roadsides(
    chains: list[Chain],
    own: RowRules,
    others: tuple[Network, Floats, Bools] | None,
    ellipsoid: Ellipsoid,
) -> Roadsides:
    """Roads that trees may stand beside, those that are not reported on last."""
    network = Network.of(chains)
    piece = network.piece
    found = Roadsides(
        network=network,
        ellipsoid=ellipsoid,
        offset_m=own.offset_m[piece],
        belt_m=own.belt_m[piece],
        least_m=(own.threshold * own.belt_m)[piece],
        bears=~np.isin(own.barred, ["bridge", "tunnel", TWICE])[piece],
        reported=len(chains),
    )
    return found if others is None else found.beside_others(*others)


def again_notes(again: Mapping[Any, float]) -> list[Note]:
    """Lines of one name that were drawn more than once."""
    if not again:
        return []
    names = Listed.of(again, last="comma")
    return [Note("corridor.drawn_again", km=sum(again.values()) / 1000.0, roads=names)]


def _notes(chains: list[Chain], rows: int) -> list[Note]:
    notes = []
    roads = len({chain.road for chain in chains})
    if len(chains) > roads:
        notes.append(Note("corridor.chains", pieces=rows, roads=roads, chains=len(chains)))
    drawn = np.concatenate([chain.piece for chain in chains])
    used = len(np.unique(drawn % rows))
    if used < rows:
        notes.append(Note("corridor.pieces_unused", unused=rows - used, pieces=rows))
    loops = sum(chain.is_loop for chain in chains)
    if loops:
        notes.append(Note("corridor.loops", loops=loops))
    for chain in chains:
        if chain.in_doubt:
            notes.append(Note("corridor.chainage_apart", road=chain.road, metres=chain.apart_m))
        if chain.falls:
            notes.append(Note("corridor.chainage_falls", road=chain.road))
    twice = {
        chain.road: np.diff(chain.distance)[chain.piece >= rows].sum() / 1000.0
        for chain in chains
        if (chain.piece >= rows).any()
    }
    if twice:
        names = Listed.of(twice, last="comma")
        notes.append(Note("corridor.on_another", km=float(sum(twice.values())), roads=names))
    return notes
