"""Tables of the Word report beside the matrix: base figures, classes, roads, villages, needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from greencover.ground.geodesy import MU_PER_HECTARE
from greencover.report.books import SAID, BookTable, Field
from greencover.report.figures import Goal, figure_of
from greencover.report.judged import judged
from greencover.report.labels import Label, Named, Sentence, keys
from greencover.report.selection import name_of, text_of
from greencover.report.sentences import little_of

if TYPE_CHECKING:
    from greencover.verdicts import Assessment

_BASE = (
    Field("name", SAID),
    Field("land_ha", "#,##0.00"),
    Field("unseen_ha", "#,##0.00"),
    Field("forest_ha", "#,##0.00"),
    Field("forest_mu", "#,##0.0"),
    Field("population", "#,##0"),
)
_ROAD_LENGTHS = (
    Field("grade", SAID),
    Field("roads", "0"),
    Field("road_km", "#,##0.00"),
    Field("all_km", "#,##0.00"),
    Field("excluded_km", "#,##0.00"),
    Field("greened_side_km", "#,##0.00"),
    Field("gap_side_km", "#,##0.00"),
)
_SIDES = {"greened_km": "greened_side_km", "gap_km": "gap_side_km"}
_CLASSES = (
    Field("name", SAID),
    Field("area_ha", "#,##0.00"),
    Field("area_mu", "#,##0.0"),
    Field("share_of_all_pct", "0.00"),
)
_LENGTHS = (
    Field("name", SAID),
    Field("indicator", SAID),
    Field("all_km", "#,##0.00"),
    Field("excluded_km", "#,##0.00"),
    Field("greening_all_pct", "0.0"),
    Field("note", SAID),
)
_OF_UNITS = (
    Field("name", SAID),
    Field("indicator", SAID),
    Field("value", SAID),
    Field("target", SAID),
    Field("verdict", SAID),
)
_NEEDS = (
    Field("name", SAID),
    Field("indicator", SAID),
    Field("target", SAID),
    Field("needed", SAID),
    Field("plantable", SAID),
    Field("reachable", SAID),
)
_VERDICTS = ("not met", "uncertain", "no data", "met")


def base_tables(assessment: Assessment) -> tuple[BookTable, ...]:
    """Land, forest and residents by township, and lengths of road by grade."""
    return _present(assessment, (_base, _road_lengths))


def annex_tables(assessment: Assessment) -> tuple[BookTable, ...]:
    """Class areas, judged roads and villages, lengths beside rates, and what targets ask for."""
    return _present(assessment, (_classes, _roads, _villages, _lengths, _needs))


def _present(
    assessment: Assessment, makers: tuple[Callable[[Any], BookTable], ...]
) -> tuple[BookTable, ...]:
    found = (make(assessment) for make in makers)
    return tuple(table for table in found if len(table.rows))


def base_figures(assessment: Assessment, level: str) -> pd.DataFrame:
    """Land, forest and residents of the units of a level, as far as the campaign gives them."""
    table = assessment.table[assessment.table["level"] == level]
    units = table.drop_duplicates("unit").set_index("unit")
    names: list[Any] = [name_of(record) for record in units.to_dict("records")]
    result = pd.DataFrame({"name": pd.Series(names, units.index, dtype=object)})
    figures = [one.on(level) for one in judged(table) if one.key == "forest_coverage"]
    forest = figures[0] if figures else table.iloc[:0].set_index("unit")
    seen_ha, unseen = forest["denominator"], forest["unobserved_pct"] / 100.0
    # Rates are of the ground that was observed; the land is all of it.
    result["land_ha"] = seen_ha / (1.0 - unseen)
    result["unseen_ha"] = result["land_ha"] * unseen
    result["forest_ha"] = forest["numerator"]
    result["forest_mu"] = result["forest_ha"].astype(float) * MU_PER_HECTARE
    result["population"] = np.nan
    if "per" in table:
        whole = table["scope"].map(text_of) == ""
        heads = table[(table["per"] == "persons") & whole].drop_duplicates("unit")
        result["population"] = heads.set_index("unit")["denominator"]
    return result.reset_index(drop=True)


def _base(assessment: Assessment) -> BookTable:
    parts = [base_figures(assessment, level) for level in ("township", "county")]
    rows = pd.concat([part for part in parts if len(part)], ignore_index=True)
    known = [
        one
        for one in _BASE
        if one.look == SAID or (rows[one.key].astype(float).fillna(0.0) > 0.0).any()
    ]
    return BookTable("base", tuple(known), rows if len(known) > 1 else rows.iloc[:0])


def _road_lengths(assessment: Assessment) -> BookTable:
    given = assessment.layers.get("roads")
    roads = given.rename(columns=_SIDES) if given is not None else None
    lengths = [one.key for one in _ROAD_LENGTHS[2:]]
    if roads is None or not {*lengths} <= {*roads.columns}:
        return BookTable("road_lengths", (), pd.DataFrame())
    sums = pd.DataFrame(roads.drop(columns=roads.geometry.name)).groupby("grade")[lengths].sum()
    sums.insert(0, "roads", roads.groupby("grade").size())
    order = [grade for grade in keys("grades") if grade in sums.index]
    sums = sums.loc[[*order, *(grade for grade in sums.index if grade not in order)]]
    rows = sums.reset_index()
    words: list[Any] = [Label(grade, "grades") for grade in rows["grade"]]
    rows["grade"] = pd.Series(words, rows.index, dtype=object)
    total = {"grade": Label("total", "words"), **sums.sum().to_dict()}
    return BookTable(
        "road_lengths", _ROAD_LENGTHS, pd.concat([rows, pd.DataFrame([total])], ignore_index=True)
    )


def _classes(assessment: Assessment) -> BookTable:
    areas = assessment.class_areas
    if not len(areas):
        return BookTable("class_areas", (), areas)
    names: list[Any] = [
        Label("unobserved", "statuses") if one["cover"] == "unobserved" else name_of(one)
        for one in areas.to_dict("records")
    ]
    rows = areas.assign(
        name=pd.Series(names, areas.index, dtype=object), area_mu=areas["area_ha"] * MU_PER_HECTARE
    )
    total = {"name": Label("total", "words")}
    total |= {one.key: rows[one.key].sum() for one in _CLASSES[1:]}  # type: ignore[misc]
    return BookTable(
        "class_areas", _CLASSES, pd.concat([rows, pd.DataFrame([total])], ignore_index=True)
    )


def _roads(assessment: Assessment) -> BookTable:
    return BookTable("judged_roads", _OF_UNITS, _of_units(assessment, "road"))


def _villages(assessment: Assessment) -> BookTable:
    return BookTable("judged_villages", _OF_UNITS, _of_units(assessment, "village"))


def _of_units(assessment: Assessment, level: str) -> pd.DataFrame:
    """Units that are held against a target, those that miss it by most first."""
    found: list[dict[str, object]] = []
    for one in judged(assessment.table):
        rows = one.on(level)
        rows = rows[rows["target"].notna()]
        gap = "gap" if "gap" in rows else "gap_pct"
        rows = rows.sort_values([gap, "value"], ascending=[False, True], kind="stable")
        place = rows["verdict"].map({verdict: n for n, verdict in enumerate(_VERDICTS)})
        found += [
            {
                "name": name_of(record),
                "indicator": one.name,
                "value": figure_of(record) or Named("–"),
                "target": Goal.of(record),
                "verdict": Label(record["verdict"], "verdicts"),
            }
            for record in rows.loc[place.sort_values(kind="stable").index].to_dict("records")
        ]
    return pd.DataFrame(found, columns=[one.key for one in _OF_UNITS])


def _lengths(assessment: Assessment) -> BookTable:
    found = [
        {
            **record,
            "name": name_of(record),
            "indicator": one.name,
            "note": Sentence("lengths.rests_on_little") if little_of(record) else Named(""),
        }
        for one in judged(assessment.table)
        for record in one.on("township").to_dict("records")
        if float(record.get("all_km", np.nan)) > 0.0
    ]
    return BookTable("lengths", _LENGTHS, pd.DataFrame(found))


def _needs(assessment: Assessment) -> BookTable:
    needs = assessment.needs
    rows = [] if needs.empty else list(_need_rows(assessment))
    return BookTable("needs", _NEEDS, pd.DataFrame(rows))


def _need_rows(assessment: Assessment) -> Iterator[dict[str, object]]:
    names = {one.key: one.name for one in reversed(judged(assessment.table))}
    for record in assessment.needs.to_dict("records"):
        if record["level"] not in ("county", "township"):
            continue
        measure = Label(record["measure"], "units")
        yield {
            "name": name_of(record),
            "indicator": names[str(record["indicator"])],
            "target": Goal.of(record),
            **{
                key: Sentence("figures.plain", figure=f"{record[key]:,.2f}", unit=measure)
                if np.isfinite(record[key])
                else Named("–")
                for key in ("needed", "plantable")
            },
            "reachable": Label(record["reachable"], "words"),
        }
