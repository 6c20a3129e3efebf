"""Campaign files, legends and standards: read, opened and explained, as ``check`` does.

The first byte says which of the three the others are. A campaign may also be a right one of which
some lines are replaced, which gets further than loose bytes do.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import atheris

from badinputs.campaigns import CAMPAIGNS
from fuzz.oracle import nothing_left_behind, or_one_sentence
from greencover import standards
from greencover.campaign import Campaign
from greencover.campaign.explain import explain, page
from greencover.cover import Legend
from paths import SAMPLE
from small_county import CAMPAIGN, SmallCounty

PACKAGE = Path(standards.__file__).parents[1]
LINES = (
    *CAMPAIGN.splitlines(),
    *("[layers.villages]", "[layers.waters]", "[layers.built_up]", "[layers.county]", "[[target]]"),
    *("[layers.streets]", "[layers.shelterbelts]", "[layers.works]", "[accuracy]", "[[task]]"),
    *("[layers.townships.population_table]", "[layers.townships.population_grid]", "[roadside]"),
    *("[layers.roads.grades]", "[cover.exclude]", "[layers.car_parks]", "[layers.residential]"),
)
KEYS = (
    *("title", "year", "standard", "area", "path", "legend", "band", "nodata", "remote", "asset"),
    *("minimum_patch_mu", "forest", "green", "layer", "code", "name", "population", "crs", "grade"),
    *("township", "settlement", "population_shared", "radius_m", "width_m", "reach_m", "before"),
    *("step_m", "threshold", "offset_m", "belt_m", "exclude", "map", "reference", "level", "value"),
    *("indicator", "comparison", "grades", "task", "planned", "done", "unit", "sheet", "kind"),
    *("bridge", "start_km", "unobserved_limit_pct", "precipitation_mm", "G1", "county", "per"),
)
VALUES = (
    *("1", "0", "-1", "2023", "1e300", "nan", "inf", "1.5", "true", "false", "[]", "{}", '""'),
    *(
        '"cover.tif"',
        '"county.gpkg"',
        '"campaign.toml"',
        '"."',
        '"roads"',
        '"townships"',
        '"parks"',
    ),
    *('"residents"', '"code"', '"name"', '"road"', '"grade"', '"geometry"', '"fid"', '"none"'),
    *('"GCJ-02"', '"BD-09"', '"EPSG:4547"', '"EPSG:0"', '"worldcover"', '"grid"', '"county"'),
    *('["tree"]', '["tree", "shrub"]', "{ water = 0.5 }", "{ county = 5 }", "[1, 2]", "1979-05-27"),
    *('"forest_coverage"', '"roadside_greening_rate"', '">="', '"mu"', '"count"', '"\\u0000"'),
    *('"national-forest-city-2012"', '["cover.tif", "cover.tif"]', '{ "国道" = "county" }'),
)
LARGEST_SEED = 10_000
KINDS = ("lines", "campaign", "legend", "standard")


def prepare(folder: Path) -> Callable[[bytes], None]:
    place = folder / "county"
    SmallCounty().write(place)
    own = {"legend": partial(Legend.load), "standard": partial(standards.load)}

    def run(data: bytes) -> None:
        if not data:
            return
        kind = KINDS[data[0] % len(KINDS)]
        path = place / "campaign.toml"
        path.write_bytes(replaced(data[1:]).encode() if kind == "lines" else data[1:])
        with nothing_left_behind(place):
            or_one_sentence(partial(own.get(kind, checked), path))

    return run


def checked(path: Path) -> str:
    said = page(explain(Campaign.read(path).open()), "zh")
    assert said
    return said


def replaced(data: bytes) -> str:
    """The campaign of the small county with up to six lines put in place of others or between."""
    given = atheris.FuzzedDataProvider(data)
    lines = CAMPAIGN.splitlines()
    for _ in range(given.ConsumeIntInRange(1, 6)):
        place = given.ConsumeIntInRange(0, len(lines) - 1)
        if given.ConsumeBool():
            line = given.PickValueInList(list(LINES))
        else:
            value = (
                given.PickValueInList(list(VALUES))
                if given.ConsumeProbability() < 0.9
                else f'"{given.ConsumeUnicodeNoSurrogates(8)}"'
            )
            line = f"{given.PickValueInList(list(KEYS))} = {value}"
        lines[place : place + given.ConsumeIntInRange(0, 1)] = [line]
    return "\n".join(lines)


def seeds() -> Iterator[bytes]:
    yield bytes([KINDS.index("campaign")]) + CAMPAIGN.encode()
    yield bytes([KINDS.index("campaign")]) + (SAMPLE / "campaign.toml").read_bytes()
    for folder, kind in (("legends", "legend"), ("standards", "standard")):
        for path in sorted((PACKAGE / folder).glob("*.toml"))[:6]:
            yield bytes([KINDS.index(kind)]) + path.read_bytes()
    for number in range(24):
        yield bytes([KINDS.index("lines"), *(7 * number * step % 256 for step in range(1, 60))])
    folder = Path(tempfile.mkdtemp())
    for number, case in enumerate(CAMPAIGNS.values()):
        place = folder / str(number)
        place.mkdir()
        case.build(place)
        for path in place.glob("*.toml"):
            if path.is_file() and path.stat().st_size < LARGEST_SEED:
                yield bytes([KINDS.index("campaign")]) + path.read_bytes()
    shutil.rmtree(folder)
