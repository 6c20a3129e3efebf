"""Columns of the sheets of the workbook."""

from __future__ import annotations

from greencover.report.office.workbook_cells import Column

TEXT = "text"
# What a figure is held against, and must not be rounded onto.
_HELD = ("target", "accept_pct")

# Whose a figure is, and of what.
_WHOSE = (
    Column("level", 13, TEXT, "levels"),
    Column("unit", 13, TEXT),
    Column("name", 18, TEXT),
    Column("name_en", 18, TEXT),
    Column("indicator", 26, TEXT),
)

FAMILY_COLUMNS = (
    Column("level", 10, TEXT, "levels"),
    Column("unit", 13, TEXT),
    Column("name", 16, TEXT),
    Column("name_en", 18, TEXT),
    Column("indicator", 20, TEXT),
    Column("value", 9, "0.00", beside=_HELD),
    Column("low", 9, "0.00", beside=_HELD),
    Column("high", 9, "0.00", beside=_HELD),
    Column("unit_of_measure", 10, TEXT, "units"),
    Column("numerator", 12, "#,##0.00"),
    Column("measure", 9, TEXT, "units"),
    Column("denominator", 12, "#,##0.00"),
    Column("per", 9, TEXT, "units"),
    Column("unobserved_pct", 9, "0.00"),
    Column("excluded_km", 10, "#,##0.000"),
    Column("all_km", 10, "#,##0.000"),
    Column("greening_all_pct", 11, "0.00"),
    Column("median_km", 11, "#,##0.000"),
    Column("road_km", 10, "#,##0.000"),
    Column("comparison", 5, TEXT),
    Column("target", 9, "0.00####"),
    Column("accept_pct", 11, "0.00####"),
    Column("accept_risk_pct", 9, "0.00####"),
    Column("gap", 9, "0.00", beside=(0.0,)),
    Column("gap_ha", 10, "#,##0.00", beside=(0.0,)),
    Column("gap_mu", 11, "#,##0.0", beside=(0.0,)),
    Column("gap_km", 10, "#,##0.000", beside=(0.0,)),
    Column("verdict", 14, TEXT, "verdicts"),
    Column("note", 32, "wrapped"),
)

NEED_COLUMNS = (
    *_WHOSE,
    Column("value", 10, "0.00", beside=_HELD),
    Column("comparison", 12, TEXT),
    Column("target", 10, "0.00####"),
    Column("unit_of_measure", 13, TEXT, "units"),
    Column("needed", 14, "#,##0.00", beside=(0.0,)),
    Column("needed_a_year", 14, "#,##0.00"),
    Column("plantable", 14, "#,##0.00"),
    Column("restricted", 14, "#,##0.00"),
    Column("to_check", 14, "#,##0.00"),
    Column("cannot", 14, "#,##0.00"),
    Column("amounts_in", 12, TEXT, "units"),
    Column("best", 14, "0.00", beside=_HELD),
    Column("reachable", 12, TEXT, "words"),
    Column("verdict", 17, TEXT, "verdicts"),
    Column("standard", 26, "wrapped"),
)

REPORTED_COLUMNS = (
    *_WHOSE,
    Column("grades", 20, TEXT),
    Column("scope", 20, TEXT, "scopes"),
    Column("reported", 12, "General"),
    Column("measured", 12, "#,##0.0000"),
    Column("low", 12, "#,##0.0000"),
    Column("high", 12, "#,##0.0000"),
    Column("in_measure", 14, TEXT, "units"),
    Column("difference", 12, "#,##0.0000"),
    Column("unobserved_pct", 13, "0.00"),
    Column("finding", 16, TEXT, "findings"),
    Column("date", 14, TEXT),
    Column("document", 30, "wrapped"),
    Column("note", 32, "wrapped"),
)

GAP_COLUMNS = (
    Column("gap_id", 22, TEXT),
    Column("status", 14, TEXT, "statuses"),
    Column("road", 18, TEXT),
    Column("grade", 20, TEXT, "grades"),
    Column("side", 12, TEXT, "sides"),
    Column("chainage", 22, TEXT),
    Column("from_m", 12, "#,##0"),
    Column("to_m", 12, "#,##0"),
    Column("length_m", 13, "#,##0"),
    Column("township", 18, TEXT),
    Column("township_en", 18, TEXT),
    Column("cover_now", 20, TEXT, "covers"),
    Column("tree_share", 12, "0 %"),
    Column("lon", 12, "0.000000"),
    Column("lat", 12, "0.000000"),
    Column("pin", 16, "link"),
)

# Columns of the list of gaps that not every campaign has.
OF_SOME = ("status",)


EVIDENCE_COLUMNS = (
    Column("evidence", 22, TEXT, "evidence"),
    Column("side_km", 14, "#,##0.000"),
    Column("greened_km", 14, "#,##0.000"),
    Column("gap_km", 14, "#,##0.000"),
    Column("excluded_km", 14, "#,##0.000"),
    Column("unobserved_km", 14, "#,##0.000"),
    Column("not_seen_km", 14, "#,##0.000"),
    Column("share_pct", 14, "0.0"),
    Column("greening_pct", 14, "0.0"),
)

DISAGREEMENT_COLUMNS = (
    Column("road", 18, TEXT),
    Column("grade", 20, TEXT, "grades"),
    Column("side", 12, TEXT, "sides"),
    Column("chainage", 22, TEXT),
    Column("length_m", 13, "#,##0"),
    Column("status", 14, TEXT, "statuses"),
    Column("evidence", 22, TEXT, "evidence"),
    *(
        Column(f"by_{key}", 16, TEXT, "statuses")
        for key in ("field", "trees", "rows", "canopy", "cover")
    ),
    Column("lon", 12, "0.000000"),
    Column("lat", 12, "0.000000"),
    Column("pin", 16, "link"),
)
