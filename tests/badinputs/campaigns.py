"""Campaign files that are wrong, and layers that do not hold what the campaign says."""

from __future__ import annotations

from pathlib import Path

import shapely

from badinputs.case import Case, Change, added, assessed, text


def column(name: str, values: list[object]) -> Change:
    return lambda county: county.townships.__setitem__(name, values)


def grades(*values: str) -> Change:
    return lambda county: county.roads.__setitem__("grade", list(values))


def codes(rows: slice, columns: slice, value: int) -> Change:
    return lambda county: county.codes.__setitem__((rows, columns), value)


def elsewhere(name: str) -> Change:
    def change(county):
        frame = getattr(county, name)
        setattr(county, name, frame.set_geometry(frame.translate(xoff=5.0)))

    return change


def empty(name: str) -> Change:
    return lambda county: setattr(county, name, getattr(county, name).iloc[:0])


def row(name: str, number: int, geometry: object) -> Change:
    return lambda county: getattr(county, name).__setitem__(
        "geometry",
        [geometry if i == number else one for i, one in enumerate(getattr(county, name).geometry)],
    )


def without_townships(county):
    county.replace(county.text[county.text.index("[layers.townships]") :], "")


def own_standard(county):
    county.replace(county.text.splitlines()[3], 'standard = "own.toml"')


def file_of(content: bytes | None) -> Case:
    """A campaign file of the given bytes; a folder in its place for None."""

    def build(folder: Path) -> list[str]:
        path = folder / "campaign.toml"
        if content is None:
            path.mkdir()
        else:
            path.write_bytes(content)
        return ["assess", str(path), "--out", str(folder / "out")]

    return Case(build, ("campaign.toml",))


def unreadable(content: bytes | None, words: str) -> Case:
    return Case(file_of(content).build, ("campaign.toml", words))


def missing(folder: Path) -> list[str]:
    return ["assess", str(folder / "campaign.toml"), "--out", str(folder / "out")]


CAMPAIGNS: dict[str, Case] = {
    "missing file": Case(missing, ("campaign.toml does not exist",)),
    "folder": unreadable(None, "is a folder"),
    "GBK": unreadable(b'title = "\xb3\xc7"', "UTF-8"),
    "UTF-16": unreadable('title = "城"'.encode("utf-16"), "UTF-8"),
    "empty": unreadable(b"", "title"),
    "nested": unreadable(b"a = " + b"[" * 5000, "nests too deeply"),
    "long": unreadable(b"#" * 1_000_001, "over 1 MB"),
    "binary": unreadable(bytes(range(128)), "not valid TOML"),
    "bad TOML": assessed(
        ["campaign.toml", "line 3, column 8"], change=text("year = 2023", "year = = 2023")
    ),
    "unknown key": assessed(
        ["layers.townships.populaton", "population", "residents"],
        change=text("population =", "populaton ="),
    ),
    "unknown section": assessed(
        ["condition ", "conditions"], change=text("[conditions]", "[condition]")
    ),
    "unknown standard": assessed(
        ["campaign.toml", "standard", "un-"], change=text('standard = "', 'standard = "un-')
    ),
    "missing standard file": assessed(["standard", "own.toml"], change=own_standard),
    "unknown legend": assessed(
        ["campaign.toml", "cover.legend", "worldcovr", "worldcover"],
        change=text('"worldcover"', '"worldcovr"'),
    ),
    "missing legend file": assessed(
        ["cover.legend", "my.toml"], change=text('"worldcover"', '"my.toml"')
    ),
    "wrong type": assessed(
        ["year", "whole number", '"2023"'], change=text("year = 2023", 'year = "2023"')
    ),
    "missing key": assessed(
        ["cover.legend", "missing"], change=text('legend = "worldcover"\n', "")
    ),
    "missing section": assessed(["layers", "missing"], change=without_townships),
    "unknown condition": assessed(
        ["conditions", "rain_mm"], change=text("precipitation_mm", "rain_mm")
    ),
    "table for a condition": assessed(
        ["conditions", "terrain"],
        change=text("precipitation_mm = 1450", "terrain = { min = 3 }"),
    ),
    "table for a cover type": assessed(
        ["cover.forest", "known cover types"],
        change=text('legend = "worldcover"', 'legend = "worldcover"\nforest = [{ a = 1 }]'),
    ),
    "cover type of another legend": assessed(
        ["cover.forest", "orchard", "worldcover"],
        change=text('legend = "worldcover"', 'legend = "worldcover"\nforest = ["orchard"]'),
    ),
    "threshold in per cent": assessed(
        ["roadside.threshold", "between 0 and 1", "30"],
        change=added("[roadside]\nthreshold = 30\n"),
    ),
    "belt from a missing column": assessed(
        ["'belt'"], change=added('[roadside]\nbelt_m = "belt"\n')
    ),
    "residents from two places": assessed(
        ["layers.townships", "not both: correct its keys"],
        change=text(
            "[layers.roads]",
            '[layers.townships.population_table]\npath = "a.csv"\nname = "a"\npopulation = "b"\n'
            "[layers.roads]",
        ),
    ),
    "missing layer file": assessed(
        ["county2.gpkg does not exist"], change=text('"county.gpkg"', '"county2.gpkg"')
    ),
    "missing layer": assessed(
        ["county.gpkg", "'towns'", "townships, roads, parks"],
        change=text('layer = "townships"', 'layer = "towns"'),
    ),
    "several layers": assessed(
        ["county.gpkg", "choose one of townships, roads, parks"],
        change=text('layer = "townships"\n', ""),
    ),
    "missing column": assessed(
        ["layer 'townships' of", "county.gpkg", "'people'", "residents"],
        change=text('"residents"', '"people"'),
    ),
    "missing road column": assessed(
        ["roads", "'route'"], change=text('name = "road"', 'name = "route"')
    ),
    "no column known to be the code": assessed(
        ["townships", "no column known to hold its code", "id1"],
        change=lambda county: (
            county.replace('code = "code"\n', ""),
            setattr(county, "townships", county.townships.rename(columns={"code": "id1"})),
        ),
    ),
    "two columns may be the code": assessed(
        ["townships", "several columns", "XZQDM and 乡镇代码", 'code = "XZQDM"'],
        change=lambda county: (
            county.replace('code = "code"\n', ""),
            setattr(
                county,
                "townships",
                county.townships.rename(columns={"code": "XZQDM"}).assign(乡镇代码=["1", "2"]),
            ),
        ),
    ),
    "no overlap": assessed(
        ["townships", "cover.tif", "share no ground"], change=elsewhere("townships")
    ),
    "roads elsewhere": assessed(
        ["roads", "cover.tif", "share no ground"], change=elsewhere("roads")
    ),
    "code not in the legend": assessed(
        ["cover.tif", "77", "ha"], change=codes(slice(5), slice(5), 77)
    ),
    "duplicate codes": assessed(
        ["townships", "'code'", "T1 more than once"], change=column("code", ["T1", "T1"])
    ),
    "blank code": assessed(["townships", "'code'", "row 2"], change=column("code", ["T1", None])),
    "negative population": assessed(
        ["townships", "'residents'", "东草乡", "-3"], change=column("residents", [1000, -3])
    ),
    "missing population": assessed(
        ["'residents'", "西林镇"], change=column("residents", [None, 2000])
    ),
    "population in words": assessed(
        ["'residents'", "许多"], change=column("residents", ["1000", "许多"])
    ),
    "doubtful comma": assessed(
        ["'residents'", "东草乡 (1,23)"], change=column("residents", ["1,230", "1,23"])
    ),
    "undeclared grade": assessed(
        ["layer 'roads' of", "'lane' in column 'grade'"], change=grades("国道", "lane")
    ),
    "empty layer": assessed(["layer 'townships' of", "empty"], change=empty("townships")),
    "empty roads": assessed(["layer 'roads' of", "empty"], change=empty("roads")),
    "null geometry": assessed(["townships", "row 2"], change=row("townships", 1, None)),
    "empty geometry": assessed(
        ["townships", "no geometry in row 1"], change=row("townships", 0, shapely.Polygon())
    ),
    "points for parks": assessed(
        ["parks", "Point", "row 1"], change=row("parks", 0, shapely.Point(118.001, 30.001))
    ),
    "lines for townships": assessed(
        ["'roads'"], change=text('layer = "townships"', 'layer = "roads"')
    ),
    "impossible coordinates": assessed(
        ["townships", "impossible coordinates", "row 2"],
        change=row("townships", 1, shapely.box(118.0, 30.0, 500.0, 31.0)),
    ),
    "a polygon without area": assessed(
        ["townships", "without area in row 1"],
        change=row("townships", 0, shapely.Polygon([(118, 30), (118.1, 30), (118, 30), (118, 30)])),
    ),
}
