"""Opening land cover: legends, nodata, bounds, and the picture for the background of a map."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine

import greencover as gc
import small_county
from greencover.ground.errors import GreencoverWarning, LegendError, RasterError
from small_county import SmallCounty
from strategies import (
    CELL,
    NORTH,
    UTM,
    WEST,
    cells_box,
    cover_of,
    legend_of,
    stripes,
    write_raster,
    zones_of,
)


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "cover_2023.tif", stripes())


def test_what_is_opened_says_what_it_is(raster: Path) -> None:
    cover = gc.LandCover.open(raster, legend=legend_of(1, 2, 3, 7), year=2023)

    assert repr(cover) == "LandCover(cover_2023.tif, legend 'custom', 2023)"
    assert cover.paths == (str(raster),)
    assert cover.crs.to_epsg() == 32650
    assert cover.bounds == (WEST, NORTH - 200.0, WEST + 240.0, NORTH)


def test_an_empty_list_is_an_error() -> None:
    with pytest.raises(RasterError, match="list of rasters is empty"):
        gc.LandCover.open([], legend="worldcover")


def test_an_unknown_legend_is_an_error(raster: Path) -> None:
    with pytest.raises(LegendError, match="worldcove"):
        gc.LandCover.open(raster, legend="worldcove")


def test_a_class_that_the_raster_calls_nodata_is_an_error(tmp_path: Path) -> None:
    """Otherwise a class would be reported as unobserved, or nodata as a class."""
    path = write_raster(tmp_path / "c.tif", stripes(), nodata=3)

    with pytest.raises(LegendError, match="declares 3 as nodata, but in the legend 'custom' 3 is"):
        cover_of(path)


def test_nodata_may_be_overruled(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "c.tif", stripes(), nodata=3)
    zone = zones_of(cells_box(0, 0, 4, 1))
    as_class = gc.class_areas(zone, cover_of(path, nodata=None), area="grid")
    as_nodata = gc.class_areas(zone, cover_of(path, 1, 2, 3, nodata=7), area="grid")

    assert as_class.loc[0].tolist() == pytest.approx([0.01, 0.01, 0.01, 0.01, 0])
    assert as_nodata.loc[0].tolist() == pytest.approx([0.01, 0.01, 0.01, 0.01])


def test_the_sentence_on_nodata_says_how_to_declare_that_there_is_none(tmp_path: Path) -> None:
    """In a campaign, in Python and on the command line."""
    path = write_raster(tmp_path / "c.tif", stripes(), nodata=3)

    with pytest.raises(LegendError) as caught:
        cover_of(path)
    for way in ('nodata = "none" under [cover]', "nodata=None in Python", "--nodata none"):
        assert way in str(caught.value)
    with pytest.raises(LegendError, match=r"nodata value 7 was given for the raster .*'class 7'"):
        cover_of(path, nodata=7)


def test_0_is_a_class_or_no_data_as_it_is_declared(tmp_path: Path) -> None:
    """Four cells of 0, 1, 2 and 3 on a row."""
    grid = np.tile(np.arange(4, dtype=np.uint8), (2, 1))
    plain = write_raster(tmp_path / "plain.tif", grid)
    declared = write_raster(tmp_path / "declared.tif", grid, nodata=0)
    zone = zones_of(cells_box(0, 0, 4, 1))

    def areas(path: Path, *codes: int, **options: float) -> list[float]:
        return gc.class_areas(zone, cover_of(path, *codes, **options), area="grid").loc[0].tolist()

    assert areas(plain, 0, 1, 2, 3) == pytest.approx([0.01] * 4 + [0])
    assert areas(declared, 1, 2, 3) == pytest.approx([0.01] * 4)
    assert areas(plain, 1, 2, 3, nodata=0) == pytest.approx([0.01] * 4)
    with pytest.raises(LegendError, match=r"lacks: 0 \(0\.01 ha\); if 0 means no data, say so"):
        areas(plain, 1, 2, 3)
    with pytest.raises(LegendError, match="declares 0 as nodata"):
        areas(declared, 0, 1, 2, 3)


def test_codes_that_the_legend_calls_unobserved(raster: Path) -> None:
    cover = gc.LandCover.open(raster, legend=legend_of(1, 2, 3, unobserved=(7,)))
    table = gc.class_areas(zones_of(cells_box(0, 0, 8, 1)), cover, area="grid")

    assert table.loc[0].tolist() == pytest.approx([0.02, 0.02, 0.02, 0.02])


def test_bounds_of_tiles_in_two_systems(raster: Path, tmp_path: Path) -> None:
    degrees = Affine(1e-3, 0.0, 116.9, 0.0, -1e-3, 30.0)
    far = write_raster(tmp_path / "far.tif", stripes(), transform=degrees, crs="EPSG:4326")
    west, south, east, north = cover_of([raster, far]).bounds

    assert west == pytest.approx(490_353, abs=5)
    assert north == pytest.approx(3_318_789, abs=5)
    assert (east, south) == (WEST + 24 * CELL, NORTH - 200)


def test_unknown_codes_are_listed(raster: Path) -> None:
    assert cover_of(raster, 1, 3).unknown_codes() == [2, 7]
    assert cover_of(raster).unknown_codes() == []


def test_the_tile_that_holds_the_codes_is_named(raster: Path, tmp_path: Path) -> None:
    """The second of two tiles, since the first one fits the legend where zones are."""
    east = Affine(CELL, 0.0, WEST + 24 * CELL, 0.0, -CELL, NORTH)
    second = write_raster(tmp_path / "east.tif", np.full((20, 4), 9, np.uint8), transform=east)

    with pytest.raises(LegendError, match=r"east\.tif holds .* lacks: 9 \(0\.04 ha\); choose"):
        gc.class_areas(zones_of(cells_box(22, 0, 26, 2)), cover_of([raster, second]), area="grid")


def test_legends_beyond_a_byte_are_named_with_the_raster(raster: Path) -> None:
    cover = gc.LandCover.open(raster, legend=legend_of(*range(1, 300)))

    with pytest.raises(LegendError, match=r"'custom' has 299 codes, .* the raster .*2023"):
        gc.class_areas(zones_of(cells_box(0, 0, 1, 1)), cover)


COLOURED = gc.Legend.from_codes(
    {
        1: ("crop", "Crops", "#fae39c"),
        2: ("tree", "Forest", "#446f33"),
        3: ("shrub", "Shrub", "#33a02c"),
        7: ("built", "Built", "#e24290"),
    }
)
COLOURS = {code: tuple(bytes.fromhex(colour[1:])) for code, colour in COLOURED.colours.items()}


def with_colours(path: Path, cells: np.ndarray, colours: dict[int, tuple[int, ...]]) -> Path:
    write_raster(path, cells)
    with rasterio.open(path, "r+") as dataset:
        dataset.write_colormap(1, colours)
    return path


@pytest.mark.parametrize(
    "colours",
    [
        COLOURS,
        # Of another taste, and filled up to 256 as GDAL does.
        {code: (code, 2 * code, 255 - code) for code in range(256)},
        # Two of four exchanged: a mistake of whoever painted it, or a taste.
        COLOURS | {1: COLOURS[2], 2: COLOURS[1]},
        # Colours used again for codes that do not occur.
        COLOURS | {100 + code: colour for code, colour in COLOURS.items()},
    ],
    ids=["own", "another taste", "two exchanged", "used again"],
)
def test_a_colour_table_over_the_codes_is_welcome(
    colours: dict[int, tuple[int, ...]], tmp_path: Path, raster: Path
) -> None:
    path = with_colours(tmp_path / "c.tif", stripes(), colours)
    zone = zones_of(cells_box(0, 0, 7, 3))

    painted = gc.class_areas(zone, gc.LandCover.open(path, legend=COLOURED))
    assert painted.equals(gc.class_areas(zone, gc.LandCover.open(raster, legend=COLOURED)))


def test_a_colour_table_with_the_colours_under_other_numbers_is_refused(tmp_path: Path) -> None:
    """As in a picture, although every number of it is a code of the legend."""
    moved = {1: COLOURS[2], 2: COLOURS[3], 3: COLOURS[7], 7: COLOURS[1]}
    path = with_colours(tmp_path / "c.tif", stripes(), moved)

    with pytest.raises(LegendError, match=r"paints 4 classes .*\(7 is 'Crops', which is 1\)"):
        gc.LandCover.open(path, legend=COLOURED)


def test_a_raster_of_the_sister_legend_is_told_by_its_colours(tmp_path: Path) -> None:
    """CORINE as a raster numbers from 1 what the vector layers number from 111."""
    colours = {
        code: tuple(bytes.fromhex(colour[1:]))
        for code, colour in gc.Legend.load("corine-raster").colours.items()
    }
    path = with_colours(tmp_path / "c.tif", stripes(), colours)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gc.LandCover.open(path, legend="corine-raster")

    with pytest.raises(LegendError, match="choose the legend with these numbers"):
        gc.LandCover.open(path, legend="corine")


def test_real_products_with_colour_tables_are_welcome(real_data: Callable[[str], Path]) -> None:
    for path in sorted(real_data("worldcover-sao-tome").glob("ESA_WorldCover_*_Map.tif")):
        cover = gc.LandCover.open(path, legend="worldcover")
        assert len(cover.sources[0].colours) >= 11


DEGREE = 1.0 / 12_000.0


@pytest.mark.parametrize(
    ("cell", "crs", "legend", "coarse"),
    [
        (10.0, UTM, "worldcover", None),
        (2.0, UTM, "worldcover", None),
        (12.0, UTM, "worldcover", None),
        (20.0, UTM, "worldcover", "20 m"),
        (80.0, UTM, "worldcover", "80 m"),
        (DEGREE, "EPSG:4326", "worldcover", None),
        (2 * DEGREE, "EPSG:4326", "worldcover", "18 m"),
        (1.0 / 1008.0, "EPSG:4326", "cgls-lc100", None),
        (1.0 / 360.0, "EPSG:4326", "esa-cci", None),
        # Web Mercator draws 10 m on the ground as 20 at 60 degrees north.
        (20.0, "EPSG:3857", "worldcover", None),
        (80.0, UTM, "own", None),
    ],
)
def test_cells_much_larger_than_those_of_the_product_are_noted(
    cell: float, crs: str, legend: str, coarse: str | None, tmp_path: Path
) -> None:
    corner = {UTM: (WEST, NORTH), "EPSG:4326": (117.0, 30.0), "EPSG:3857": (0.0, 8_399_738.0)}[crs]
    place = Affine(cell, 0.0, corner[0], 0.0, -cell, corner[1])
    path = write_raster(tmp_path / "c.tif", stripes(), transform=place, crs=crs)
    chosen = legend_of(1, 2, 3, 7) if legend == "own" else legend

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gc.LandCover.open([path, path], legend=chosen)

    notes = [str(one.message) for one in caught if one.category is GreencoverWarning]
    if coarse is None:
        assert not notes
    else:
        assert len(notes) == 1
        assert f"c.tif and 1 more has cells of {coarse}, but '{legend}' is a product of" in notes[0]


def test_an_assessment_carries_the_note_on_coarse_cells(tmp_path: Path) -> None:
    county = SmallCounty()
    campaign = county.write(tmp_path)
    coarse = Affine(
        8 * small_county.CELL,
        0.0,
        small_county.WEST,
        0.0,
        -8 * small_county.CELL,
        small_county.NORTH,
    )
    write_raster(tmp_path / "cover.tif", county.codes[::8, ::8], transform=coarse, crs="EPSG:4326")

    notes = gc.assess(campaign).notes

    assert sum("has cells of 89 m, but 'worldcover' is a product of 10 m" in n for n in notes) == 1


def test_land_cover_travels_to_other_processes(raster: Path) -> None:
    cover = cover_of(raster)
    again = pickle.loads(pickle.dumps(cover))

    zone = zones_of(cells_box(0, 0, 5, 5))
    assert gc.class_areas(zone, again).equals(gc.class_areas(zone, cover))


def test_overview_keeps_codes_and_masks_the_unobserved(tmp_path: Path) -> None:
    grid = stripes()
    grid[:10] = 255
    cover = cover_of(write_raster(tmp_path / "c.tif", grid, nodata=255))
    west, south, east, north = cover.bounds
    codes, transform, crs = cover.read_overview(
        (west - 240.0, south, east, north), cover.crs, max_px=48
    )

    assert codes.shape == (20, 48)
    assert crs == cover.crs
    assert transform.c == west - 240.0
    assert codes.mask[:, :24].all()
    assert codes.mask[:10].all()
    np.testing.assert_array_equal(codes.data[10:, 24:], grid[10:])


def test_an_overview_of_a_damaged_raster_is_one_sentence(tmp_path: Path) -> None:
    grid = np.random.default_rng(1).choice(np.array([1, 2, 3, 7], dtype=np.uint8), (600, 600))
    path = write_raster(tmp_path / "cut.tif", grid, compress="deflate")
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)
    cover = cover_of(path)

    with pytest.raises(RasterError, match=r"cut\.tif cannot be read to its end .*copy or download"):
        cover.read_overview(cover.bounds, cover.crs)


def test_overview_of_a_worldcover_tile_is_quick(real_data: Callable[[str], Path]) -> None:
    folder = real_data("worldcover-sao-tome")
    path = folder / "ESA_WorldCover_10m_2021_v200_N00E006_Map.tif"
    cover = gc.LandCover.open(path, legend="worldcover", year=2021)
    codes, _, _ = cover.read_overview((6.4, 0.0, 6.8, 0.4), max_px=200)

    assert codes.shape == (200, 200)
    assert set(np.unique(codes.compressed())) <= set(cover.legend.codes)
    assert (codes == 10).mean() > 0.35
