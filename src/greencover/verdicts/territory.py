"""The county as its outline has it, and as its townships sum to: one territory, or a word on it."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.ground.notes import Note
from greencover.overlay import ground_area_ha
from greencover.overlay.parts import ground_within_ha
from greencover.words import Listed

# Borders of two layers that are meant to be one differ by slivers; a township cut by the outline
# does not.
_SLIVER = 0.01
# Areas of a table are read to a hundredth of a percent.
_ADDS_UP = 1e-4
_MOST_NAMED = 5


def residents_of_outline(
    townships: gpd.GeoDataFrame, county: gpd.GeoDataFrame
) -> tuple[float, list[Note]]:
    """Residents of a county's outline, from those of its townships.

    Townships outside the outline are no part of the county. How many residents of a township that
    the outline cuts live inside is not known, so that the county's number is not either (NaN).

    Returns
    -------
    residents, notes
        The number, and what was left out or is not known.
    """
    whole = ground_area_ha(townships).to_numpy()
    inside = ground_within_ha(townships, county, Note("layers.called.campaign", name="county"))
    share = np.asarray(inside, dtype=float) / whole
    outside, cut = share <= _SLIVER, (share > _SLIVER) & (share < 1.0 - _SLIVER)
    notes = []
    names = townships["name"].astype(str)
    if outside.any():
        listed = Listed.of(names[outside].tolist(), limit=_MOST_NAMED)
        notes.append(Note("verdicts.outside_outline", names=listed))
    if cut.any():
        listed = Listed.of(names[cut].tolist(), limit=_MOST_NAMED)
        notes.append(Note("verdicts.cut_by_outline", names=listed))
    beyond = float(ground_area_ha(county).sum()) - float(np.sum(inside))
    if beyond > _SLIVER * float(ground_area_ha(county).sum()):
        notes.append(Note("verdicts.outline_beyond", ha=beyond))
    if "population" not in townships:
        return np.nan, notes
    residents = townships["population"].to_numpy(dtype=float)
    return (np.nan if cut.any() else float(residents[~outside].sum())), notes


def levels_apart(
    areas: Mapping[str, pd.DataFrame], scaled: Mapping[str, pd.DataFrame]
) -> list[Note]:
    """Say where areas on file make the rows of the townships sum to another county.

    Parameters
    ----------
    areas, scaled
        Class areas by layer, as measured and as scaled to what is on file.
    """
    if not {"county", "townships"} <= set(areas):
        return []
    county, townships = (float(scaled[n].to_numpy().sum()) for n in ("county", "townships"))
    measured = [float(areas[name].to_numpy().sum()) for name in ("county", "townships")]
    one_ground = abs(measured[0] - measured[1]) <= _SLIVER * measured[0]
    alike = abs(county - townships) <= abs(measured[0] - measured[1]) + _ADDS_UP * county
    if not one_ground or alike:
        return []
    apart = county - townships
    return [Note("verdicts.levels_apart", county=county, townships=townships, apart=apart)]
