"""The sections of a campaign file that name what sees more of a roadside than the land cover.

The meanings of keys are in the catalogues of ``words``, as in ``sections``.
"""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, model_validator

from greencover.campaign.kinds import (
    Band,
    Date,
    Metres,
    Ndvi,
    Nodata,
    Places,
    Positive,
    Remote,
    Text,
    Words,
)
from greencover.campaign.sections import Section, key
from greencover.ground.errors import CampaignError


class Witnessed(Section):
    """When and by whom a source was made."""

    date: Date | None = key(example="2023-05", default=None)
    author: Text | None = key(example="林业局", default=None)


class Canopy(Witnessed):
    """A raster that sees trees: heights of the canopy, or shares; or NDVI, for any green."""

    model_config = ConfigDict(validate_default=True)

    path: Places = key(example="canopy_height.tif")
    kind: Literal["height", "share", "ndvi"] = key(example="height", default="height")
    min_height_m: Positive = key(example=3, default=3.0)
    min_ndvi: Ndvi | None = key(example=0.4, default=None)
    full: Positive | None = key(example=100, default=None)
    band: Band | None = key(example=1, default=None)
    nodata: Nodata = key(example="none", default="file")
    remote: Remote = key(example=True, default=False)

    @model_validator(mode="after")
    def _threshold_fits(self) -> Canopy:
        if (self.kind == "ndvi") != (self.min_ndvi is not None):
            raise CampaignError("campaign.rule.ndvi")
        return self


class TreeColumns(Witnessed):
    """Columns of an inventory of trees."""

    crown_m: Metres | None = key(example="crown", default=None)
    dbh_cm: Metres | None = key(example="dbh", default=None)
    species: Text | None = key(example="species", default=None)
    status: Text | None = key(example="status", default=None)
    alive: Words = key(example=["存活"], default=())
    vacant: Words = key(example=["缺株"], default=())
