"""Pictures of every kind of map against kept ones, without their text.

The root mean square of the difference may be 4 of 255 at most; 9 where matplotlib is older than
3.11, which lays rasters half a pixel aside. Text is left out: every release of a drawing library
sets it a little differently, and other tests look at it. To keep new pictures
after a change that is meant, look at them and run with ``GREENCOVER_KEEP_PICTURES=1``.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial

import matplotlib
import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text

from greencover.report.maps.change import draw_change
from greencover.report.maps.choropleth import draw_choropleth
from greencover.report.maps.pictures import save
from greencover.report.maps.registry import maps
from greencover.report.maps.roadsides import draw_roadside_greening
from greencover.report.maps.township import draw_township
from greencover.report.style import MapStyle
from paths import PICTURES
from report_fixtures import FROM_LAND_COVER, make_assessment

TOLERANCE = 4.0
OLDER_TOLERANCE = 9.0
EARLIER = make_assessment()
KINDS = {
    **{name: maps()[name].draw for name in FROM_LAND_COVER},
    "township": partial(draw_township, unit="350705"),
    "change": partial(
        draw_change,
        earlier=replace(EARLIER, table=EARLIER.table.assign(value=EARLIER.table["value"] - 2)),
    ),
    "portrait": partial(draw_choropleth, style=MapStyle(page="a4-portrait")),
    "column": partial(draw_roadside_greening, style=MapStyle(page="column")),
}


def difference(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square of the difference, of 255."""
    return float(255 * np.sqrt(np.mean((one - other) ** 2)))


@pytest.fixture(scope="module")
def assessment():
    return make_assessment()


@pytest.mark.parametrize("kind", list(KINDS))
def test_picture_is_as_it_was(assessment, tmp_path, kind):
    figure = KINDS[kind](assessment).figure
    for text in figure.findobj(Text):
        text.set_visible(False)
    drawn = imread(save(figure, tmp_path / f"{kind}.png", dpi=40))[..., :3]
    kept = PICTURES / f"{kind}.png"
    if os.environ.get("GREENCOVER_KEEP_PICTURES"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes((tmp_path / f"{kind}.png").read_bytes())
    expected = imread(kept)[..., :3]

    older = tuple(map(int, matplotlib.__version__.split(".")[:2])) < (3, 11)
    assert drawn.shape == expected.shape
    assert difference(drawn, expected) <= (OLDER_TOLERANCE if older else TOLERANCE)


def test_the_tolerance_sees_a_change(assessment, tmp_path):
    """Another palette is another picture, and so is a map without one of its townships."""
    kept = imread(PICTURES / "forest-coverage.png")[..., :3]
    towns = assessment.layers["townships"]
    fewer = replace(assessment, layers={**assessment.layers, "townships": towns.iloc[1:]})
    changed = (
        draw_choropleth(assessment, style=MapStyle(palette="Purples")).figure,
        draw_choropleth(fewer).figure,
    )
    for figure in changed:
        for text in figure.findobj(Text):
            text.set_visible(False)
        drawn = imread(save(figure, tmp_path / "a.png", dpi=40))[..., :3]

        assert difference(drawn, kept) > 2 * TOLERANCE
