"""Residents from a table of their own, brought to units by code or by name."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from greencover.ground.errors import LayerError
from greencover.ground.notes import Note, tell
from greencover.layers.sheets import plain, read_table
from greencover.layers.tables import as_text, check_population
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Sequence

_SUFFIXES = ("街道办事处", "民族乡", "街道", "地区", "镇", "乡", "村委会", "社区", "村", "区")


def read_people(
    path: str | Path,
    units: pd.DataFrame,
    *,
    population: str,
    code: str | None = None,
    name: str | None = None,
    sheet: str | None = None,
    chosen: str | None = None,
    where: str = "units",
) -> pd.Series[float]:
    """Read residents from a CSV or Excel table, one figure for every unit.

    Parameters
    ----------
    path, sheet
        The table; the sheet is the first where none is named.
    units
        Units with ``code`` and ``name``.
    population
        Column of residents.
    code, name
        Column with the units' codes, or with their names: one of the two.
    chosen
        Which rows of the table are meant; see :func:`greencover.layers.choosing.chosen_rows`.
    where
        How messages call the units' layer.

    Returns
    -------
    Series
        Residents, indexed like ``units``.

    Raises
    ------
    LayerError
        The table cannot be read, lacks a unit (near names are suggested) or has it twice, or a
        figure is no number.
    MissingExtraError
        The table is an Excel file, and the package that reads it is not installed.

    Warns
    -----
    GreencoverWarning
        Rows of the table belong to no unit; they are left out.
    """
    key = code or name
    if key is None:
        raise LayerError("layers.table_without_key", path=path)
    table_name = Note("layers.sheet" if sheet else "layers.table", path=str(path), sheet=sheet)
    table = read_table(path, [key, population], sheet=sheet, where=table_name, chosen=chosen)
    own = _keys(units["code" if code else "name"])
    theirs = _keys(table[key])
    table, theirs = table[theirs != ""], theirs[theirs != ""]
    _check_matches(own, theirs, key, where, table_name)
    rows = table.set_index(pd.Index(theirs)).loc[own.tolist()]
    named = pd.DataFrame(
        {"name": units["name"].to_numpy(), population: rows[population].to_numpy()},
        index=units.index,
    )
    return check_population(named, population, table_name, unit="name")


def suggestions(name: str, among: Sequence[str]) -> list[str]:
    """Return the names that a name is probably meant to be, the likeliest first.

    Examples
    --------
    >>> suggestions("西林", ["东草乡", "西林镇"]), suggestions("西林乡", ["西林镇", "东林镇"])
    (['西林镇'], ['西林镇'])
    """
    stem = _stem(name)
    same = [one for one in among if _stem(one) == stem]
    return same or difflib.get_close_matches(name, among, n=2, cutoff=0.6)


def _check_matches(
    own: pd.Series, theirs: pd.Series, key: str, where: str, table_name: str
) -> None:
    twice = sorted(set(theirs[theirs.duplicated()]) & set(own))
    if twice:
        raise LayerError("layers.key_twice", where=table_name, keys=Listed.of(twice), column=key)
    shared = sorted(set(own[own.duplicated()]))
    if shared:
        raise LayerError("layers.name_shared", where=where, names=Listed.of(shared))
    absent = own[~own.isin(theirs)]
    spare = [one for one in dict.fromkeys(theirs) if one not in set(own)]
    if len(absent):
        shown = [
            Note("layers.perhaps", unit=unit, near=Listed.of(near, last="or"))
            if (near := suggestions(unit, spare))
            else unit
            for unit in absent
        ]
        raise LayerError(
            "layers.units_without_row",
            table=table_name,
            shown=Listed.of(shown),
            where=where,
            column=key,
            units=len(absent),
        )
    if spare:
        tell(
            "layers.rows_left_out",
            table=table_name,
            rows=len(spare),
            where=where,
            keys=Listed.of(spare),
            stacklevel=3,
        )


def _keys(values: pd.Series) -> pd.Series[str]:
    return as_text(values).map(plain)


def _stem(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name[: -len(suffix)]
    return name
