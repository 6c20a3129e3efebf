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
from greencover.corridor.evidence import Judged, Located
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

_PLACED_BY = ("road", "chain", "side", "from_m", "to_m")


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
    key: str = "field"

    @property
    def breaks(self) -> tuple[Ints, Floats]:
        """Chain and distance of the places at which stations have to end."""
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
        A column ``found``, with what ``field_sample`` returns, or with points.
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
    number = {(str(chain.road), chain.number): place for place, chain in enumerate(chains)}
    keys = zip(as_text(filled["road"]), as_numbers(filled["chain"]), strict=True)
    chain = np.array([number.get((road, int(of)), -1) for road, of in keys], dtype=np.int64)
    side = np.array(
        [SIDE_WORDS.get(word.casefold(), ())[:1] or (-1,) for word in as_text(filled["side"])],
        dtype=np.int64,
    ).reshape(-1)
    wrong = (chain < 0) | (side < 0)
    if wrong.any():
        raise LayerError("corridor.check_elsewhere", where=where, rows=rows_of(wrong))
    start = np.array([chains[one].start_m for one in chain], dtype=np.float64)
    roadside = 2 * chain + side
    from_m, to_m = (
        as_numbers(filled[name]).to_numpy(dtype=np.float64) - start for name in ("from_m", "to_m")
    )
    order = np.lexsort((from_m, roadside))
    return FieldChecks(
        Stretches(roadside[order], from_m[order], to_m[order]), found[order], nothing, rank
    )
