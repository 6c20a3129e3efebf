"""Who has a park within a walk: by hand, along roads, and in a real city."""

from __future__ import annotations

import sys

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
from greencover.ground.errors import LayerError, MissingExtraError
from greencover.indicators.aggregation import merged
from greencover.indicators.sdg import open_public_space
from greencover.overlay import ground_area_ha
from greencover.people.park_service import (
    park_distance,
    park_service_coverage,
    residents_served,
    service_radius,
)

# Metres of UTM zone 31 near its central meridian are 0.04 % short of metres on the ground.
UTM = "EPSG:32631"
X, Y, SCALE = 500_000.0, 5_000_000.0, 0.9996


def frame(*shapes, **columns) -> gpd.GeoDataFrame:
    """Shapes given in metres on the ground round one place."""
    placed = shapely.transform(np.array(shapes, dtype=object), lambda xy: xy * SCALE + [X, Y])
    return gpd.GeoDataFrame(columns, geometry=placed, crs=UTM)


def square(x: float, y: float, side: float) -> shapely.Polygon:
    return shapely.box(x, y, x + side, y + side)


class TestStraightLines:
    def test_share_of_ground_by_hand(self):
        park = frame(square(0, 0, 100))
        town = frame(shapely.box(-1000, -1000, 1000, 1000), square(5000, 5000, 100))
        row = park_service_coverage(town, park, radius_m=300.0)
        # A square of 100 m and all within 300 m: four sides and four quarter circles.
        served = (100**2 + 4 * 100 * 300 + np.pi * 300**2) / 1e4
        assert row["served_ha"].iloc[0] == pytest.approx(served, rel=6e-4)
        assert row["area_ha"].iloc[0] == pytest.approx(400.0, rel=1e-5)
        assert row["served_pct"].iloc[0] == pytest.approx(served / 4.0, rel=6e-4)
        assert row["served_pct"].iloc[1] == 0.0

    def test_parks_that_overlap_serve_once(self):
        town = frame(shapely.box(-1000, -1000, 1000, 1000))
        one = park_service_coverage(town, frame(square(0, 0, 100)))
        two = park_service_coverage(town, frame(square(0, 0, 100), square(0, 0, 100)))
        assert two["served_ha"].iloc[0] == pytest.approx(one["served_ha"].iloc[0], rel=1e-9)

    def test_park_beyond_the_border_serves(self):
        town = frame(shapely.box(0, 0, 1000, 1000))
        park = frame(shapely.box(-200, -5000, -100, 5000))
        row = park_service_coverage(town, park, radius_m=300.0).iloc[0]
        assert row["served_pct"] == pytest.approx(20.0, rel=1e-3)

    def test_ground_that_is_asked_about(self):
        town = frame(shapely.box(0, 0, 1000, 1000), square(9000, 0, 10))
        homes = frame(shapely.box(0, 0, 100, 1000), shapely.box(50, 0, 300, 1000))
        park = frame(shapely.box(-200, -5000, -100, 5000))
        table = park_service_coverage(town, park, radius_m=250.0, within=homes)
        assert table["area_ha"].iloc[0] == pytest.approx(30.0, rel=1e-4)
        assert table["served_ha"].iloc[0] == pytest.approx(15.0, rel=1e-3)
        assert np.isnan(table["served_pct"].iloc[1])

    def test_no_parks_serve_nobody(self):
        town = frame(shapely.box(0, 0, 1000, 1000))
        assert park_service_coverage(town, frame(square(0, 0, 9)).iloc[:0])[
            "served_pct"
        ].tolist() == [0.0]

    def test_radius_by_size(self):
        # 90 m, 50 m and 20 m a side: 8,100, 2,500 and 400 m².
        parks = frame(square(0, 0, 90), square(0, 3000, 50), square(0, 6000, 20))
        radius = service_radius(parks)
        assert radius.tolist()[:2] == [500.0, 300.0]
        assert np.isnan(radius.iloc[2])
        town = frame(shapely.box(-1000, -1000, 1000, 7000))
        with pytest.raises(LayerError, match=r"radius_m is missing or not above 0 in row 3 of the"):
            park_service_coverage(town, parks.assign(r=radius), radius_m="r")
        row = park_service_coverage(town, parks.assign(r=radius)[:2], radius_m="r").iloc[0]
        served = 90**2 + 360 * 500 + np.pi * 500**2 + 50**2 + 200 * 300 + np.pi * 300**2
        assert row["served_ha"] == pytest.approx(served / 1e4, rel=6e-4)

    def test_merged_units_weigh_by_ground(self):
        towns = frame(shapely.box(0, 0, 1000, 1000), shapely.box(1000, 0, 4000, 1000))
        park = frame(shapely.box(-200, -5000, 0, 5000))
        each = park_service_coverage(towns, park, radius_m=500.0)
        whole = merged(each).iloc[0]
        assert each["served_pct"].tolist() == pytest.approx([50.0, 0.0], rel=1e-3)
        assert whole["served_pct"] == pytest.approx(12.5, rel=1e-3)


class TestResidents:
    def homes(self):
        spots = [(50, 50), (50, 350), (50, 450), (900, 900)]
        points = [shapely.Point(*spot) for spot in spots]
        return frame(*points, people=[10, 20, 30, 40])

    def test_distances_in_a_straight_line(self):
        found = park_distance(self.homes(), frame(square(0, 0, 100)))
        expected = [0.0, 250.0, 350.0, np.hypot(800, 800)]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)

    def test_share_of_residents(self):
        towns = frame(
            shapely.box(0, 0, 1000, 400), shapely.box(0, 400, 1000, 1000), square(-9, 0, 5)
        )
        table = residents_served(
            towns, self.homes(), frame(square(0, 0, 100)), radius_m=300.0, population="people"
        )
        assert table["population"].tolist() == [30.0, 70.0, 0.0]
        assert table["served_residents"].tolist() == [30.0, 0.0, 0.0]
        assert table["residents_served_pct"].tolist()[:2] == [100.0, 0.0]
        assert np.isnan(table["residents_served_pct"].iloc[2])
        assert merged(table)["residents_served_pct"].iloc[0] == pytest.approx(30.0)

    def test_homes_must_be_points(self):
        with pytest.raises(LayerError, match="must hold points"):
            park_distance(frame(square(0, 0, 1)), frame(square(0, 0, 1)))
        with pytest.raises(LayerError, match="park layer is empty"):
            park_distance(self.homes(), frame(square(0, 0, 1)).iloc[:0])


class TestAlongRoads:
    """A road from a park's gate, east 400 m and then north 300 m; a home at its end."""

    PARK = (-50.0, -50.0, 100.0)

    def roads(self):
        return frame(
            shapely.LineString([(0, 0), (400, 0)]),
            shapely.LineString([(400, 0), (400, 300)]),
        )

    def homes(self):
        spots = [(400, 300), (400, 310), (0, 300), (0, 0)]
        return frame(*(shapely.Point(*s) for s in spots), people=[1, 1, 1, 1])

    def test_the_way_round(self):
        pytest.importorskip("scipy")
        park = frame(square(*self.PARK))
        along = park_distance(self.homes(), park, roads=self.roads())
        straight = park_distance(self.homes(), park)
        # The park reaches 50 m along the road.
        assert along.iloc[0] == pytest.approx(650, rel=1e-4)
        assert along.iloc[1] == pytest.approx(660, rel=1e-4)
        assert straight.iloc[0] == pytest.approx(np.hypot(350, 250), rel=1e-4)
        assert along.iloc[3] == 0.0
        assert along.iloc[2] >= straight.iloc[2]

    def test_beyond_the_limit_nothing_is_found(self):
        pytest.importorskip("scipy")
        park = frame(square(*self.PARK))
        along = park_distance(self.homes(), park, roads=self.roads(), limit_m=500.0)
        assert np.isinf(along.iloc[0])
        served = residents_served(
            frame(shapely.box(-500, -500, 500, 500)),
            self.homes(),
            park,
            radius_m=500.0,
            population="people",
            roads=self.roads(),
        )
        assert served["served_residents"].iloc[0] < 4

    def test_roads_that_do_not_meet_lead_nowhere(self):
        pytest.importorskip("scipy")
        bridge = frame(
            shapely.LineString([(0, 0), (400, 0)]), shapely.LineString([(200, -90), (200, 290)])
        )
        home = frame(shapely.Point(200, 290))
        along = park_distance(home, frame(square(*self.PARK)), roads=bridge)
        assert np.isinf(along.iloc[0])

    def test_park_far_from_any_road_is_entered_from_the_nearest(self):
        pytest.importorskip("scipy")
        park = frame(shapely.box(380, -300, 420, -200))
        along = park_distance(self.homes().iloc[[0]], park, roads=self.roads())
        assert along.iloc[0] == pytest.approx(300 + 200, rel=1e-3)

    def test_without_scipy_the_sentence_says_so(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "scipy.sparse", None)
        with pytest.raises(MissingExtraError, match="need SciPy"):
            park_distance(self.homes(), frame(square(*self.PARK)), roads=self.roads())


class TestOpenPublicSpace:
    def test_by_hand(self):
        city = frame(shapely.box(0, 0, 1000, 1000))
        parks = frame(square(0, 0, 100), square(50, 0, 100))
        streets = frame(shapely.box(0, 90, 1000, 110))
        table = open_public_space(city, parks, streets)
        # Parks 15,000 m², streets 20,000 m², of which 1,500 m² are park.
        assert table["open_space_ha"].iloc[0] == pytest.approx(3.35, rel=1e-5)
        assert table["open_space_pct"].iloc[0] == pytest.approx(3.35, rel=1e-5)
        alone = open_public_space(city, parks)
        assert alone["open_space_pct"].iloc[0] == pytest.approx(1.5, rel=1e-5)
        assert "no streets were given" in alone.attrs["notes"][0]


class TestCambridge:
    """Open space of a real city against its own acres, and against shapely."""

    ACRE_HA = 0.40468564224

    def layers(self, real_data):
        folder = real_data("cambridge-ma")
        names = {
            "parks": "RECREATION_OpenSpace",
            "blocks": "DEMOGRAPHICS_BlockGroups2020",
            "hoods": "BOUNDARY_CDDNeighborhoods",
            "city": "BOUNDARY_CityBoundary",
        }
        return {key: gpd.read_file(folder / f"{name}.geojson") for key, name in names.items()}

    def test_open_space_sums_to_the_acres_of_the_city(self, real_data):
        parks = self.layers(real_data)["parks"]
        acres = ground_area_ha(parks).sum() / self.ACRE_HA
        assert parks["Acres"].sum() == pytest.approx(917.7, abs=0.05)
        assert acres == pytest.approx(917.7, rel=1e-3)

    def test_green_per_resident_of_neighbourhoods_and_city(self, real_data):
        data = self.layers(real_data)
        hoods, blocks, parks = data["hoods"], data["blocks"], data["parks"]
        # Made up for the test: 80 residents a hectare of the census's own land area.
        people = (blocks["ALAND20"] / 1e4 * 80).round()
        spots = blocks.geometry.representative_point().to_crs(hoods.crs)
        hood = gpd.GeoDataFrame({"people": people}, geometry=spots).sjoin(hoods, how="left")
        assert hood["NAME"].notna().all()
        hoods["pop"] = hoods["NAME"].map(hood.groupby("NAME")["people"].sum())
        table = gc.green_space_per_capita(hoods, parks)
        # The same ground by shapely in a plane whose scale here is known to 1 in 3,000.
        plane = 32619
        union = parks.to_crs(plane).union_all()
        inside = hoods.to_crs(plane).geometry.intersection(union).area / 1e4
        np.testing.assert_allclose(table["green_ha"], inside, rtol=1e-3)
        expected = inside * 1e4 / hoods["pop"]
        np.testing.assert_allclose(table["green_m2_per_capita"], expected, rtol=1e-3)
        whole = merged(table).iloc[0]
        assert whole["population"] == people.sum()
        city = gc.green_space_per_capita(
            data["city"].assign(pop=people.sum()), parks
        ).iloc[0]  # fmt: skip
        assert whole["green_m2_per_capita"] == pytest.approx(city["green_m2_per_capita"], rel=2e-3)

    def test_share_within_300_m_against_shapely(self, real_data):
        data = self.layers(real_data)
        city, parks = data["city"], data["parks"]
        row = park_service_coverage(city, parks, radius_m=300.0).iloc[0]
        plane = 32619
        outline = city.to_crs(plane).union_all()
        near = shapely.union_all(
            shapely.buffer(parks.to_crs(plane).geometry.to_numpy(), 300.0, quad_segs=64)
        )
        share = 100 * outline.intersection(near).area / outline.area
        assert row["served_pct"] == pytest.approx(share, abs=0.05)
        assert row["area_ha"] == pytest.approx(outline.area / 1e4, rel=1e-3)
        hoods = park_service_coverage(data["hoods"], parks, radius_m=300.0)
        by_hood = [
            100 * one.intersection(near).area / one.area
            for one in data["hoods"].to_crs(plane).geometry
        ]
        np.testing.assert_allclose(hoods["served_pct"], by_hood, atol=0.1)

    def test_walking_distance_is_never_shorter(self, real_data):
        pytest.importorskip("scipy")
        data = self.layers(real_data)
        folder = real_data("cambridge-ma")
        roads = gpd.read_file(folder / "TRANS_Centerlines.geojson")
        homes = data["blocks"].set_geometry(data["blocks"].geometry.representative_point())
        straight = park_distance(homes, data["parks"])
        along = park_distance(homes, data["parks"], roads=roads)
        # Points of the network are rounded to 0.1 m.
        assert (along >= straight - 0.2).all()
        assert pd.Series(np.isfinite(along)).mean() > 0.95
        assert along[np.isfinite(along)].median() > straight.median()
