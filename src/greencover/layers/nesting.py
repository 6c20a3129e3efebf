"""How well units nest: ground of a village outside the township that it is counted in."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from greencover.ground.datums import moved_to
from greencover.ground.geodesy import HECTARE_M2, require_crs
from greencover.ground.notes import Note, tell
from greencover.layers.topology import SMALLEST_M2, ground_m2
from greencover.words import Listed


def outside_ha(
    units: gpd.GeoDataFrame, wholes: gpd.GeoDataFrame, within: npt.ArrayLike
) -> pd.Series[float]:
    """Measure the ground of each unit that lies outside its own whole, in hectares.

    Parameters
    ----------
    units, wholes
        Polygons, such as villages and townships.
    within
        Row number of the whole that each unit belongs to.
    """
    shapes = units.geometry.to_numpy()
    owners = moved_to(wholes.geometry, units.crs).to_numpy()[np.asarray(within, dtype=int)]
    shapely.prepare(owners)
    reaching = np.flatnonzero(~shapely.covers(owners, shapes))
    beyond = shapely.difference(shapes[reaching], owners[reaching])
    parts, owner = shapely.get_parts(beyond, return_index=True)
    flat = shapely.get_type_id(parts) == 3
    m2 = ground_m2(parts[flat], require_crs(units.crs))
    kept = m2 >= SMALLEST_M2
    sums = np.bincount(reaching[owner[flat]][kept], weights=m2[kept], minlength=len(units))
    return pd.Series(sums / HECTARE_M2, index=units.index)


def report_outside(
    units: gpd.GeoDataFrame,
    wholes: gpd.GeoDataFrame,
    where: str,
    *,
    within: npt.ArrayLike,
    names: npt.ArrayLike,
) -> None:
    """Warn of units that reach out of their wholes, in hectares; silent where they nest.

    Parameters
    ----------
    units, wholes, within
        As of ``outside_ha``.
    where, names
        How messages call the units' layer, and the name of each unit.
    """
    hectares = outside_ha(units, wholes, within).to_numpy()
    called = np.asarray(names, dtype=object)
    order = [int(row) for row in np.argsort(-hectares, kind="stable") if hectares[row] > 0.0]
    if not order:
        return
    shown = [
        Note("layers.unit_with_ha", unit=str(called[row]), ha=float(hectares[row])) for row in order
    ]
    tell(
        "layers.units_reach_out",
        where=where,
        units=len(order),
        ha=float(hectares.sum()),
        shown=Listed.of(shown, limit=3),
        stacklevel=2,
    )
