"""Work packages: what to plant on which gap, in which season, by whom, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from greencover.corridor._planting_ground import planting_rules
from greencover.corridor.resolving import GAP
from greencover.ground.errors import LayerError
from greencover.ground.notes import Note, tell
from greencover.layers.forms import read_form
from greencover.layers.tables import as_text, require_columns
from greencover.words import Listed

__all__ = ["read_work_form", "work_packages", "work_summary"]

#: What a form may fill in beside the status; a blank leaves what is there.
FILLED = ("season", "responsible", "done_on", "trees_planted", "note")
#: What packages are summed by.
BY = ("unit", "season", "responsible", "work_status")
PLANNED, TO_CHECK, NOTHING = "planned", "to check", "cannot be planted"
_AMOUNTS = ("length_m", "belt_ha", "plant_ha", "plant_mu", "trees", "trees_to_check")


def work_packages(
    planting: gpd.GeoDataFrame,
    *,
    seasons: Sequence[str] = (),
    responsible: str | Mapping[str, str] = "",
    form: pd.DataFrame | None = None,
) -> gpd.GeoDataFrame:
    """Make work packages of a planting list: one a gap, for a season, with somebody to answer.

    Parameters
    ----------
    planting
        Result of ``planting_list``. Sides that are not seen become no package.
    seasons
        Seasons in their order. In each unit the most urgent packages come first, and every season
        has about as many trees.
    responsible
        Who answers for the packages: one name, or one by unit (the column ``unit``).
    form
        What came back, see ``read_work_form``: by ``gap_id`` it brings ``work_status`` up to date,
        and season, person, date, trees planted and note where it says them.

    Returns
    -------
    geopandas.GeoDataFrame
        Columns of ``planting``, and ``season``, ``responsible``, ``work_status`` ("planned", "to
        check" where only a visit tells, "cannot be planted", or as the form says "under way",
        "planted", "accepted", "dropped"), ``done_on``, ``trees_planted``, ``note``. In the order
        of units and priority.

    Raises
    ------
    LayerError
        The form lacks a column, has a gap twice, or a status that means nothing.

    Examples
    --------
    >>> import geopandas as gpd, numpy as np, shapely
    >>> import greencover as gc
    >>> from affine import Affine
    >>> codes, corner = np.full((20, 100), 30, "uint8"), Affine(10, 0, 5e5, 0, -10, 3000100)
    >>> codes[:, :50] = 10
    >>> cover = gc.LandCover.from_array(codes, transform=corner, crs=4547, legend="worldcover")
    >>> line = shapely.LineString([(500_000, 3_000_000), (501_000, 3_000_000)])
    >>> roads = gpd.GeoDataFrame({"name": ["S1"], "grade": ["county"]}, geometry=[line], crs=4547)
    >>> gaps = gc.planting_list(gc.roadside_greening(roads, cover))
    >>> form = pd.DataFrame({"gap_id": ["S1-L-K0+500"], "work_status": ["已种植"]})
    >>> packages = work_packages(gaps, seasons=["2024 spring", "2024 autumn"], form=form)
    >>> packages[["gap_id", "season", "work_status"]].values.tolist()
    [['S1-L-K0+500', '2024 spring', 'planted'], ['S1-R-K0+500', '2024 autumn', 'planned']]
    """
    kept = planting[planting["status"] == GAP]
    unit = as_text(kept["unit"]) if "unit" in kept else pd.Series("", index=kept.index)
    kept = kept.assign(unit=unit)
    kept = kept.sort_values(["unit", "priority"], kind="stable").reset_index(drop=True)
    work = np.select([kept["trees"] > 0, kept["trees_to_check"] > 0], [PLANNED, TO_CHECK], NOTHING)
    named = (
        kept["unit"].map(responsible).fillna("")
        if isinstance(responsible, Mapping)
        else responsible
    )
    packages = kept.assign(
        season=_seasons(kept, list(seasons)),
        responsible=named,
        work_status=work.astype(object),
        done_on="",
        trees_planted=np.nan,
        note="",
    )
    return packages if form is None else _updated(packages, form)


def work_summary(packages: pd.DataFrame, *, by: Sequence[str] = BY) -> pd.DataFrame:
    """Sum packages by unit, season, responsible and status.

    Parameters
    ----------
    packages
        Result of ``work_packages``.
    by
        The columns to sum by.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``gaps`` (their number), ``length_m``, ``belt_ha``, ``plant_ha``, ``plant_mu``,
        ``trees`` and ``trees_to_check``.

    Examples
    --------
    >>> packages = pd.DataFrame({"unit": ["A", "A"], "season": "2024", "responsible": "",
    ...     "work_status": ["planned", "planted"], "length_m": [100.0, 50.0], "belt_ha": 0.1,
    ...     "plant_ha": 0.1, "plant_mu": 1.5, "trees": [66, 34], "trees_to_check": 0})
    >>> work_summary(packages, by=["unit"])[["gaps", "length_m", "trees"]].values.tolist()
    [[2.0, 150.0, 100.0]]
    """
    groups = packages.groupby(list(by), sort=False, dropna=False)
    table = groups[list(_AMOUNTS)].sum()
    table.insert(0, "gaps", groups.size())
    return table.reset_index()


def read_work_form(path: str | Path) -> pd.DataFrame:
    """Read the workbook, table or layer of work packages that comes back.

    Parameters
    ----------
    path
        CSV or Excel, or a layer such as a GeoPackage, with the columns ``gap_id`` and
        ``work_status`` and any of ``season``, ``responsible``, ``done_on``, ``trees_planted``,
        ``note``.

    Raises
    ------
    LayerError
        The form cannot be read, or lacks a column.
    MissingExtraError
        Excel forms need a package that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> form = Path(tempfile.mkdtemp()) / "form.csv"
    >>> _ = form.write_text("gap_id,work_status\\nS1-L-K0+500,planted\\n")
    >>> read_work_form(form)["work_status"].tolist()
    ['planted']
    """
    where = Note("corridor.form_file", path=str(path))
    wanted = ["gap_id", "work_status"]
    table = read_form(path, wanted, welcome=FILLED, where=where)
    checked_form(table, where)
    return table


def checked_form(form: pd.DataFrame, where: Note) -> pd.DataFrame:
    """A form with its statuses in the words of the catalogue, rows without a gap left out.

    Raises
    ------
    LayerError
        A column is missing, a gap stands twice, or a status means nothing.
    """
    require_columns(form, ["gap_id", "work_status"], where)
    words = {
        word: status
        for status, several in planting_rules()["work_status"].items()
        for word in several
    }
    ids = as_text(form["gap_id"])
    told = form[ids != ""].assign(gap_id=ids[ids != ""])
    twice = told["gap_id"][told["gap_id"].duplicated()]
    if len(twice):
        raise LayerError("corridor.work_twice", where=where, ids=Listed.of(twice.unique()))
    status = as_text(told["work_status"])
    # Both languages of a cell say one thing.
    first = status.str.casefold().where(
        status.str.casefold().isin(words), status.str.split().str[0]
    )
    first = first.fillna("").str.casefold()
    strange = status[(first != "") & ~first.isin(words)].unique()
    if len(strange):
        known = Listed.every([several[0] for several in planting_rules()["work_status"].values()])
        raise LayerError("corridor.work_status", where=where, words=Listed.of(strange), known=known)
    return told.assign(work_status=first.map(words).fillna(""))


def _seasons(packages: pd.DataFrame, seasons: list[str]) -> list[str]:
    """A season for each package that takes trees, in the order of units and priority."""
    if not seasons:
        return [""] * len(packages)
    trees = (packages["trees"] + packages["trees_to_check"]).astype(float)
    before = trees.groupby(packages["unit"], sort=False).cumsum() - trees
    whole = trees.groupby(packages["unit"], sort=False).transform("sum")
    share = (before / whole.where(whole > 0.0)).fillna(0.0)
    place = np.minimum((share * len(seasons) + 1e-9).astype(int), len(seasons) - 1)
    return [seasons[at] if some else "" for at, some in zip(place, trees > 0.0, strict=True)]


def _updated(packages: gpd.GeoDataFrame, form: pd.DataFrame) -> gpd.GeoDataFrame:
    told = checked_form(form, Note("corridor.form")).set_index("gap_id")
    gone = told.index[~told.index.isin(packages["gap_id"])]
    if len(gone):
        tell("corridor.work_gone", count=len(gone), ids=Listed.of(gone), stacklevel=3)
    result = packages.copy()
    for column in ("work_status", *FILLED):
        if column not in told:
            continue
        values = result["gap_id"].map(told[column])
        said = as_text(values) != ""
        if column == "trees_planted":
            values = pd.to_numeric(values, errors="coerce")
        result[column] = result[column].where(~said, values)
    return result
