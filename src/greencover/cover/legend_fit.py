"""Whether a raster holds the codes of a legend, or something that only looks like them.

Pictures of a map, lossy copies, overviews and rasters of another legend open like any other; what
gives them away is their header, their colour table, the size of their cells, and their codes.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.cover import Legend, LegendClass
from greencover.ground.errors import GreencoverWarning, LegendError, RasterError
from greencover.ground.geodesy import geographic_of, transformer
from greencover.rasters.band import RasterSource

# The longer side of a product's cell is at most 1.11 times what its legend says (CGLS: 1/1008
# degree for 100 m), and that of its first overview at least 1.85 times (WorldCover: 1/6000 degree
# for 10 m); this lies between the two.
_COARSE = 1.5
# Steps of a channel from 0 to 255: within the first a colour is the same, within the second a
# picture reduced to 256 colours may have moved it.
_SAME_COLOUR = 2
_REDUCED_COLOUR = 8
# One colour may stand anywhere by chance; three of a legend's do not.
_FEWEST_MOVED = 3
# The longest built-in legend has 44 classes.
_MOST_CLASSES = 48
_MOST_LISTED = 12
# Values that stand for no data where nothing is declared.
_FILLS = frozenset({0, 127, 128, 250, 254, 255, -1, -128, -999, -9999, -32768, 32767, 65535})

_ITSELF = "take the raster of codes itself, not a picture exported from it"


def check_fit(source: RasterSource, legend: Legend, nodata: set[float], *, declared: bool) -> None:
    """Refuse a raster that by its header is no raster of the legend's codes.

    Parameters
    ----------
    source, legend
        The raster and the legend.
    nodata
        The value that means no data, if there is one.
    declared
        Whether the raster itself says so.

    Raises
    ------
    RasterError
        The raster is compressed with losses.
    LegendError
        A class is the nodata value, or the raster's colour table contradicts the legend.
    """
    if source.lossy:
        raise RasterError(
            f"The raster {source.path} is compressed with losses ({source.lossy}), which turns "
            "codes into other codes: take the raster from before that, or one that is compressed "
            "without losses (DEFLATE, LZW, ZSTD)."
        )
    clash = nodata & set(legend.codes)
    if clash:
        raise _class_as_nodata(source, legend, int(min(clash)), declared=declared)
    moved = _moved_classes(source, legend)
    if moved:
        code, entry = moved[0]
        raise LegendError(
            f"The raster {source.path} paints {len(moved)} classes of the legend {legend.key!r} "
            f"under other numbers ({code} is {entry.name!r}, which is {entry.code}): if it is a "
            f"picture of a map, {_ITSELF}; otherwise choose the legend with these numbers."
        )


def warn_of_coarse_cells(sources: Sequence[RasterSource], legend: Legend) -> None:
    """Warn where cells are much larger than those of the legend's product."""
    if legend.resolution_m is None:
        return
    sizes = [_cell_m(source) for source in sources]
    coarse = [
        (source, size)
        for source, size in zip(sources, sizes, strict=True)
        if size > _COARSE * legend.resolution_m
    ]
    if coarse:
        source, size = coarse[0]
        more = f" and {len(coarse) - 1} more" if len(coarse) > 1 else ""
        warnings.warn(
            f"The raster {source.path}{more} has cells of {size:,.0f} m, but {legend.key!r} is a "
            f"product of {legend.resolution_m:g} m: it looks resampled, or like an overview, in "
            "which roadside belts, small woods and villages are lost; take the raster at full "
            "resolution.",
            GreencoverWarning,
            stacklevel=3,
        )


def unknown_codes(source: RasterSource, values: npt.NDArray[Any], known: set[float]) -> set[int]:
    """Codes among cell values that are not known.

    Raises
    ------
    RasterError
        The values are no whole numbers.
    """
    numbers = values.astype(float)
    found = set(values[np.isfinite(numbers)].tolist()) - known
    fractions = sorted(value for value in found if value != int(value))
    if fractions:
        raise RasterError(
            f"The raster {source.path} holds values such as {fractions[0]:.6g}, which are no "
            "codes: land cover is read from whole numbers; take the classified raster."
        )
    return {int(value) for value in found}


def unknown_codes_error(
    source: RasterSource, legend: Legend, codes: Mapping[int, str], *, nodata: set[float]
) -> LegendError:
    """Return the sentence for codes that the legend lacks, with the likely reason.

    Parameters
    ----------
    source, legend
        The raster and the legend.
    codes
        Unknown codes, with the ground they cover in words or nothing.
    nodata
        The value that means no data, if there is one.
    """
    listed = ", ".join(
        f"{code} ({ground})" if ground else f"{code}" for code, ground in codes.items()
    )
    if len(codes) > _MOST_LISTED:
        some = ", ".join(str(code) for code in list(codes)[:_MOST_LISTED])
        listed = f"{some} and {len(codes) - _MOST_LISTED} more"
    return LegendError(
        f"The raster {source.path} holds codes that the legend {legend.key!r} lacks: {listed}; "
        f"{_remedy(source, legend, list(codes), nodata)}."
    )


def _remedy(source: RasterSource, legend: Legend, codes: list[int], nodata: set[float]) -> str:
    painted = dict(source.colours)
    alike = [
        (code, entry)
        for code in codes
        if code in painted
        and (entry := _class_of_colour(legend, painted[code], _REDUCED_COLOUR)) is not None
    ]
    if len({entry.code for _, entry in alike}) >= _FEWEST_MOVED:
        code, entry = alike[0]
        return (
            f"its colour table paints {len(alike)} of them like classes of the legend ({code} like "
            f"{entry.name!r}, which is {entry.code}), as a picture of a map does: {_ITSELF}"
        )
    if len(codes) > _MOST_CLASSES and painted:
        return f"so many, with a colour table, are the colours of a picture: {_ITSELF}"
    if len(codes) > _MOST_CLASSES:
        return (
            "so many are the shades of a picture, or measurements such as terrain, rather than "
            f"classes: {_ITSELF}"
        )
    if len(codes) == 1 and codes[0] in _FILLS and not nodata:
        code = codes[0]
        return (
            f"if {code} means no data, say so: nodata = {code} under [cover], nodata={code} in "
            f"Python, --nodata {code} on the command line; if it is a class, choose the legend "
            "the raster was made with"
        )
    return (
        "choose the legend the raster was made with, or add the codes to it (as classes, or under "
        "[unobserved])"
    )


def _class_as_nodata(
    source: RasterSource, legend: Legend, code: int, *, declared: bool
) -> LegendError:
    name = legend.name(code)
    if declared:
        return LegendError(
            f"The raster {source.path} declares {code} as nodata, but in the legend "
            f"{legend.key!r} {code} is {name!r}: if it is the class, say that no value means no "
            'data (nodata = "none" under [cover], nodata=None in Python, --nodata none on the '
            "command line); if it is not, take a legend without it."
        )
    return LegendError(
        f"The nodata value {code} was given for the raster {source.path}, but in the legend "
        f"{legend.key!r} {code} is {name!r}: give the value that means no data, or take a legend "
        "without this class."
    )


def _moved_classes(source: RasterSource, legend: Legend) -> list[tuple[int, LegendClass]]:
    """Classes whose colours stand under other numbers, where most of a legend's do.

    A colour table of another taste has colours of its own. One that has the legend's, but not
    where the legend has them, is of a picture or of another legend.
    """
    painted = dict(source.colours)
    own, moved = 0, []
    for entry in legend.classes:
        if entry.code in painted and _alike(painted[entry.code], entry, _SAME_COLOUR):
            own += 1
            continue
        for code, colour in painted.items():
            if _alike(colour, entry, _SAME_COLOUR):
                at = [one for one in legend.classes if one.code == code]
                # Classes may share a colour.
                if not (at and _alike(colour, at[0], _SAME_COLOUR)):
                    moved.append((code, entry))
                break
    return moved if len(moved) >= _FEWEST_MOVED and len(moved) > own else []


def _class_of_colour(
    legend: Legend, colour: tuple[int, int, int], steps: int
) -> LegendClass | None:
    return next((entry for entry in legend.classes if _alike(colour, entry, steps)), None)


def _alike(colour: tuple[int, int, int], entry: LegendClass, steps: int) -> bool:
    wanted = bytes.fromhex(entry.colour[1:])
    return all(abs(one - other) <= steps for one, other in zip(colour, wanted, strict=True))


def _cell_m(source: RasterSource) -> float:
    """Metres along the longer side of the middle cell; not a number off the ground."""
    if source.crs.geodetic_crs is None:
        return float("nan")
    a, b, c, d, e, f = source.transform[:6]
    columns = source.width / 2.0 + np.array([0.0, 1.0, 0.0])
    rows = source.height / 2.0 + np.array([0.0, 0.0, 1.0])
    geographic = geographic_of(source.crs)
    lon, lat = transformer(source.crs, geographic).transform(
        a * columns + b * rows + c, d * columns + e * rows + f
    )
    geod = geographic.get_geod()
    if geod is None or not np.isfinite([lon, lat]).all():
        return float("nan")
    _, _, metres = geod.inv([lon[0]] * 2, [lat[0]] * 2, lon[1:], lat[1:])
    return float(max(metres))
