"""Whether a raster holds the codes of a legend, or something that only looks like them.

Pictures of a map, lossy copies, overviews and rasters of another legend open like any other; what
gives them away is their header, their colour table, the size of their cells, and their codes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from greencover.cover import Legend, LegendClass
from greencover.ground.errors import LegendError, RasterError
from greencover.ground.geodesy import geographic_of, transformer
from greencover.ground.notes import Note, tell
from greencover.rasters import Cells
from greencover.words import Listed

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


def check_fit(source: Cells, legend: Legend, nodata: set[float], *, declared: bool) -> None:
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

    Warns
    -----
    GreencoverWarning
        A file beside the raster declares a class as nodata: it is taken at its word.
    """
    if source.lossy:
        raise RasterError("cover.compressed_with_losses", path=source.path, how=source.lossy)
    clash = nodata & set(legend.codes)
    if clash and declared and source.nodata_beside:
        code = int(min(clash))
        entry = next(one for one in legend.classes if one.code == code)
        tell("cover.class_unobserved", path=source.path, code=code, entry=entry, stacklevel=3)
    elif clash:
        raise _class_as_nodata(source, legend, int(min(clash)), declared=declared)
    moved = _moved_classes(source, legend)
    if moved:
        code, entry = moved[0]
        raise LegendError(
            "cover.classes_under_other_numbers",
            path=source.path,
            count=len(moved),
            legend=legend.key,
            code=code,
            entry=entry,
            own=entry.code,
        )


def colours_alike(source: Cells, legend: Legend) -> int:
    """How many classes have their own colour in the raster's colour table."""
    painted = dict(source.colours)
    classes = [entry for entry in legend.classes if entry.code in painted]
    return sum(_alike(painted[entry.code], entry, _SAME_COLOUR) for entry in classes)


def warn_of_coarse_cells(sources: Sequence[Cells], legend: Legend) -> None:
    """Warn where cells are much larger than those of the legend's product."""
    if legend.resolution_m is None:
        return
    sizes = [cell_m(source) for source in sources]
    coarse = [
        (source, size)
        for source, size in zip(sources, sizes, strict=True)
        if size > _COARSE * legend.resolution_m
    ]
    if coarse:
        size = coarse[0][1]
        tell(
            "cover.coarse_cells",
            rasters=Listed.of([one.path for one, _ in coarse], limit=1),
            size=size,
            legend=legend.key,
            product=legend.resolution_m,
            stacklevel=3,
        )


def unknown_codes(source: Cells, values: npt.NDArray[Any], known: set[float]) -> set[int]:
    """Codes among cell values that are not known.

    Raises
    ------
    RasterError
        The values are no whole numbers, or infinite.
    """
    numbers = values.astype(float)
    if np.isinf(numbers).any() and not known & {np.inf, -np.inf}:
        raise RasterError("rasters.infinite_cells", path=source.path)
    found = set(values[np.isfinite(numbers)].tolist()) - known
    fractions = sorted(value for value in found if value != int(value))
    if fractions:
        raise RasterError("cover.fractions", path=source.path, value=fractions[0])
    return {int(value) for value in found}


def unknown_codes_error(
    source: Cells, legend: Legend, codes: Mapping[int, str], *, nodata: set[float]
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
    if len(codes) > _MOST_LISTED:
        shown = Listed.of(codes, limit=_MOST_LISTED)
    else:
        shown = Listed.every(
            Note("cover.code_with_ground", code=code, ground=ground) if ground else code
            for code, ground in codes.items()
        )
    return LegendError(
        "cover.codes_unknown",
        path=source.path,
        legend=legend.key,
        codes=shown,
        remedy=_remedy(source, legend, list(codes), nodata),
    )


def _remedy(source: Cells, legend: Legend, codes: list[int], nodata: set[float]) -> Note:
    painted = dict(source.colours)
    alike = [
        (code, entry)
        for code in codes
        if code in painted
        and (entry := _class_of_colour(legend, painted[code], _REDUCED_COLOUR)) is not None
    ]
    if len({entry.code for _, entry in alike}) >= _FEWEST_MOVED:
        code, entry = alike[0]
        return Note(
            "cover.take_the_raster_painted",
            count=len(alike),
            code=code,
            entry=entry,
            own=entry.code,
        )
    if len(codes) > _MOST_CLASSES:
        return Note("cover.take_the_raster_of_colours" if painted else "cover.take_the_raster")
    if len(codes) == 1 and codes[0] in _FILLS and not nodata:
        return Note("cover.declare_nodata", code=codes[0])
    return Note("cover.choose_the_legend")


def _class_as_nodata(source: Cells, legend: Legend, code: int, *, declared: bool) -> LegendError:
    entry = next(one for one in legend.classes if one.code == code)
    return LegendError(
        "cover.class_declared_nodata" if declared else "cover.class_given_as_nodata",
        path=source.path,
        code=code,
        legend=legend.key,
        entry=entry,
    )


def _moved_classes(source: Cells, legend: Legend) -> list[tuple[int, LegendClass]]:
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


def cell_m(source: Cells) -> float:
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
