"""The small county with trees, an extent, field checks and a canopy along its national road."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from greencover.ground.geodesy import Ellipsoid, metres_per_degree
from small_county import EAST, MIDDLE_X, MIDDLE_Y, SmallCounty, write_raster

# Trees stand 8 m north of the national road, on its left, every 10 m from the county's middle on.
SECTIONS = """
[roadside]
spacing_m = 15
max_age_years = 5

[canopy]
path = "height.tif"
min_height_m = 2
date = "2022"

[layers.trees]
path = "trees.geojson"
crown_m = "crown"
status = "state"
alive = ["好"]
vacant = ["坑"]
date = "2023-05"
author = "双镇县林业局"

[layers.surveyed]
path = "surveyed.csv"

[layers.field_checks]
path = "checks.csv"
date = 2023-08-01
"""


def write_evidence_county(folder: Path) -> Path:
    """Write the campaign and return its file."""
    county = SmallCounty()
    county.text += SECTIONS
    path = county.write(folder)
    east, north = metres_per_degree(np.array([MIDDLE_Y]), Ellipsoid.of(county.roads.crs))
    x = np.arange(MIDDLE_X, EAST - 40 / east[0], 10 / east[0])
    state = np.full(len(x), "好", dtype=object)
    state[5] = "坑"
    state[9] = "枯"
    trees = gpd.GeoDataFrame(
        {"crown": 5.0, "state": state},
        geometry=shapely.points(x, MIDDLE_Y + 8 / north[0]),
        crs=4326,
    )
    trees.to_file(path.parent / "trees.geojson")
    pd.DataFrame({"road": ["G1"], "side": ["左"]}).to_csv(path.parent / "surveyed.csv", index=False)
    checks = pd.DataFrame(
        {"road": ["G1"], "chain": [0], "side": ["right"], "from_m": [0.0], "to_m": [10.0],
         "found": ["缺口"]}
    )  # fmt: skip
    checks.to_csv(path.parent / "checks.csv", index=False)
    heights = np.zeros((40, 40), dtype="float32")
    write_raster(path.parent / "height.tif", heights)
    return path
