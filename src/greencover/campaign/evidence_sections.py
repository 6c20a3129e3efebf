"""The sections of a campaign file that name what sees more of a roadside than the land cover.

The meanings of keys are in the catalogues of ``words``, as in ``sections``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict

from greencover.campaign.kinds import (
    Band,
    Date,
    Metres,
    Nodata,
    Places,
    Positive,
    Remote,
    Text,
    Words,
)
from greencover.campaign.sections import Section, key


class Witnessed(Section):
    """When and by whom a source was made."""

    date: Date | None = key(example="2023-05", default=None)
    author: Text | None = key(example="林业局", default=None)


class Canopy(Witnessed):
    """A raster that sees trees: heights of the canopy, or shares of ground under trees."""

    model_config = ConfigDict(validate_default=True)

    path: Places = key(example="canopy_height.tif")
    kind: Literal["height", "share"] = key(example="height", default="height")
    min_height_m: Positive = key(example=3, default=3.0)
    full: Positive = key(example=100, default=100.0)
    band: Band | None = key(example=1, default=None)
    nodata: Nodata = key(example="none", default="file")
    remote: Remote = key(example=True, default=False)


class TreeColumns(Witnessed):
    """Columns of an inventory of trees."""

    crown_m: Metres | None = key(example="crown", default=None)
    dbh_cm: Metres | None = key(example="dbh", default=None)
    species: Text | None = key(example="species", default=None)
    status: Text | None = key(example="status", default=None)
    alive: Words = key(example=["存活"], default=())
    vacant: Words = key(example=["缺株"], default=())
