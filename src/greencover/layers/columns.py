"""Find the columns that people did not name, and give columns the names that code knows."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from greencover.ground.errors import LayerError
from greencover.ground.notes import Note, tell
from greencover.layers.tables import as_text, require_columns
from greencover.words import Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    import pandas as pd


def find_columns(frame: pd.DataFrame, keys: Iterable[str], where: str) -> dict[str, str]:
    """Find own columns by what they hold, through the names in ``aliases.toml``.

    Parameters
    ----------
    frame
        The table.
    keys
        What is sought: "code", "name", "name_en", "population", "road", "grade", ...
    where
        How messages call the table.

    Returns
    -------
    dict
        Own column name by key.

    Raises
    ------
    LayerError
        Several columns, or none, may hold what is sought; the message lists them.

    Warns
    -----
    GreencoverWarning
        A column was taken whose name is not the key itself.
    """
    found = {}
    for key in keys:
        candidates = candidate_columns(frame, key)
        if len(candidates) != 1:
            raise _undecided(frame, key, candidates, where)
        found[key] = candidates[0]
        if candidates[0].lower() != key:
            tell("layers.column_taken", where=where, key=key, column=candidates[0], stacklevel=2)
    return found


def candidate_columns(frame: pd.DataFrame, key: str) -> list[str]:
    """List the columns that may hold what a key stands for; one named like the key is alone."""
    geometry = getattr(frame, "_geometry_column_name", None)
    own = [str(column) for column in frame.columns if column != geometry]
    exact = [column for column in own if column.strip().lower() == key]
    if exact:
        return exact
    wanted = set(aliases()[key])
    matching = [column for column in own if column.strip().lower() in wanted]
    return [column for column in matching if (as_text(frame[column]) != "").any()]


def name_columns(
    frame: gpd.GeoDataFrame, columns: Mapping[str, str], where: str
) -> gpd.GeoDataFrame:
    """Add columns under canonical names.

    The own columns stay; one that already has a wanted name but another meaning becomes
    ``..._original``.
    """
    require_columns(frame, list(columns.values()), where)
    picked = {name: frame[own] for name, own in columns.items()}
    displaced = {
        name: f"{name}_original"
        for name, own in columns.items()
        if name != own and name in frame.columns
    }
    return frame.rename(columns=displaced).assign(**picked)


def refuse_twice(frame: pd.DataFrame, where: str) -> None:
    """Refuse a table that gives two columns one name."""
    twice = frame.columns[frame.columns.duplicated()].unique()
    if len(twice):
        raise LayerError("layers.column_twice", where=where, columns=Listed.of(map(repr, twice)))


@cache
def aliases() -> dict[str, Any]:
    """Return the table of column names."""
    text = files("greencover.layers").joinpath("aliases.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _undecided(frame: pd.DataFrame, key: str, candidates: list[str], where: str) -> LayerError:
    if candidates:
        return LayerError(
            "layers.columns_several",
            where=where,
            key=key,
            columns=Listed.of(candidates),
            first=candidates[0],
        )
    geometry = getattr(frame, "_geometry_column_name", None)
    present = [str(column) for column in frame.columns if column != geometry]
    columns = Listed.of(present, limit=20) if present else Note("layers.no_columns")
    return LayerError("layers.column_unknown", where=where, key=key, columns=columns)
