"""What each source said of the sides, which of them decided, and where they disagree."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from greencover.corridor._gaps import chainage_label, lines_of_runs
from greencover.corridor.exclusions import MEDIAN
from greencover.corridor.resolving import GREENABLE, NOT_SEEN
from greencover.ground.notes import Note

STATUSES = ("greened", "gap", "excluded", "unobserved", NOT_SEEN)
#: How columns of what a source said begin.
BY = "by_"
#: Ways of one source, no sources of their own.
WAYS = ("by_spacing", "by_crowns")
_SAME_PLACE_M = 1e-6


def columns_said(sides: pd.DataFrame) -> list[str]:
    """Columns of what each source said, the land cover's first."""
    return [str(c) for c in sides.columns if str(c).startswith(BY) and c not in WAYS]


def disagreements_of(sides: gpd.GeoDataFrame, *, of: str = "road") -> gpd.GeoDataFrame:
    """Join consecutive sides of which two sources say different things.

    Returns
    -------
    geopandas.GeoDataFrame
        ``road``, ``chain``, ``grade``, ``side``, ``from_m``, ``to_m``, ``chainage``,
        ``length_m``, ``status``, ``evidence`` (which source decided), and ``by_<source>``: what
        each said ("" nothing). Sides that no source could green, such as bridges, are left out.
    """
    said = columns_said(sides)
    keys = [of, "chain", "grade", "side", "status", "evidence", *said]
    keys += ["unit"] if "unit" in sides.columns else []
    columns = [*keys, "from_m", "to_m", "chainage", "length_m"]
    if not said:
        empty = pd.DataFrame(columns=columns)
        return gpd.GeoDataFrame(empty, geometry=[], crs=sides.crs)
    chosen = sides[_differ(sides, said)]
    run = _runs(chosen, keys)
    first = np.flatnonzero(np.diff(run, prepend=-1))
    last = np.append(first[1:], len(chosen)) - 1 if len(first) else first
    table = pd.DataFrame(chosen[keys].iloc[first]).reset_index(drop=True)
    table["from_m"] = chosen["from_m"].to_numpy()[first]
    table["to_m"] = chosen["to_m"].to_numpy()[last]
    table["chainage"] = [
        f"{chainage_label(a)}–{chainage_label(b)}"
        for a, b in zip(table["from_m"], table["to_m"], strict=True)
    ]
    length = chosen["length_m"].to_numpy()
    table["length_m"] = np.bincount(run, weights=length, minlength=len(first))
    lines = lines_of_runs(chosen, run) if len(first) else np.zeros(0, dtype=object)
    return gpd.GeoDataFrame(table[columns], geometry=lines, crs=sides.crs)


def _differ(sides: pd.DataFrame, said: list[str]) -> npt.NDArray[np.bool_]:
    """Sides of which a source says other than another, where both say something."""
    words = np.stack([sides[column].to_numpy(dtype=object) for column in said])
    greened, other = (words == "greened").any(axis=0), np.isin(words, ["gap", "excluded"])
    gap, barred = (words == "gap").any(axis=0), (words == "excluded").any(axis=0)
    differ = (greened & other.any(axis=0)) | (gap & barred)
    # A field check may say that a side cannot be planted; other exclusions are no finding.
    kept = (sides["status"] != "excluded").to_numpy() | barred
    return np.asarray(differ & kept & (sides["status"] != MEDIAN).to_numpy())


def _runs(sides: pd.DataFrame, keys: list[str]) -> npt.NDArray[np.int64]:
    if not len(sides):
        return np.zeros(0, dtype=np.int64)
    new = np.ones(len(sides), dtype=bool)
    from_m, to_m = sides["from_m"].to_numpy(), sides["to_m"].to_numpy()
    new[1:] = np.abs(from_m[1:] - to_m[:-1]) > _SAME_PLACE_M
    for key in keys:
        column = sides[key].to_numpy()
        new[1:] |= column[1:] != column[:-1]
    return np.cumsum(new) - 1


def lengths_by_evidence(sides: pd.DataFrame) -> pd.DataFrame:
    """Length by what decided, the most first; see ``CorridorGreening.evidence_lengths``."""
    sides = sides[sides["status"] != MEDIAN]
    decided = sides["evidence"] if "evidence" in sides else pd.Series("cover", index=sides.index)
    km = (sides["length_m"] / 1000.0).groupby([decided, sides["status"]], sort=False).sum()
    table = km.unstack().fillna(0.0).reindex(columns=list(STATUSES), fill_value=0.0)
    table.columns = [f"{status.replace(' ', '_')}_km" for status in STATUSES]
    table.insert(0, "side_km", table.sum(axis=1))
    table = table.rename_axis("evidence").sort_values("side_km", ascending=False, kind="stable")
    greenable = table[[f"{status.replace(' ', '_')}_km" for status in GREENABLE]].sum(axis=1)
    whole = float(greenable.sum())
    table["share_pct"] = 100.0 * greenable / whole if whole else np.nan
    table["greening_pct"] = 100.0 * table["greened_km"] / greenable.where(greenable > 0.0)
    return table.reset_index()


def rule_notes(sides: pd.DataFrame, parameters: Mapping[str, Any]) -> tuple[Note, ...]:
    """What trees say by spacing and by crowns, which of them decides, and whether it is kinder."""
    decides = parameters.get("trees_judged_by")
    if decides is None or "by_trees" not in sides:
        return ()
    rates = {way: _rate(sides, f"by_{way}") for way in ("spacing", "crowns")}
    if any(rate is None for rate in rates.values()):
        return ()
    other = "crowns" if decides == "spacing" else "spacing"
    kinder = rates[decides] > rates[other] + 0.05  # type: ignore[operator]
    code = "corridor.trees_judged_kinder" if kinder else "corridor.trees_judged"
    return (
        Note(
            code,
            spacing_pct=rates["spacing"],
            crowns_pct=rates["crowns"],
            metres=float(parameters["spacing_m"]),
            rule=decides,
        ),
    )


def _rate(sides: pd.DataFrame, column: str) -> float | None:
    """Percent greened of the length that a way of judging says anything of."""
    if column not in sides:
        return None
    words, length = sides[column].to_numpy(dtype=object), sides["length_m"].to_numpy()
    open_ = ~sides["status"].isin(["excluded", MEDIAN]).to_numpy()
    greened = float(length[open_ & (words == "greened")].sum())
    whole = greened + float(length[open_ & (words == "gap")].sum())
    return 100.0 * greened / whole if whole else None
