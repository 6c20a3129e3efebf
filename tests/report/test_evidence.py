"""What roadsides were judged by, in sentences, in the Word report and on a map."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
import pytest
from docx import Document

import greencover as gc
from evidence_county import write_evidence_county
from greencover.report import palette
from greencover.report.evidence import SOURCES, evidence_sentences
from greencover.report.maps.evidence import STROKES, draw_roadside_evidence
from greencover.report.maps.registry import maps
from greencover.report.office.word import write_word

mpl.use("Agg")


@pytest.fixture(scope="module")
def assessment(tmp_path_factory):
    return gc.assess(write_evidence_county(tmp_path_factory.mktemp("county")))


@pytest.mark.parametrize(
    ("lang", "decided", "differ", "status"),
    [
        ("en", "Tree inventory decided", "The sources disagree on", "ree inventory says gap"),
        ("zh", "由单株调查判定", "说法不一", "单株调查为"),
    ],
)
def test_sentences_say_what_decided_and_who_disagrees(assessment, lang, decided, differ, status):
    told = [one.said(lang) for one in evidence_sentences(assessment)]
    shares = assessment.evidence[assessment.evidence["share_pct"] > 0.0]

    assert len(told) == len(shares) + 1
    assert any(decided in one for one in told)
    assert differ in told[-1]
    km = assessment.disagreements["length_m"].sum() / 1000
    assert f"{km:,.2f}" in told[-1]
    assert status in told[-1]
    for share in shares["share_pct"]:
        assert any(f"{share:.1f}" in one for one in told)


@pytest.mark.parametrize(
    ("lang", "heading", "titles"),
    [
        ("en", "What roadsides were judged by", ["Evidence", "Greened (km)"]),
        ("zh", "道路绿化的判定依据", ["依据", "已绿化 (公里)"]),
    ],
)
def test_word_has_both_tables_and_the_sentences(assessment, tmp_path, lang, heading, titles):
    document = Document(str(write_word(assessment, tmp_path / "r.docx", lang=lang)))

    text = [one.text for one in document.paragraphs]
    assert heading in text
    for one in evidence_sentences(assessment):
        assert one.said(lang) in text
    tables = [t for t in document.tables if [c.text for c in t.rows[0].cells][:2] == titles]
    assert len(tables) == 1
    rows = assessment.evidence[assessment.evidence["share_pct"] > 0.0]
    shown = [float(row.cells[3].text) for row in tables[0].rows[1:]]
    assert shown == [float(f"{share:.1f}") for share in rows["share_pct"]]
    last = [t for t in document.tables if len(t.columns) == 6 and t is not tables[0]]
    assert any(len(t.rows) == len(assessment.disagreements) + 1 for t in last)


def test_the_map_shows_every_source_and_a_ring_where_they_disagree(assessment):
    one = maps()["roadside-evidence"]
    assert one.fits(assessment)
    axes = draw_roadside_evidence(assessment)

    lines = [one for one in axes.collections if hasattr(one, "get_color")]
    drawn = {mpl.colors.to_hex(one.get_color()[0]) for one in lines}
    used = set(assessment.layers["road_sides"]["evidence"])
    assert {palette.EVIDENCE_COLOUR[key] for key in used} <= drawn
    rings = [line for line in axes.lines if line.get_marker() == "o"]
    assert [len(line.get_xdata()) for line in rings] == [len(assessment.disagreements)]


def test_sources_can_be_told_apart_in_grey():
    """By lightness in the order of trust, and by width or stroke as well."""
    red_green_blue = [mpl.colors.to_rgb(palette.EVIDENCE_COLOUR[key]) for key in SOURCES]
    grey = np.array(red_green_blue) @ (0.2126, 0.7152, 0.0722)
    assert (np.diff(grey) > 0.04).all()
    looks = [(s["linewidths"], str(s.get("linestyles"))) for s in STROKES.values()]
    assert len(set(looks)) == len(looks)


def test_where_the_land_cover_decides_all_there_is_nothing_to_tell(assessment):
    from dataclasses import replace

    import pandas as pd

    alone = replace(assessment, evidence=pd.DataFrame())
    assert evidence_sentences(alone) == []
    assert not maps()["roadside-evidence"].fits(alone)
