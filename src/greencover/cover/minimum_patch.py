"""The smallest patch that counts as forest, and the class that smaller ones become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from greencover.cover import COVER_TYPES, Legend, LegendClass
from greencover.ground.errors import ArgumentError, LegendError
from greencover.ground.geodesy import HECTARE_M2, MU_PER_HECTARE
from greencover.words import Listed


@dataclass(frozen=True)
class MinimumPatch:
    """The smallest patch of some codes that counts as such.

    Attributes
    ----------
    codes
        Codes that form the patches, together.
    m2
        Ground of the smallest patch.
    connectivity
        4: cells are connected by their sides; 8: by their corners too.
    small_code
        Code that the cells of smaller patches take.
    """

    codes: tuple[int, ...]
    m2: float
    connectivity: Literal[4, 8]
    small_code: int

    @property
    def mu(self) -> float:
        """Ground of the smallest patch in mu."""
        return self.m2 / HECTARE_M2 * MU_PER_HECTARE


def with_small_patches(
    legend: Legend,
    types: Sequence[np.dtype[Any]],
    covers: tuple[str, ...],
    *,
    mu: float | None,
    ha: float | None,
    connectivity: Literal[4, 8],
    counts_as: str,
) -> tuple[Legend, MinimumPatch]:
    """Legend with a class for small patches, and the rule that fills it.

    Parameters are those of ``LandCover.with_minimum_patch``; ``types`` are the number types of the
    rasters.
    """
    if (mu is None) == (ha is None):
        raise ArgumentError("cover.mu_or_ha")
    if connectivity not in (4, 8):
        raise ArgumentError("cover.connectivity", given=repr(connectivity))
    size_ha = ha if ha is not None else (mu or 0.0) / MU_PER_HECTARE
    if not 0.0 < size_ha < np.inf:
        raise ArgumentError("cover.patch_without_area", ha=size_ha)
    codes = legend.codes_of(*covers)
    if not codes:
        raise LegendError(
            "cover.no_class_for_patches",
            legend=legend.key,
            covers=Listed.of(covers, limit=len(covers), last="or"),
        )
    others = sorted(set(COVER_TYPES) - set(covers))
    if counts_as not in others:
        raise LegendError(
            "cover.small_patches_count_as",
            covers=Listed.of(covers, limit=len(covers)),
            counts_as=counts_as,
            others=Listed.every(others),
        )
    size = f"{mu:g} mu" if mu is not None else f"{ha:g} ha"
    size_zh = f"{mu:g}亩" if mu is not None else f"{ha:g}公顷"
    names = " and ".join(COVER_TYPES[cover].name for cover in covers)
    names_zh = "、".join(COVER_TYPES[cover].name_zh for cover in covers)
    small = LegendClass(
        code=_free_code(legend, types),
        cover=counts_as,
        name=f"{names} in patches below {size}",
        name_zh=f"不足{size_zh}的{names_zh}",
        colour=COVER_TYPES[counts_as].colour,
    )
    return (
        replace(legend, classes=(*legend.classes, small)),
        MinimumPatch(codes, size_ha * HECTARE_M2, connectivity, small.code),
    )


def _free_code(legend: Legend, types: Sequence[np.dtype[Any]]) -> int:
    """Return a code that no cell of the rasters can hold and the legend does not use."""
    held = [int(np.iinfo(kind).max) if kind.kind in "iu" else 65_535 for kind in types]
    return max(*held, *legend.codes, *legend.unobserved) + 1
