"""A land cover from before planting is found like every other layer, and no farther away."""

from __future__ import annotations

import zipfile

import pytest

from greencover.campaign import Campaign
from greencover.campaign import layers as layers_module
from greencover.ground.errors import RasterError
from small_county import SmallCounty


def works_before(folder, before, *, keys=""):
    """The small county with a planted plot, and the cover from before at a path."""
    county = SmallCounty()
    county.text += (
        f'[layers.works]\npath = "county.gpkg"\nlayer = "parks"\nname = "name"\n{keys}'
        f'before = "{before}"\n'
    )
    return county.write(folder)


@pytest.mark.parametrize(
    "before",
    [
        "https://example.org/cover.tif",
        "s3://bucket/cover.tif",
        "/vsicurl/https://example.org/cover.tif",
        "/vsizip//vsicurl/https://example.org/cover.zip/cover.tif",
    ],
)
def test_an_earlier_cover_on_another_machine_is_refused_unasked(tmp_path, before):
    with pytest.raises(RasterError, match=r"cover.* is on another machine"):
        Campaign.read(works_before(tmp_path, before)).open()


def test_an_earlier_cover_on_another_machine_is_resolved_as_layers_are(tmp_path, monkeypatch):
    """Addresses become GDAL's names for them; nothing is fetched here."""
    opened = []

    def noted(paths, **_more):
        opened.extend(str(path) for path in ([paths] if isinstance(paths, str) else paths))
        raise RasterError("enough")

    path = works_before(tmp_path, "https://example.org/cover.tif", keys="remote = true\n")
    section = Campaign.read(path).layers.works
    monkeypatch.setattr(layers_module.LandCover, "open", noted)

    with pytest.raises(RasterError, match="enough"):
        layers_module._earlier(section, None, None)

    assert opened == ["/vsicurl/https://example.org/cover.tif"]


def test_an_earlier_cover_may_lie_in_an_archive(tmp_path):
    before = f"/vsizip/{{{tmp_path}/2020.zip}}/data/cover.tif"
    path = works_before(tmp_path, before)
    with zipfile.ZipFile(tmp_path / "2020.zip", "w") as archive:
        archive.write(tmp_path / "cover.tif", "data/cover.tif")

    opened = Campaign.read(path).open()

    assert opened.earlier is not None
    assert opened.earlier.bounds == opened.cover.bounds
