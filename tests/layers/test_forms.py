"""Forms that come back as a layer are held to the same columns as tables."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from greencover.corridor import read_work_form
from greencover.corridor.field_columns import read_field_form
from greencover.ground.errors import LayerError


@pytest.mark.parametrize("read", [read_field_form, read_work_form])
@pytest.mark.parametrize("suffix", [".gpkg", ".csv"])
def test_a_form_without_its_columns_is_refused_by_name(tmp_path, read, suffix):
    path = tmp_path / f"form{suffix}"
    form = gpd.GeoDataFrame({"note": ["looked"]}, geometry=[shapely.Point(115, 27)], crs=4326)
    if suffix == ".gpkg":
        form.to_file(path)
    else:
        form.drop(columns="geometry").to_csv(path, index=False)

    with pytest.raises(LayerError, match=f"form\\{suffix}.*(sample_id|gap_id)"):
        read(path)
