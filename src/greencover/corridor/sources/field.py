"""What was found in the field, as evidence: it goes before every map and register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyproj

from greencover.corridor._chains import Chain
from greencover.corridor.evidence import FIELD, Judged, Located
from greencover.corridor.field_form import EXCLUDED, GREENED, NOT_REACHED, findings
from greencover.corridor.sources.beside import Roadsides
from greencover.corridor.sources.extent import SIDE_WORDS
from greencover.corridor.sources.stretches import Stretches
from greencover.ground.datums import moved_to
from greencover.ground.errors import LayerError
from greencover.ground.geodesy import geographic_of, require_crs
from greencover.ground.notes import Note
from greencover.layers.points import require_places
from greencover.layers.tables import as_numbers, as_text, require_columns
from greencover.layers.wording import rows_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_PLACED_BY = ("road", "side", "from_m", "to_m")


@dataclass(frozen=True)
class FieldChecks:
    """Stretches of roadsides that somebody looked at, and what was found.

    Attributes
    ----------
    checked
        The stretches; of several for one place the last in the form holds.
    found
        What was found on each: "greened", "gap" or "excluded".
    points
        Where a stretch is one station: the place that the station holds.
    rank
        How good the source is.
    """

    checked: Stretches
    found: npt.NDArray[np.object_]
    points: tuple[Ints, Floats, npt.NDArray[np.object_]]
    rank: float
    key: str = FIELD

    @property
    def splits(self) -> tuple[Ints, Floats]:
        """Chain and distance of the places at which a station is split; no other one moves.

        What was found must not change what there was to draw from.
        """
        return self.checked.breaks

    def judge(self, strips: Located, threshold: Floats | float) -> Judged:  # noqa: ARG002
        """As it was found."""
        along = strips.along
        number = self.checked.holding(along.roadside, (along.from_m + along.to_m) / 2.0)
        said = np.full(len(number), "", dtype=object)
        said[number >= 0] = self.found[number[number >= 0]]
        roadside, at_m, found = self.points
        if len(roadside):
            order = np.lexsort((along.from_m, along.roadside))
            sides = Stretches(along.roadside[order], along.from_m[order], along.to_m[order])
            place = sides.holding(roadside, at_m)
            said[order[place[place >= 0]]] = found[place >= 0]
        return Judged(said != "", said == GREENED, said == EXCLUDED)


def checks_beside(
    filled: pd.DataFrame,
    chains: Sequence[Chain],
    roadsides: Roadsides,
    crs: pyproj.CRS,
    rank: float,
) -> FieldChecks:
    """Bring checks to their roadsides: by road, side and chainage, else by their place.

    Parameters
    ----------
    filled
        A column ``found``, with ``road``, ``side``, ``from_m``, ``to_m`` and, where a road falls
        into several chains, ``chain``, as forms have them; or with points.
    chains, roadsides, crs
        The roads that are reported on, with the places beside them, and their system.
    rank
        How good the source is.

    Raises
    ------
    LayerError
        A column is missing, or rows name a road or a side that is not there.
    AccuracyError
        A finding means nothing.
    """
    where = Note("corridor.form")
    require_columns(filled, ["found"], where)
    found = np.array(findings(filled), dtype=object)
    said = found != NOT_REACHED
    filled, found = filled[said].reset_index(drop=True), found[said]
    nothing = (np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=object))
    if not set(_PLACED_BY) <= set(filled.columns):
        if not isinstance(filled, gpd.GeoDataFrame) or filled.active_geometry_name is None:
            require_columns(filled, list(_PLACED_BY), where)
        require_crs(filled.crs, where)
        middle = moved_to(filled.geometry, geographic_of(crs)).representative_point()
        require_places(gpd.GeoDataFrame(geometry=middle), where)
        lonlat = middle.get_coordinates().to_numpy()
        places = roadsides.beside(lonlat)
        points = (places.roadside, places.at_m, found[places.row])
        return FieldChecks(Stretches.none(), nothing[2], points, rank)
    from_m, to_m = (
        as_numbers(filled[name]).to_numpy(dtype=np.float64) for name in ("from_m", "to_m")
    )
    chain = _chains(filled, (from_m + to_m) / 2.0, chains)
    side = np.array([_side(word) for word in as_text(filled["side"])], dtype=np.int64)
    wrong = (chain < 0) | (side < 0)
    if wrong.any():
        raise LayerError("corridor.check_elsewhere", where=where, rows=rows_of(wrong))
    start = np.array([chains[one].start_m for one in chain], dtype=np.float64)
    roadside = 2 * chain + side
    from_m, to_m = from_m - start, to_m - start
    order = np.lexsort((from_m, roadside))
    return FieldChecks(
        Stretches(roadside[order], from_m[order], to_m[order]), found[order], nothing, rank
    )


def _chains(filled: pd.DataFrame, at_m: Floats, chains: Sequence[Chain]) -> Ints:
    """Chain of each row: that of its number, else the only one of its road that it can lie on."""
    roads = as_text(filled["road"])
    if "chain" in filled:
        number = {(str(chain.road), chain.number): place for place, chain in enumerate(chains)}
        keys = zip(roads, as_numbers(filled["chain"]), strict=True)
        found = [number.get((road, -1 if of != of else int(of)), -1) for road, of in keys]
        return np.array(found, dtype=np.int64)
    of_road: dict[str, list[int]] = {}
    for place, chain in enumerate(chains):
        of_road.setdefault(str(chain.road), []).append(place)
    found = []
    for road, at in zip(roads, at_m, strict=True):
        on = [
            place
            for place in of_road.get(road, [])
            if 0.0 <= at - chains[place].start_m <= chains[place].length_m
        ]
        found.append(on[0] if len(on) == 1 else -1)
    return np.array(found, dtype=np.int64)


def _side(word: str) -> int:
    """The side that a cell names, in one language or in several."""
    for one in (word.casefold(), *word.casefold().split()):
        found = SIDE_WORDS.get(one, ())
        if len(found) == 1:
            return found[0]
    return -1
