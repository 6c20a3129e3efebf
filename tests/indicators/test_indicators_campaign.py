"""Indicators, samples and tasks of a campaign file, on a township whose answers are known."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import greencover as gc
import small_county
from greencover.ground.errors import CampaignError, LayerError
from small_county import CELL, SmallCounty

WEST, SOUTH, SIZE = 118.0, 30.0, 200
NORTH = SOUTH + SIZE * CELL
TREE, GRASS, CROP, BUILT, WATER, WETLAND = 10, 30, 40, 50, 80, 90

ROADS = """\
[layers.roads]
path = "town.gpkg"
layer = "roads"
name = "road"
grade = "grade"

"""
CAMPAIGN = """\
title = "青山镇绿化攻坚"
title_en = "Greening campaign of a township"
year = 2023
target_year = 2025
standard = "township-campaign"

[cover]
path = "cover.tif"
legend = "worldcover"

[layers.townships]
path = "town.gpkg"
layer = "townships"
code = "code"
name = "name"
population = "residents"

[layers.villages]
path = "town.gpkg"
layer = "villages"
code = "code"
name = "name"
settlement = "kind"

[roadside]
threshold = 0.3

[[task]]
task = "廊道绿化"
planned = 190.476
done = 200
unit = "mu"

[[task]]
task = "村庄绿化"
planned = 10
done = 12
unit = "ha"

[[task]]
task = "行道树"
planned = 460
done = 460
unit = "trees"
"""


def cells(left: float, top: float, right: float, bottom: float) -> shapely.Polygon:
    """Rectangle given in columns and rows."""
    return shapely.box(
        WEST + left * CELL, NORTH - bottom * CELL, WEST + right * CELL, NORTH - top * CELL
    )


class Township:
    """200 x 200 cells: 93 % forest, three villages, a county road and a village road."""

    def __init__(self) -> None:
        self.codes = np.full((SIZE, SIZE), TREE, dtype="uint8")
        self.codes[180:192, 0:180] = CROP
        villages = [(10, 10), (40, 10), (70, 10)]
        for column, row in villages:
            self.codes[row : row + 20, column : column + 20] = BUILT
        # Trees on six columns of twenty, thirty per cent; on three and a bit in the scattered one.
        self.codes[10:30, 10:16] = TREE
        self.codes[10:30, 40:46] = TREE
        self.codes[10:30, 70:73] = TREE
        self.villages = gpd.GeoDataFrame(
            {
                "code": ["V1", "V2", "V3"],
                "name": ["东村", "西村", "北村"],
                "kind": ["集中居住型", "集中居住型", "分散居住型"],
            },
            geometry=[cells(c, r, c + 20, r + 20) for c, r in villages],
            crs=4326,
        )
        self.townships = gpd.GeoDataFrame(
            {"code": ["T"], "name": ["青山镇"], "residents": [29754.0]},
            geometry=[cells(0, 0, SIZE, SIZE)],
            crs=4326,
        )
        # Along the middle of a row, so that both strips lie on whole rows of cells.
        y, north = NORTH - 100.5 * CELL, NORTH - 150.5 * CELL
        self.roads = gpd.GeoDataFrame(
            {"road": ["X101", "C1"], "grade": ["县道", "村道"]},
            geometry=[
                shapely.LineString([(WEST, y), (WEST + SIZE * CELL, y)]),
                shapely.LineString([(WEST, north), (WEST + SIZE * CELL, north)]),
            ],
            crs=4326,
        )
        self.extra: dict[str, gpd.GeoDataFrame] = {}
        self.text = CAMPAIGN

    def write(self, folder: Path) -> Path:
        small_county.write_raster(folder / "cover.tif", self.codes)
        # The helper's grid has its corner forty cells up; ours is larger.
        self._place(folder / "cover.tif")
        layers = {"townships": self.townships, "villages": self.villages, "roads": self.roads}
        for name, frame in (layers | self.extra).items():
            frame.to_file(folder / "town.gpkg", layer=name, driver="GPKG")
        path = folder / "campaign.toml"
        path.write_text(self.text, encoding="utf-8")
        return path

    def _place(self, path: Path) -> None:
        import rasterio
        from affine import Affine

        with rasterio.open(path, "r+") as dataset:
            dataset.transform = Affine(CELL, 0.0, WEST, 0.0, -CELL, NORTH)

    def with_roads(self) -> Township:
        """Measure along the roads, too, which takes most of an assessment."""
        self.text = self.text.replace("[roadside]", f"{ROADS}[roadside]", 1)
        return self

    def add(self, name: str, *shapes: shapely.Polygon, keys: str = "") -> None:
        """Add a layer of polygons and its section."""
        self.extra[name] = gpd.GeoDataFrame(geometry=list(shapes), crs=4326)
        self.text += f'\n[layers.{name}]\npath = "town.gpkg"\nlayer = "{name}"\n{keys}\n'


@pytest.fixture
def town() -> Township:
    return Township()


def row(assessment: gc.Assessment, indicator: str, unit: str | None = None) -> pd.Series:
    table = assessment.table
    chosen = table[(table["indicator"] == indicator) & (table["verdict"] != "no target")]
    if unit is not None:
        chosen = chosen[chosen["unit"] == unit]
    assert len(chosen) == 1, chosen
    return chosen.iloc[0]


class TestTownshipCase:
    """92 % forest, clustered villages at 30 %, county roads at 100 %, as the township reported."""

    def test_verdicts_as_reported(self, town, tmp_path):
        assessment = gc.assess(town.with_roads().write(tmp_path))
        forest = row(assessment, "forest_coverage")
        assert forest["value"] == pytest.approx(100 * (town.codes == TREE).mean(), rel=1e-5)
        assert (forest["target"], forest["verdict"]) == (92.0, "met")
        for village in ("V1", "V2"):
            greening = row(assessment, "village_greening", village)
            assert greening["value"] == pytest.approx(30.0, rel=1e-6)
            assert greening["verdict"] == "met"
        road = row(assessment, "roadside_greening_rate")
        assert road["value"] == pytest.approx(100.0, rel=1e-9)
        # The map shows every side lined, and no map proves all of it.
        assert (road["target"], road["verdict"]) == (100.0, "uncertain")
        assert "[roadside.evidence]" in road["note"]
        assert not len(assessment.needs)

    def test_the_scattered_village_has_a_figure_and_no_target(self, town, tmp_path):
        table = gc.assess(town.write(tmp_path)).table
        found = table[(table["indicator"] == "village_greening") & (table["unit"] == "V3")]
        assert found["verdict"].tolist() == ["no target"]
        assert found["value"].iloc[0] == pytest.approx(15.0, rel=1e-6)

    def test_every_indicator_in_the_table_has_its_record(self, town, tmp_path):
        assessment = gc.assess(town.with_roads().write(tmp_path))
        assert set(assessment.definitions) == set(assessment.table["indicator"])

    def test_plan_completion_passes_a_hundred(self, town, tmp_path):
        completion = gc.assess(town.write(tmp_path)).completion.set_index("task")
        rates = completion["completion_pct"]
        assert rates.round(1).to_dict() == {"廊道绿化": 105.0, "村庄绿化": 120.0, "行道树": 100.0}

    def test_one_gap_on_the_county_road_is_found(self, town, tmp_path):
        # Twenty cells of grass along both sides, from column 100 on.
        town.codes[99:103, 100:120] = GRASS
        assessment = gc.assess(town.with_roads().write(tmp_path))
        assert row(assessment, "forest_coverage")["verdict"] == "met"
        road = row(assessment, "roadside_greening_rate")
        # On cells of 10 m the grass may hide a row of 6 m.
        assert road["verdict"] == "uncertain"
        assert road["low"] < road["value"] < road["high"] <= 100.0
        assert "the land cover shows it" not in road["note"]
        gaps = assessment.gaps[assessment.gaps["road"] == "X101"]
        assert sorted(gaps["side"]) == ["left", "right"]
        cell_m = CELL * 111_320 * np.cos(np.radians(30.01))
        assert gaps["length_m"].to_numpy() == pytest.approx([20 * cell_m] * 2, abs=cell_m)
        west, _, east, _ = gaps.total_bounds
        assert west == pytest.approx(WEST + 100 * CELL, abs=1.5 * CELL)
        assert east == pytest.approx(WEST + 120 * CELL, abs=1.5 * CELL)
        need = assessment.needs.iloc[0]
        assert need["measure"] == "km"
        assert need["needed"] == pytest.approx(gaps["length_m"].sum() / 1000, rel=1e-6)
        assert need["needed_a_year"] == pytest.approx(need["needed"] / 2)
        assert need["reachable"] == "yes"
        assert need["best"] == pytest.approx(100.0)

    def test_the_same_park_for_the_town_and_for_its_built_up_area(self, town):
        park = gpd.GeoDataFrame(geometry=[cells(100, 40, 110, 50)], crs=4326)
        whole = gc.green_space_per_capita(town.townships, park, population="residents")
        built = town.townships.assign(of_built_up=3868)
        seat = gc.green_space_per_capita(built, park, population="of_built_up")
        ratio = seat["green_m2_per_capita"] / whole["green_m2_per_capita"]
        assert ratio.iloc[0] == pytest.approx(29754 / 3868)

    def test_a_village_that_misses(self, town, tmp_path):
        town.codes[10:30, 15] = BUILT
        assessment = gc.assess(town.write(tmp_path))
        assert row(assessment, "village_greening", "V1")["verdict"] == "not met"
        assert row(assessment, "village_greening", "V2")["verdict"] == "met"
        need = assessment.needs.set_index("unit").loc["V1"]
        # Five of the twenty columns are trees; one more is needed, and nothing there is open land.
        village = row(assessment, "village_greening", "V1")
        assert need["needed"] == pytest.approx(village["denominator"] / 20, rel=1e-6)
        assert need["reachable"] == "no"

    def test_settlement_types_that_nobody_knows(self, town, tmp_path):
        town.villages["kind"] = ["linear", "集中", "集中"]
        with pytest.raises(LayerError, match="settlement type 'linear' in column 'kind'"):
            gc.assess(town.write(tmp_path))
        town.text = town.text.replace(
            'settlement = "kind"', 'settlement = "kind"\nsettlements = { linear = "dispersed" }'
        )
        gc.assess(town.write(tmp_path))

    def test_without_settlement_types_the_note_says_what_to_add(self, town, tmp_path):
        town.text = town.text.replace('settlement = "kind"\n', "")
        assessment = gc.assess(town.write(tmp_path))
        assert any("settlement under [layers.villages]" in note for note in assessment.notes)
        assert "village_greening" not in set(assessment.table["indicator"])


SAMPLE = "\n[accuracy]\npath = 'sample.csv'\n"


class TestReferenceSample:
    def counts(self, folder: Path, text: str) -> None:
        (folder / "sample.csv").write_text(text, encoding="utf-8")

    def limits(self, weights: np.ndarray, hits: list[int], sizes: list[int]) -> tuple[float, float]:
        """Zou and Donner 2008 with exact limits, and the exact limit at the effective size."""
        stats = pytest.importorskip("scipy.stats")
        x, n = np.array(hits, float), np.array(sizes, float)
        p, share = x / n, float((weights * x / n).sum())
        worth = 1.0 / (weights**2 / n).sum()
        exact = stats.beta.ppf([[0.025], [0.975]], [x, x + 1], [n - x + 1, n - x])
        low = share - np.sqrt((weights**2 * (p - exact[0]) ** 2).sum())
        high = share + np.sqrt((weights**2 * (exact[1] - p) ** 2).sum())
        alone = share * worth
        return (
            min(low, stats.beta.ppf(0.025, alone, worth - alone + 1)),
            max(high, stats.beta.ppf(0.975, alone + 1, worth - alone)),
        )

    def test_verdict_becomes_uncertain(self, town, tmp_path):
        town.text += SAMPLE
        self.counts(tmp_path, ",10,40,50\n10,99,1,0\n40,5,45,0\n50,2,0,48\n")
        assessment = gc.assess(town.write(tmp_path))
        forest = row(assessment, "forest_coverage")
        areas = gc.class_areas(
            town.townships, gc.LandCover.open(tmp_path / "cover.tif", legend="worldcover")
        ).iloc[0]
        whole = areas.sum()
        w = areas[[TREE, CROP, BUILT]] / whole
        share = w[TREE] * 0.99 + w[CROP] * 0.1 + w[BUILT] * 0.04
        assert forest["value"] == pytest.approx(100 * share, rel=1e-6)
        limits = self.limits(w[[TREE, CROP, BUILT]].to_numpy(), [99, 5, 2], [100, 50, 50])
        assert [forest["low"], forest["high"]] == pytest.approx(100 * np.array(limits), rel=1e-6)
        assert forest["low"] < 92.0 < forest["high"]
        assert forest["verdict"] == "uncertain"
        assert forest["numerator"] == pytest.approx(share * whole, rel=1e-6)
        assert "the map shows" in forest["note"]
        assert any("corrected by 200 reference points" in note for note in assessment.notes)
        assert assessment.provenance["parameters"]["accuracy"] == {"points": 200, "level": 0.95}
        assert assessment.provenance["inputs"]["accuracy"][0]["path"].endswith("sample.csv")

    def test_a_map_that_is_right_keeps_its_verdict(self, town, tmp_path):
        town.text += SAMPLE
        self.counts(tmp_path, ",tree,crop,built\ntree,400,0,0\ncrop,0,50,0\nbuilt,0,0,50\n")
        forest = row(gc.assess(town.write(tmp_path)), "forest_coverage")
        # 400 trees of 400 leave 0.9 % open: more than the map has to spare.
        assert forest["verdict"] == "uncertain"
        self.counts(tmp_path, ",tree,crop,built\ntree,40000,0,0\ncrop,0,5000,0\nbuilt,0,0,5000\n")
        forest = row(gc.assess(town.write(tmp_path)), "forest_coverage")
        assert forest["verdict"] == "met"
        assert 92.0 <= forest["low"] < forest["value"]

    def test_a_map_that_overstates_misses(self, town, tmp_path):
        town.text += SAMPLE
        self.counts(tmp_path, ",tree,crop,built\ntree,80,20,0\ncrop,0,50,0\nbuilt,0,0,50\n")
        forest = row(gc.assess(town.write(tmp_path)), "forest_coverage")
        assert forest["verdict"] == "not met"
        assert forest["high"] < 92.0

    def test_points_in_a_table(self, town, tmp_path):
        town.text += SAMPLE + "map = 'shown'\nreference = 'truth'\nlevel = 0.9\n"
        lines = ["shown,truth", *["10,tree"] * 80, *["10,grass"] * 20, *["40,crop"] * 20,
                 *["50,built"] * 20]  # fmt: skip
        self.counts(tmp_path, "\n".join(lines) + "\n")
        assessment = gc.assess(town.write(tmp_path))
        assert row(assessment, "forest_coverage")["verdict"] == "not met"
        assert any("intervals at 90 %" in note for note in assessment.notes)

    def test_without_a_sample_the_map_is_taken_at_face_value(self, town, tmp_path):
        assessment = gc.assess(town.write(tmp_path))
        assert any("at face value" in note for note in assessment.notes)
        assert assessment.table["low"].isna().all()

    def test_classes_without_samples_widen_the_interval(self, town, tmp_path):
        town.text += SAMPLE
        self.counts(tmp_path, ",tree,crop\ntree,2000000,0\ncrop,0,500000\n")
        forest = row(gc.assess(town.write(tmp_path)), "forest_coverage")
        built = 100 * (town.codes == BUILT).mean()
        # All of it may be forest or none; two and a half million points leave next to nothing else.
        assert built < forest["high"] - forest["low"] < built + 0.1

    @pytest.mark.parametrize(
        ("text", "match"),
        [
            (",10,tundra\n10,5,1\ntundra,1,5\n", "class 'tundra'"),
            (",10,40\n10,5,many\n40,1,5\n", "something other than counts"),
            ("", "cannot be read"),
        ],
    )
    def test_mistakes_are_told(self, town, tmp_path, text, match):
        town.text += SAMPLE
        self.counts(tmp_path, text)
        with pytest.raises(CampaignError, match=match):
            gc.assess(town.write(tmp_path))

    def test_file_that_is_not_there(self, town, tmp_path):
        town.text += SAMPLE
        with pytest.raises(CampaignError, match=r"sample\.csv cannot be read"):
            gc.assess(town.write(tmp_path))


OWN_TARGETS = """
[[target]]
indicator = "{indicator}"
level = "{level}"
value = {value}
"""


class TestMoreLayers:
    def assess(self, town: Township, folder: Path, *targets: tuple[str, str, float]):
        for indicator, level, value in targets:
            town.text += OWN_TARGETS.format(indicator=indicator, level=level, value=value)
        return gc.assess(town.write(folder))

    def test_green_of_the_built_up_area(self, town, tmp_path):
        town.add("built_up", cells(10, 10, 30, 30), cells(20, 10, 30, 30))
        assessment = self.assess(town, tmp_path, ("township_green_coverage", "township", 30.0))
        found = row(assessment, "township_green_coverage")
        assert found["value"] == pytest.approx(30.0, rel=1e-6)
        assert found["verdict"] == "met"
        assert assessment.layers["townships"]["built_up_green_pct"].iloc[0] == pytest.approx(30.0)

    def test_standard_that_asks_for_the_built_up_area_of_the_county(self, town, tmp_path):
        town.text = town.text.replace('"township-campaign"', '"national-forest-city-2012"')
        town.text = town.text.replace("[cover]", "[conditions]\nprecipitation_mm = 900\n\n[cover]")
        town.add("built_up", cells(40, 10, 60, 30))
        table = gc.assess(town.write(tmp_path)).table
        green = table[(table["indicator"] == "green_coverage") & (table["level"] == "county")]
        asked = green[green["verdict"] != "no target"]
        assert asked["value"].tolist() == pytest.approx([30.0], rel=1e-6)
        assert asked["verdict"].tolist() == ["not met"]
        # The county as a whole has its own row, without a target.
        assert green[green["verdict"] == "no target"]["value"].iloc[0] > 90.0

    def test_canopy_of_neighbourhoods(self, town, tmp_path):
        assessment = self.assess(town, tmp_path, ("canopy_cover", "village", 30.0))
        table = assessment.table[assessment.table["indicator"] == "canopy_cover"]
        assert table.set_index("unit")["verdict"].to_dict() == {
            "V1": "met",
            "V2": "met",
            "V3": "not met",
        }

    def test_parks_serve_residential_land(self, town, tmp_path):
        town.add("parks", cells(10, 10, 12, 30), keys="radius_m = 96.5")
        town.add("residential", cells(12, 10, 32, 30))
        assessment = self.assess(town, tmp_path, ("park_service_coverage", "township", 80.0))
        found = row(assessment, "park_service_coverage")
        # A cell is 9.65 m wide there, so ten of twenty columns lie within reach.
        assert found["value"] == pytest.approx(50.0, abs=0.3)
        assert found["verdict"] == "not met"
        county = assessment.table.query(
            "indicator == 'park_service_coverage' and level == 'county'"
        )
        assert county["value"].iloc[0] == pytest.approx(found["value"])

    def test_water_sources_and_car_parks(self, town, tmp_path):
        town.codes[60:70, 60:80] = WATER
        town.codes[60:70, 50:55] = GRASS
        town.add("water_sources", cells(50, 60, 80, 70))
        town.add("car_parks", cells(10, 10, 20, 20))
        assessment = self.assess(
            town,
            tmp_path,
            ("water_source_forest", "township", 70.0),
            ("car_park_canopy", "township", 30.0),
        )
        # Ten columns are land, five of them trees.
        assert row(assessment, "water_source_forest")["value"] == pytest.approx(50.0, rel=1e-6)
        assert row(assessment, "car_park_canopy")["value"] == pytest.approx(60.0, rel=1e-6)

    def test_streets_as_lines_with_a_width(self, town, tmp_path):
        town.codes[50:60, 100:150] = BUILT
        y = NORTH - 55 * CELL
        lines = [shapely.LineString([(WEST + 50 * CELL, y), (WEST + 150 * CELL, y)])]
        town.add("streets", *lines, keys="width_m = 40")
        assessment = self.assess(town, tmp_path, ("street_canopy_cover", "township", 25.0))
        found = row(assessment, "street_canopy_cover")
        assert found["value"] == pytest.approx(50.0, abs=0.1)
        assert found["denominator"] == pytest.approx(100 * CELL * 96_400 * 40 / 1e4, rel=5e-3)

    def test_shelterbelts_guard_cropland(self, town, tmp_path):
        # Crops fill 180 columns and twelve rows; a belt crosses them, of column 90.
        x = WEST + 90 * CELL
        belt = shapely.LineString([(x, NORTH - 170 * CELL), (x, NORTH - 200 * CELL)])
        town.add("shelterbelts", belt, keys="reach_m = 96.5")
        assessment = self.assess(town, tmp_path, ("shelterbelt_control", "township", 90.0))
        found = row(assessment, "shelterbelt_control")
        # Ten columns on each side.
        assert found["value"] == pytest.approx(100 * 20 / 180, rel=5e-3)
        assert found["verdict"] == "not met"

    def test_banks_of_a_river(self, town, tmp_path):
        # A river of two rows; trees on both banks, but for the eastern half of the southern one.
        town.codes[60:62, :] = WATER
        town.codes[62:64, 100:] = CROP
        y = NORTH - 61 * CELL
        river = shapely.LineString([(WEST, y), (WEST + SIZE * CELL, y)])
        town.add("waters", river, keys="name = 'name'\nwidth_m = 22")
        town.extra["waters"]["name"] = "青江"
        assessment = self.assess(town, tmp_path, ("waterside_greening_rate", "township", 80.0))
        found = row(assessment, "waterside_greening_rate")
        assert found["value"] == pytest.approx(75.0, abs=0.6)
        # On cells of 10 m the crops may hide a row of 6 m.
        assert found["verdict"] == "uncertain"
        assert found["low"] < found["value"] < found["high"]
        need = assessment.needs.set_index("indicator").loc["waterside_greening_rate"]
        assert need["restricted"] == pytest.approx(found["denominator"] / 4, rel=0.03)
        assert assessment.provenance["parameters"]["waterside"]["step_m"] == 10.0

    def test_a_column_of_widths_that_is_not_there(self, town, tmp_path):
        town.add("streets", shapely.LineString([(WEST, SOUTH), (WEST + CELL, SOUTH + CELL)]),
                 keys="width_m = 'wide'")  # fmt: skip
        with pytest.raises(LayerError, match="no column 'wide'"):
            gc.assess(town.write(tmp_path))

    def test_check_names_what_is_computed(self, town, tmp_path):
        from greencover.campaign.explain import explain, page

        town.add("built_up", cells(10, 10, 30, 30))
        town.add("parks", cells(10, 10, 12, 30))
        opened = gc.Campaign.read(town.write(tmp_path)).open()
        lines = page(explain(opened), "en")
        assert "on [layers.built_up]" in lines
        assert "Park service coverage: on [layers.built_up]" in lines
        assert "woody green in settlements" in lines

    def test_layers_that_miss_are_named(self, town, tmp_path):
        assessment = self.assess(town, tmp_path, ("park_service_coverage", "township", 80.0))
        assert any("needs [layers.built_up]" in note for note in assessment.notes)

    def test_wetland_beyond_five_per_cent_leaves_the_land(self, town, tmp_path):
        town.text = town.text.replace('"township-campaign"', '"national-forest-city-2012"')
        town.text = town.text.replace("[cover]", "[conditions]\nprecipitation_mm = 900\n\n[cover]")
        town.codes[:] = CROP
        town.codes[:, :66] = TREE
        town.codes[:, 180:] = WETLAND
        table = gc.assess(town.write(tmp_path)).table
        forest = table[(table["indicator"] == "forest_coverage") & (table["level"] == "county")]
        # 33 % of the territory; a tenth is wetland, half of which leaves the land: 33 / 0.95.
        assert forest["value"].iloc[0] == pytest.approx(33 / 0.95, rel=1e-6)
        assert forest["verdict"].iloc[0] == "not met"
        assert "wetland beyond 5 %" in forest["note"].iloc[0]

    def test_unit_without_built_up_ground_is_no_data(self, tmp_path):
        county = SmallCounty()
        county.text += (
            '\n[layers.built_up]\npath = "county.gpkg"\nlayer = "built_up"\n'
            + OWN_TARGETS.format(indicator="township_green_coverage", level="township", value=30)
        )
        path = county.write(tmp_path)
        west = county.townships.geometry.iloc[0].buffer(-5 * CELL)
        gpd.GeoDataFrame(geometry=[west], crs=4326).to_file(
            tmp_path / "county.gpkg", layer="built_up", driver="GPKG"
        )
        table = gc.assess(path).table
        table = table[table["indicator"] == "township_green_coverage"].set_index("unit")
        assert table["verdict"].to_dict() == {"T1": "met", "T2": "no data"}
        assert table.loc["T2", "note"] == "no built up in the unit"


class TestMinimumPatch:
    """Trees on less than a mu (667 m², nine or so of these cells) are no forest."""

    def scene(self, town: Township) -> None:
        town.codes[:] = CROP
        town.codes[0:100, :] = TREE
        # A hundred lone cells of about 107 m² each.
        town.codes[110:190:8, 5:195:19] = TREE
        town.text = town.text.replace(
            'legend = "worldcover"', 'legend = "worldcover"\nminimum_patch_mu = 1'
        )

    def test_small_patches_are_trees_and_no_forest(self, town, tmp_path):
        self.scene(town)
        table = gc.assess(town.write(tmp_path)).table
        township = table[table["level"] == "township"].set_index("indicator")["value"]
        assert township["forest_coverage"] == pytest.approx(50.0, rel=1e-3)
        assert township["tree_cover_rate"] == pytest.approx(50.0 + 100 / 400, rel=1e-3)

    def test_crowns_are_crowns_all_the_same(self, town, tmp_path):
        self.scene(town)
        town.text += OWN_TARGETS.format(indicator="canopy_cover", level="township", value=50)
        found = row(gc.assess(town.write(tmp_path)), "canopy_cover")
        assert found["value"] == pytest.approx(50.25, rel=1e-3)

    def test_small_patches_widen_the_interval(self, town, tmp_path):
        self.scene(town)
        town.text += SAMPLE
        (tmp_path / "sample.csv").write_text(
            ",tree,crop\ntree,2000000,0\ncrop,0,2000000\n", "utf-8"
        )
        forest = row(gc.assess(town.write(tmp_path)), "forest_coverage")
        assert 0.25 < forest["high"] - forest["low"] < 0.35


class TestResidents:
    def without_column(self, town: Township, more: str = "") -> None:
        town.text = town.text.replace('population = "residents"\n', more)

    def grid(self, folder: Path) -> None:
        import rasterio
        from affine import Affine

        heads = np.full((10, 10), 5.0, dtype=np.float32)
        place = Affine(20 * CELL, 0.0, WEST, 0.0, -20 * CELL, NORTH)
        with rasterio.open(
            folder / "people.tif", "w", driver="GTiff", width=10, height=10, count=1,
            dtype="float32", crs="EPSG:4326", transform=place,
        ) as dataset:  # fmt: skip
            dataset.write(heads, 1)

    def test_from_a_grid(self, town, tmp_path):
        self.grid(tmp_path)
        self.without_column(
            town, '\n[layers.townships.population_grid]\npath = "people.tif"\nkind = "count"\n'
        )
        assessment = gc.assess(town.write(tmp_path))
        found = assessment.table.query(
            "indicator == 'green_cover_per_capita' and level == 'township'"
        ).iloc[0]
        assert found["denominator"] == pytest.approx(500.0, rel=1e-6)
        assert any("sums of the grid people.tif" in note for note in assessment.notes)
        assert "residents of the townships" in assessment.provenance["inputs"]

    def test_shared_out_to_villages(self, town, tmp_path):
        town.text = town.text.replace(
            'settlement = "kind"', 'settlement = "kind"\npopulation_shared = true'
        )
        assessment = gc.assess(town.write(tmp_path))
        found = assessment.table.query(
            "indicator == 'green_cover_per_capita' and level == 'village'"
        ).set_index("unit")["denominator"]
        # 280 built-up cells in each of two villages, 340 in the third.
        heads = {"V1": 280, "V2": 280, "V3": 340}
        for unit, cells_built in heads.items():
            assert found[unit] == pytest.approx(29754 * cells_built / 900, rel=1e-4)
        assert any("an estimate, not a count" in note for note in assessment.notes)

    def test_two_sources_of_residents(self, town, tmp_path):
        self.grid(tmp_path)
        grid = '[layers.townships.population_grid]\npath = "people.tif"\nkind = "count"\n'
        town.text = town.text.replace("[layers.villages]", f"{grid}\n[layers.villages]")
        with pytest.raises(CampaignError, match="a column, a table or a grid"):
            gc.assess(town.write(tmp_path))


class TestPlantedWorks:
    def test_plots_are_held_against_two_maps(self, town, tmp_path):
        before = town.codes.copy()
        before[100:110, 20:40] = GRASS
        town.codes[100:110, 20:30] = TREE
        town.codes[100:110, 30:40] = GRASS
        town.text = town.text.replace(
            'legend = "worldcover"', 'legend = "worldcover"\nminimum_patch_mu = 1'
        )
        keys = 'name = "name"\nbefore = "before.tif"\nyear = 2020'
        town.add("works", cells(20, 100, 30, 110), cells(30, 100, 40, 110), keys=keys)
        town.extra["works"]["name"] = ["一号地", "二号地"]
        small_county.write_raster(tmp_path / "before.tif", before)
        town._place(tmp_path / "before.tif")
        assessment = gc.assess(town.write(tmp_path))
        works = assessment.works.set_index("name")
        assert works["status"].to_dict() == {
            "一号地": "seen",
            "二号地": "planted here, not seen yet",
        }
        assert works.crs.to_epsg() == 4326
        assert "planted plots: 1 seen, 1 planted here, not seen yet" in assessment.notes
        assert any("different algorithms" in note for note in assessment.notes)

    def test_without_plots_there_is_nothing(self, town, tmp_path):
        assert gc.assess(town.write(tmp_path)).works is None


class TestTwoYears:
    def years(self, folder: Path, sample: str = "") -> list[gc.Assessment]:
        found = []
        for year, trees in ((2020, 90), (2023, 93)):
            town = Township()
            town.codes[:] = CROP
            town.codes[:, : 2 * trees] = TREE
            town.codes[:, 198:] = BUILT
            town.text = town.text.replace("year = 2023", f"year = {year}")
            place = folder / str(year)
            place.mkdir()
            if sample:
                town.text += SAMPLE
                (place / "sample.csv").write_text(sample, encoding="utf-8")
            found.append(gc.assess(town.write(place)))
        return found

    def test_pace_towards_the_target(self, tmp_path):
        earlier, later = self.years(tmp_path)
        table = gc.compare(earlier, later, target_year=2025)
        forest = table[(table["indicator"] == "forest_coverage") & (table["level"] == "township")]
        found = forest.iloc[0]
        assert found["change"] == pytest.approx(3.0, rel=1e-6)
        assert found["gained_a_year"] == pytest.approx(1.0, rel=1e-6)
        assert (found["verdict_before"], found["verdict"]) == ("not met", "met")
        assert found["on_pace"] == "met"
        assert found["finding"] == "as the maps show"
        assert any("errors of both maps" in note for note in table.attrs["notes"])

    @pytest.mark.thorough
    def test_what_the_samples_can_tell_apart(self, tmp_path):
        tight = ",tree,crop,built\ntree,4999,1,0\ncrop,1,4999,0\nbuilt,0,0,100\n"
        table = gc.compare(*self.years(tmp_path, tight))
        forest = table[(table["indicator"] == "forest_coverage") & (table["level"] == "township")]
        assert forest["finding"].iloc[0] == "gain"
        loose = tmp_path / "loose"
        loose.mkdir()
        few = ",tree,crop,built\ntree,18,2,0\ncrop,2,18,0\nbuilt,0,0,20\n"
        table = gc.compare(*self.years(loose, few))
        forest = table[(table["indicator"] == "forest_coverage") & (table["level"] == "township")]
        assert forest["finding"].iloc[0] == "not distinguishable from no change"

    def test_years_in_the_wrong_order(self, tmp_path):
        earlier, later = self.years(tmp_path)
        with pytest.raises(CampaignError, match="the years 2023 and 2020"):
            gc.compare(later, earlier)
