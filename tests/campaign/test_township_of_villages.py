"""A village on a border belongs to the township that holds most of it."""

from __future__ import annotations

import geopandas as gpd
from shapely import box

from greencover.campaign.ground import townships_by_overlap


def test_a_village_across_a_border_goes_where_most_of_it_lies() -> None:
    towns = gpd.GeoDataFrame(
        {"code": ["1", "2"]}, geometry=[box(0, 0, 5, 10), box(5, 0, 10, 10)], crs=3857
    )
    villages = gpd.GeoDataFrame(
        geometry=[box(4, 0, 8, 4), box(0, 0, 1, 1), box(20, 0, 21, 1)], crs=3857
    )

    assert townships_by_overlap(villages, towns).tolist() == ["2", "1", None]
