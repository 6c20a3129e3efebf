"""Land cover that is drawn: polygons with codes, as surveys and inventories keep them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.cover._class import LegendClass
from greencover.cover._covers import COVER_TYPES
from greencover.cover._legend import Legend
from greencover.ground.errors import LayerError, LegendError
from greencover.ground.geodesy import degrees_per_unit, geographic_of, require_crs
from greencover.ground.notes import Note, tell
from greencover.layers import as_text, check_geometry, layer_name, read_layer, rows_of
from greencover.layers.choosing import chosen_rows
from greencover.layers.tables import as_numbers, require_columns
from greencover.layers.topology import Fit, measure_fit, without_overlaps
from greencover.rasters import PolygonCells
from greencover.words import Listed

_NO_CODE = -1
#: Canopy closure from which a stand is forest (GB/T 21010, forest inventories).
LEAST_CLOSURE = 0.2
# Land that may go back to farmland has this letter behind its code.
_ADJUSTABLE = "K"


def polygon_cells(
    given: Any,
    *,
    code: str,
    legend: Legend,
    closure: str | None = None,
    least_closure: float = LEAST_CLOSURE,
    origin: str | None = None,
    species: str | None = None,
    compartment: str | None = None,
    **reading: Any,
) -> tuple[PolygonCells, Legend]:
    """Read polygons and their codes; see ``LandCover.from_polygons``."""
    if isinstance(given, gpd.GeoDataFrame):
        where = Note("cover.polygons")
        frame = chosen_rows(given, reading.get("where"), where)
        frame = check_geometry(frame, where, geometry="polygon")
        name = "polygons"
    else:
        where = layer_name(given, reading.get("layer"), reading.get("where"))
        frame = read_layer(given, geometry="polygon", **reading)
        name = str(given)
    crs = require_crs(frame.crs, where)
    if crs.is_geographic and degrees_per_unit(crs) != 1.0:
        crs = geographic_of(crs)
        frame = frame.to_crs(crs)
    stands = {key: own for key, own in (("origin", origin), ("species", species)) if own}
    others = [one for one in (closure, compartment) if one is not None]
    require_columns(frame, [code, *others, *stands.values()], where)
    codes = codes_written(frame[code], legend, where)
    if closure is not None:
        legend, codes = with_open_stands(legend, codes, frame[closure], least_closure, where)
    if stands:
        by = pd.DataFrame({key: frame[own] for key, own in stands.items()})
        legend, codes = with_forests_apart(legend, codes, by)
    coded = np.flatnonzero(codes != _NO_CODE)
    frame, codes = frame.iloc[coded], codes[coded]
    if not len(frame):
        raise LayerError("cover.no_polygons", where=where, column=code)
    fit = measure_fit(frame)
    _tell(fit, where, coded + 1)
    shapes = without_overlaps(frame.geometry.to_numpy(), fit)
    left = ~np.array([shape.is_empty for shape in shapes]) if fit.sharing else slice(None)
    files = [] if name == "polygons" else [name]
    names = None
    if compartment is not None:
        names = as_text(frame[compartment]).to_numpy(dtype=object)[left]
    cells = PolygonCells.of(shapes[left], codes[left], crs=crs, name=name, names=names, files=files)
    return cells, legend


def with_open_stands(
    legend: Legend,
    codes: npt.NDArray[np.int64],
    closure: pd.Series[Any],
    least: float,
    where: str,
) -> tuple[Legend, npt.NDArray[np.int64]]:
    """Tell stands below a canopy closure apart, which are no forest: they count as other land.

    Parameters
    ----------
    legend, codes
        The legend, and the code of each polygon.
    closure
        Canopy closure of each, 0 to 1; where it is blank the code alone decides.
    least
        The closure from which a stand is forest.
    where
        How messages call the layer.

    Raises
    ------
    LayerError
        A closure is no share; the rows are named.
    """
    shares = as_numbers(closure)
    blank = (as_text(closure) == "").to_numpy()
    wrong = ~blank & ~((shares >= 0.0) & (shares <= 1.0)).to_numpy()
    if wrong.any():
        raise LayerError(
            "cover.no_closure", where=where, column=str(closure.name), rows=rows_of(wrong)
        )
    code = max(legend.codes) + 1
    low = np.isin(codes, legend.codes_of("tree")) & (shares < least).to_numpy()
    entry = LegendClass(
        code,
        "other",
        f"Stands below a canopy closure of {least:g}",
        f"郁闭度不足{least:g}的林分",
        COVER_TYPES["other"].colour,
    )
    return replace(legend, classes=(*legend.classes, entry)), np.where(low, code, codes)


def with_forests_apart(
    legend: Legend, codes: npt.NDArray[np.int64], by: pd.DataFrame
) -> tuple[Legend, npt.NDArray[np.int64]]:
    """Tell classes of trees apart by what columns say, each part a class of its own.

    Parameters
    ----------
    legend, codes
        The legend, and the code of each polygon.
    by
        ``origin``, ``species``, or both; where all are blank the class stays as it is.

    Examples
    --------
    >>> inventory = Legend.load("third-land-survey")
    >>> apart, codes = with_forests_apart(
    ...     inventory, np.array([301, 301, 101]), pd.DataFrame({"origin": ["planted", "", "x"]}))
    >>> codes[1:].tolist(), apart.classes[-1].name.endswith(": planted"), apart.classes[-1].origin
    ([301, 101], True, 'planted')
    """
    written = [as_text(by[column]).tolist() for column in by]
    stand = pd.Series(list(zip(*written, strict=True)), dtype=object)
    codes, classes = codes.copy(), list(legend.classes)
    number = max(legend.codes)
    for entry in legend.classes:
        if entry.cover != "tree":
            continue
        place = np.flatnonzero(codes == entry.code)
        which, kinds = pd.factorize(stand.iloc[place])
        for kind in sorted(range(len(kinds)), key=kinds.__getitem__):
            texts = kinds[kind]
            said = ", ".join(filter(None, texts))
            if not said:
                continue
            number += 1
            codes[place[which == kind]] = number
            name, name_zh = f"{entry.name}: {said}", f"{entry.name_zh}：{said}"
            named = {"name": name, "name_zh": name_zh, **dict(zip(by.columns, texts, strict=True))}
            classes.append(replace(entry, code=number, written=(), **named))
    return replace(legend, classes=tuple(classes)), codes


def codes_written(column: pd.Series[Any], legend: Legend, where: str) -> npt.NDArray[np.int64]:
    """Codes of a legend as a column has them: ``0301``, ``301``, ``301.0``, ``05H1``, ``0201K``.

    Parameters
    ----------
    column
        Codes as text or numbers; what is blank has no code, and is told.
    legend
        The legend.
    where
        How messages call the layer.

    Returns
    -------
    numpy.ndarray
        Code of each row, -1 where there is none.

    Raises
    ------
    LegendError
        Rows have codes that the legend lacks; they are named.

    Examples
    --------
    >>> inventory = Legend.load("third-land-survey")
    >>> codes_written(pd.Series(["0301", "0201K", "05H1"]), inventory, "plots").tolist()
    [301, 201, 5901]
    """
    texts = as_text(column)
    blank = texts == ""
    known = {str(one): one for one in legend.codes}
    known |= {_plain(text): one.code for one in legend.classes for text in one.written}
    found = {text: _found(text, known) for text in texts[~blank].unique()}
    unknown = [text for text, number in found.items() if number is None]
    if unknown:
        raise LegendError(
            "cover.polygon_codes_unknown",
            where=where,
            column=str(column.name),
            codes=Listed.of(map(repr, unknown)),
            rows=rows_of(texts.isin(unknown).to_numpy()),
            legend=legend.key,
            known=Listed.of(legend.codes, limit=60),
        )
    if blank.any():
        rows = rows_of(blank.to_numpy())
        tell("cover.polygons_without_code", where=where, column=str(column.name), rows=rows)
    numbers = [_NO_CODE if empty else found[text] for text, empty in zip(texts, blank, strict=True)]
    return np.array(numbers, dtype=np.int64)


def _found(text: str, known: dict[str, int]) -> int | None:
    plain = _plain(text)
    for one in (plain, plain.removesuffix(_ADJUSTABLE)):
        if one in known:
            return known[one]
    return None


def _plain(text: str) -> str:
    """A code without what writes it in another way: blanks, zeros before it, ``.0`` behind it."""
    return text.strip().upper().removesuffix(".0").lstrip("0") or "0"


def _tell(fit: Fit, where: str, row: npt.NDArray[np.int64]) -> None:
    """Say what ground is drawn twice, and what between polygons is in none."""
    if fit.overlap_places:
        rows = (f"{row[one]}/{row[other]}" for one, other in fit.overlapping)
        tell(
            "cover.polygons_overlap",
            where=where,
            ha=fit.overlap_ha,
            places=fit.overlap_places,
            rows=Listed.of(rows),
            stacklevel=4,
        )
    if fit.gap_places and fit.largest_gap is not None:
        x, y = fit.largest_gap
        tell(
            "cover.polygons_leave_gaps",
            where=where,
            ha=fit.gap_ha,
            places=fit.gap_places,
            slivers=fit.sliver_places,
            x=x,
            y=y,
            stacklevel=4,
        )
