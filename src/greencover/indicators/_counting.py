"""What the indicators of the library share: options, areas of units and of their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.cover.counted import codes_of, cover_types
from greencover.cover.land_cover import LandCover
from greencover.ground.run import Run, RunOptions
from greencover.indicators import formulas
from greencover.indicators.registry import Indicator, indicators
from greencover.layers.in_hand import frame_of
from greencover.overlay import ClassAreas, class_areas, ground_area_ha
from greencover.overlay.areas import check_cover
from greencover.overlay.parts import pieces_within
from greencover.overlay.statutory import FACTOR, adjust_to_statutory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from greencover.accuracy.sample import ReferenceSample

Area = Literal["ellipsoid", "grid"]
_OWN = ("area", "crs", "statutory_ha", "sample")


class Counting(RunOptions, total=False):
    """Options that the indicators counted on land cover share, as keywords; see ``Basis``."""

    area: Area
    crs: Any
    statutory_ha: str | None
    sample: ReferenceSample | None


@dataclass(frozen=True)
class Basis:
    """What figures are counted on, whichever indicator they are of.

    Attributes
    ----------
    area
        How areas are measured; as of ``class_areas``.
    crs
        System of units that name none.
    statutory_ha
        Column of the units with their area on file in hectares, which all areas in them are scaled
        to, those of their parts too.
    sample
        Reference sample that corrects shares for the errors of the map and gives them intervals.
    run
        How it is run.
    """

    area: Area = "ellipsoid"
    crs: Any = None
    statutory_ha: str | None = None
    sample: ReferenceSample | None = None
    run: Run = field(default_factory=Run)

    @classmethod
    def of(cls, run: Run | None, options: Counting) -> Basis:
        """The basis that keywords describe."""
        own = {name: options.pop(name) for name in _OWN if name in options}  # type: ignore[misc]
        return cls(**own, run=Run.of(run, options))

    def units(self, given: Any, cover: LandCover) -> gpd.GeoDataFrame:
        """Units as a frame, whatever they are held in, once it is sure that the cover is one."""
        check_cover(cover)
        return frame_of(given, crs=self.crs)


def share_of(
    key: str,
    units: gpd.GeoDataFrame,
    cover: LandCover,
    covers: Sequence[str],
    basis: Basis,
    *,
    within: gpd.GeoDataFrame | None = None,
    where: str = "",
    **rules: Any,
) -> pd.DataFrame:
    """The share that a record describes, in units or in their part in a layer."""
    covers = cover_types(covers)
    codes_of(cover.legend, covers)
    whole, part = measured(units, cover, basis, within=within, where=where)
    return share_from(key, whole if part is None else part, cover, covers, basis, **rules)


def share_from(
    key: str,
    areas: pd.DataFrame,
    cover: LandCover,
    covers: Sequence[str],
    basis: Basis,
    **rules: Any,
) -> pd.DataFrame:
    """The share that a record describes, from class areas, in columns that the record names."""
    record = indicators()[key]
    figures = formulas.share(
        areas,
        cover.legend,
        record,
        covers,
        patch=cover.minimum_patch,
        sample=basis.sample,
        **rules,
    )
    return named(figures, record).assign(
        unobserved_ha=areas["unobserved_ha"], whole_ha=areas.sum(axis=1)
    )


def named(figures: pd.DataFrame, record: Indicator) -> pd.DataFrame:
    """Figures under the names that the record has for them, intervals where there are any."""
    upper, lower, rate = record.columns
    table = pd.DataFrame(
        {
            lower: figures["denominator"],
            upper: figures["numerator"],
            rate: figures["value"],
            "unobserved_pct": figures["unobserved_pct"],
        }
    )
    if figures["low"].notna().any():
        stem = rate.removesuffix("_pct")
        table[[f"{stem}_low_pct", f"{stem}_high_pct"]] = figures[["least", "most"]]
    return table


def measured(
    units: gpd.GeoDataFrame,
    cover: LandCover,
    basis: Basis,
    *,
    within: gpd.GeoDataFrame | None = None,
    where: str = "",
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Class areas of units and of their part in a layer, scaled to what is on file if asked."""
    layers: dict[str, Any] = {"units": units}
    if within is not None:
        owner, pieces = pieces_within(units, within, where)
        if len(pieces):
            layers["parts"] = pieces
    areas = class_areas(layers, cover, area=basis.area, run=basis.run)
    whole = areas["units"]
    part = None if within is None else summed(areas.get("parts"), owner, whole)
    if basis.statutory_ha is not None:
        on_file = units[basis.statutory_ha].astype(float).tolist()
        factor = adjust_to_statutory(whole, on_file)[FACTOR]
        whole, part = whole.mul(factor, axis=0), None if part is None else part.mul(factor, axis=0)
    return whole, part


def summed(
    pieces: pd.DataFrame | None, owner: npt.NDArray[np.int64], like: pd.DataFrame
) -> pd.DataFrame:
    """Class areas of pieces, summed by the row number of their unit."""
    sums = np.zeros(like.shape)
    if pieces is not None:
        np.add.at(sums, owner, pieces.to_numpy())
    return ClassAreas(sums, index=like.index, columns=like.columns)


def ground_factor(units: gpd.GeoDataFrame, statutory_ha: str | None) -> pd.Series[float] | float:
    """Area on file over ground of each unit, for what is measured without a raster; else 1."""
    if statutory_ha is None:
        return 1.0
    ground = ground_area_ha(units).rename("ground").to_frame()
    return adjust_to_statutory(ground, units[statutory_ha].astype(float).tolist())[FACTOR]
