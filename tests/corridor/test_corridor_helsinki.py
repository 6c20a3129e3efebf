"""The streets of central Helsinki: hundreds of OpenStreetMap ways over a 2 m cover."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from benchmarks import helsinki

import greencover as gc
from paths import REAL_DATA

DATA = REAL_DATA / "helsinki-osm"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real test data are not here")


@pytest.fixture(scope="module")
def streets():
    return helsinki.streets(DATA)


@pytest.fixture(scope="module")
def road(streets):
    cover = gc.LandCover.open(DATA / "cover_2m.tif", legend=helsinki.LEGEND)
    return gc.roadside_greening(streets, cover, **helsinki.RULES)


def test_ways_of_one_name_join_and_nothing_is_lost(road, streets):
    assert len(road.chains) < len(streets) / 5
    geod = gpd.GeoSeries(streets.geometry).to_crs(4326)
    distinct = geod[~geod.normalize().duplicated()]
    import pyproj

    length = sum(pyproj.Geod(ellps="WGS84").geometry_length(line) for line in distinct)
    assert road.chains["length_m"].sum() == pytest.approx(length, rel=1e-6)
    # One connector of 4.4 m lies within 3 m of another street, whose sides it has.
    assert 0.0 <= 2 * length - road.sides["length_m"].sum() < 10.0
    assert any("counted once" in note for note in road.notes)


def test_bridges_junctions_and_twins_are_seen(road):
    reasons = road.sides.groupby("reason")["length_m"].sum()
    assert {"bridge", "tunnel", "junction", "other carriageway"} <= set(reasons.index)
    assert any("two lines" in note for note in road.notes)


def test_trees_stand_on_the_side_that_the_raster_shows(road):
    """Cells on the middle line of long runs agree with side and status."""
    runs = road.runs.to_crs(32635)
    long = runs[(runs["length_m"] > 40) & runs["status"].isin(["greened", "gap"])]
    with rasterio.open(DATA / "cover_2m.tif") as file:
        cells, inverse = file.read(1), ~file.transform

    def tree_share(line):
        depth = np.linspace(-2.0, 2.0, 5)
        places = []
        for at in np.arange(0.0, line.length, 1.0):
            one, two = line.interpolate(at), line.interpolate(at + 0.5)
            dx, dy = two.x - one.x, two.y - one.y
            norm = np.hypot(dx, dy) or 1.0
            places += [(one.x - dy / norm * d, one.y + dx / norm * d) for d in depth]
        x, y = np.array(places).T
        columns, rows = inverse.a * x + inverse.c, inverse.e * y + inverse.f
        rows, columns = rows.astype(int), columns.astype(int)
        inside = (rows >= 0) & (rows < cells.shape[0]) & (columns >= 0) & (columns < cells.shape[1])
        return (cells[rows[inside], columns[inside]] == 1).mean()

    shares = np.array([tree_share(line) for line in long.geometry])
    greened = (long["status"] == "greened").to_numpy()
    assert greened.sum() >= 5
    np.testing.assert_allclose(shares, long["tree_share"], atol=0.12)
    assert shares[greened].min() > shares[~greened].max() - 0.1


def test_a_known_gap_is_on_its_side(road):
    """The park side of Kaisaniemenranta is bare along its whole length, the bay side lined."""
    gaps = road.gaps[road.gaps["road"] == "Kaisaniemenranta"]
    chain = road.chains[road.chains["road"] == "Kaisaniemenranta"].geometry.iloc[0]
    longest = gaps.loc[gaps["length_m"].idxmax()]
    assert longest["length_m"] > 400
    middle = longest.geometry.interpolate(0.5, normalized=True)
    on_road = chain.interpolate(chain.project(middle))
    assert middle.y < on_road.y
    assert shapely.distance(middle, on_road) > 0


@pytest.fixture(scope="module", params=[10, 30])
def compared(request):
    return helsinki.compared(request.param, DATA)


def test_trees_give_back_what_a_coarse_cover_lost(road, compared):
    """The fine cover has crowns of 7 m burnt in; the coarse ones lost most of them."""
    fine, alone, both = (
        float(one.rates_by()["greened_km"].iloc[0])
        for one in (road, compared["cover"], compared["both"])
    )
    # What is left are woods beside roads, which no inventory holds.
    assert alone < 0.4 * fine
    assert both > 0.8 * fine
    differ = compared["both"].disagreements
    assert set(differ["evidence"]) <= {"trees", "rows"}
    assert differ["length_m"].sum() / 1000.0 == pytest.approx(both - alone, rel=0.02)


def test_sources_disagree_on_the_avenue_and_on_the_wooded_shore(compared):
    """Rows outside of Mannerheimintie that cells miss; woods that nobody mapped by tree."""
    differ = compared["trees"].disagreements
    missed = differ[differ["by_trees"] == "greened"].groupby("road")["length_m"].sum()
    assert missed.idxmax() == "Mannerheimintie"
    assert missed.max() > 500
    woods = differ[differ["by_cover"] == "greened"]
    if len(woods):
        assert woods.groupby("road")["length_m"].sum().idxmax() == "Kaisaniemenranta"
    # Standing apart, each source keeps to what it says: the greater trusted decides.
    assert set(differ["evidence"]) == {"trees"}
