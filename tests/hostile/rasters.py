"""Rasters that reach out."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from hostile.place import Place

SIZE = 8
GRID = Affine(1.0, 0.0, 100.0, 0.0, -1.0, 38.0)
Vector = Callable[[Place], str]


def tif(place: Place, name: str = "cover.tif", **options: Any) -> str:
    """A right raster; options go to rasterio."""
    profile = {"driver": "GTiff", "width": SIZE, "height": SIZE, "count": 1, "dtype": "uint8"}
    path = str(place.folder / name)
    with rasterio.open(
        path, "w", **profile | {"crs": "EPSG:4326", "transform": GRID} | options
    ) as file:
        file.write(np.full((1, SIZE, SIZE), 10, "uint8"))
    return path


def wms(place: Place) -> str:
    return (
        f'<GDAL_WMS><Service name="TMS"><ServerUrl>{place.url("")}/${{z}}/${{x}}/${{y}}</ServerUrl>'
        "</Service><DataWindow><UpperLeftX>100</UpperLeftX><UpperLeftY>38</UpperLeftY>"
        "<LowerRightX>108</LowerRightX><LowerRightY>30</LowerRightY><SizeX>8</SizeX>"
        "<SizeY>8</SizeY></DataWindow><Projection>EPSG:4326</Projection><BandsCount>1</BandsCount>"
        "<BlockSizeX>8</BlockSizeX><BlockSizeY>8</BlockSizeY></GDAL_WMS>"
    )


def mrf(place: Place) -> str:
    """A cache of a raster, whose files are made when it is opened."""
    tif(place, "base.tif")
    return (
        "<MRF_META><CachedSource><Source>base.tif</Source></CachedSource><Raster>"
        f'<Size x="8" y="8" c="1"/><DataFile>{place.canary}/stolen.dat</DataFile>'
        f"<IndexFile>{place.canary}/stolen.idx</IndexFile></Raster></MRF_META>"
    )


def wcs(place: Place) -> str:
    return (
        f"<WCS_GDAL><ServiceURL>{place.url('?')}</ServiceURL><CoverageName>a</CoverageName>"
        "</WCS_GDAL>"
    )


def wmts(place: Place) -> str:
    return f"<GDAL_WMTS><GetCapabilitiesUrl>{place.url('.xml')}</GetCapabilitiesUrl></GDAL_WMTS>"


def index(place: Place) -> str:
    return (
        f"<GDALTileIndexDataset><IndexDataset>{place.curl('.gpkg')}</IndexDataset>"
        "</GDALTileIndexDataset>"
    )


def command(place: Place) -> str:
    return json.dumps(
        {"type": "gdal_streamed_alg", "command_line": f"gdal raster clip {place.curl()} --like x"}
    )


def stac(place: Place) -> str:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "stac_version": "1.0.0",
            "features": [
                {
                    "type": "Feature",
                    "stac_version": "1.0.0",
                    "collection": "c",
                    "properties": {
                        "proj:epsg": 4326,
                        "proj:transform": [1, 0, 100, 0, -1, 38],
                        "proj:shape": [8, 8],
                    },
                    "assets": {"a": {"href": place.url()}},
                }
            ],
            "links": [],
        }
    )


def dimap(place: Place) -> str:
    return (
        "<Dimap_Document><Metadata_Id/><Raster_Dimensions><NCOLS>8</NCOLS><NROWS>8</NROWS>"
        "<NBANDS>1</NBANDS></Raster_Dimensions><Data_Access><Data_File>"
        f'<DATA_FILE_PATH href="{place.curl()}"/></Data_File></Data_Access></Dimap_Document>'
    )


def vrt(source: str, *, tag: str = "SourceFilename", attributes: str = "", more: str = "") -> str:
    return (
        f'<VRTDataset rasterXSize="{SIZE}" rasterYSize="{SIZE}"><SRS>EPSG:4326</SRS>'
        f"<GeoTransform>100, 1, 0, 38, 0, -1</GeoTransform>{more}"
        f'<VRTRasterBand dataType="Byte" band="1"><SimpleSource><{tag}{attributes}>{source}</{tag}>'
        "<SourceBand>1</SourceBand></SimpleSource></VRTRasterBand></VRTDataset>"
    )


def alone(write: Callable[[Place], str], name: str, place: Place) -> str:
    """A description under the name of a raster."""
    return place.write(name, write(place))


def beside(write: Callable[[Place], str], ending: str, place: Place) -> str:
    """A description beside a right raster, as its mask or its overviews."""
    path = tif(place)
    place.write(f"cover.tif{ending}", write(place))
    return path


def part(write: Callable[[Place], str], name: str, place: Place) -> str:
    """A virtual raster made of a file that is a description."""
    place.write(name, write(place))
    return place.write("cover.vrt", vrt(name, attributes=' relativeToVRT="1"'))


def virtual(source: Callable[[Place], str], place: Place) -> str:
    return place.write("cover.vrt", vrt(source(place)))


def nested(place: Place) -> str:
    place.write("inner.vrt", vrt(place.curl()))
    return place.write("cover.vrt", vrt("inner.vrt", attributes=' relativeToVRT="1"'))


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def warped(place: Place) -> str:
    return place.write(
        "cover.vrt",
        f'<VRTDataset rasterXSize="{SIZE}" rasterYSize="{SIZE}" subClass="VRTWarpedDataset">'
        "<SRS>EPSG:4326</SRS><GeoTransform>100, 1, 0, 38, 0, -1</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1" subClass="VRTWarpedRasterBand"/>'
        f"<GDALWarpOptions><SourceDataset>{place.curl()}</SourceDataset></GDALWarpOptions>"
        "</VRTDataset>",
    )


def python(place: Place) -> str:
    """A pixel function in Python."""
    tif(place, "base.tif")
    return place.write(
        "cover.vrt",
        f'<VRTDataset rasterXSize="{SIZE}" rasterYSize="{SIZE}"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>100, 1, 0, 38, 0, -1</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1" subClass="VRTDerivedRasterBand">'
        "<PixelFunctionType>f</PixelFunctionType>"
        "<PixelFunctionLanguage>Python</PixelFunctionLanguage><PixelFunctionCode><![CDATA["
        f"def f(*a, **k): open(r'{place.canary}/stolen', 'w')]]></PixelFunctionCode>"
        '<SimpleSource><SourceFilename relativeToVRT="1">base.tif</SourceFilename>'
        "</SimpleSource></VRTRasterBand></VRTDataset>",
    )


def raw(place: Place) -> str:
    """Any file of this machine as cells."""
    place.write("secret.bin", b"\x0a" * SIZE * SIZE)
    return place.write(
        "cover.vrt",
        f'<VRTDataset rasterXSize="{SIZE}" rasterYSize="{SIZE}"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>100, 1, 0, 38, 0, -1</GeoTransform>"
        '<VRTRasterBand dataType="Byte" band="1" subClass="VRTRawRasterBand">'
        f"<SourceFilename>{place.folder}/secret.bin</SourceFilename><ByteOrder>LSB</ByteOrder>"
        "</VRTRasterBand></VRTDataset>",
    )


def padded(place: Place) -> str:
    """Its source stands behind more text than anybody reads at a glance."""
    return place.write(
        "cover.vrt", vrt(place.curl(), more=f"<Metadata>{' ' * 2_000_000}</Metadata>")
    )


def commented(place: Place) -> str:
    """A name that two readers of XML take in two ways."""
    path = tif(place, "base.tif")
    return place.write("cover.vrt", vrt(f"{place.curl()}<!-- -->/../../../../../../{path}"))


def with_tag(place: Place) -> str:
    """A raster whose own tags say where its overviews are."""
    path = tif(place)
    with rasterio.open(path, "r+") as file:
        file.update_tags(ns="OVERVIEWS", OVERVIEW_FILE=place.curl())
    return path


def with_aux(place: Place) -> str:
    path = tif(place)
    place.write(
        "cover.tif.aux.xml",
        '<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">'
        f"{place.curl()}</MDI></Metadata></PAMDataset>",
    )
    return path


def virtual_with_overview(place: Place) -> str:
    tif(place, "base.tif")
    more = f'<Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{place.curl()}</MDI></Metadata>'
    return place.write("cover.vrt", vrt("base.tif", attributes=' relativeToVRT="1"', more=more))


def masked_raw(place: Place) -> str:
    """Cells of a plain format that spell a description."""
    text = mrf(place).encode().ljust(1024, b" ")
    place.write("part.bil", text)
    place.write("part.hdr", f"NROWS 32\nNCOLS {len(text) // 32}\nNBITS 8\nNBANDS 1\n")
    return place.write("cover.vrt", vrt("part.bil", attributes=' relativeToVRT="1"'))


DESCRIPTIONS = {
    "map service": wms,
    "cache": mrf,
    "coverage service": wcs,
    "tile service": wmts,
    "tile index": index,
    "command": command,
    "catalogue": stac,
    "product": dimap,
}
NAMES: dict[str, Callable[[Place], str]] = {
    "address": lambda place: place.url(),
    "network file": lambda place: place.curl(),
    "page": lambda place: f"GTIFF_DIR:1:{place.curl()}",
    "variable": lambda place: f'NETCDF:"{place.url(".nc")}":a',
    "variable of HDF5": lambda place: f'HDF5:"{place.curl(".h5")}"://a',
    "service by name": lambda place: f"WMS:{place.url('?')}",
    "virtual by name": lambda place: f"vrt://{place.url()}",
    "derived": lambda place: f"DERIVED_SUBDATASET:LOGAMPLITUDE:{place.curl()}",
    "zarr": lambda place: f'ZARR:"{place.curl(".zarr")}"',
    "table of a package": lambda place: f"GPKG:{place.curl('.gpkg')}:a",
    "part of a file": lambda place: f"/vsisubfile/0_100,{place.curl()}",
    "archive": lambda place: f"/vsizip/{{{place.curl('.zip')}}}/a.tif",
    "archive, folded": lambda place: f"/vsizip/vsicurl/{place.url('.zip')}/a.tif",
    "packed": lambda place: f"/vsigzip/{place.curl('.gz')}",
    "cached": lambda place: f"/vsicached?file={place.curl()}",
}

RASTERS: dict[str, Vector] = {
    **{f"{kind} in {name}": partial(alone, write, name)
       for kind, write in DESCRIPTIONS.items()
       for name in ("cover.tif", "cover.vrt", "cover.bin")},
    **{f"{kind} as {ending}": partial(beside, write, ending)
       for kind, write in DESCRIPTIONS.items()
       for ending in (".ovr", ".msk", ".MSK", ".msk.ovr")},
    **{f"virtual, part {kind}": partial(part, write, "part.tif")
       for kind, write in DESCRIPTIONS.items()},
    "virtual as .ovr": partial(beside, lambda place: vrt(place.curl()), ".ovr"),
    "virtual as .msk": partial(beside, lambda place: vrt(place.curl()), ".msk"),
    **{f"virtual of {kind}": partial(virtual, write) for kind, write in NAMES.items()},
    **{f"virtual, inline {kind}": partial(virtual, lambda place, one=write: escaped(one(place)))
       for kind, write in DESCRIPTIONS.items()},
    "virtual, inline virtual": partial(virtual, lambda place: escaped(vrt(place.curl()))),
    "virtual of virtual": nested,
    "virtual under another name": lambda place: place.write("cover.tif", vrt(place.curl())),
    "virtual, tag in other letters": lambda place: place.write(
        "cover.vrt", vrt(place.curl(), tag="sourcefilename")
    ),
    "virtual, CDATA": lambda place: place.write("cover.vrt", vrt(f"<![CDATA[{place.curl()}]]>")),
    "virtual, character references": lambda place: place.write(
        "cover.vrt", vrt("".join(f"&#{ord(one)};" for one in place.curl()))
    ),
    "virtual, entity": lambda place: place.write(
        "cover.vrt", f'<!DOCTYPE a [<!ENTITY b "{place.curl()}">]>{vrt("&b;")}'
    ),
    "virtual, UTF-16": lambda place: place.write(
        "cover.vrt", vrt(place.curl()).encode("utf-16")
    ),
    "virtual, padded": padded,
    "virtual, comment": commented,
    "virtual, overviews elsewhere": virtual_with_overview,
    "virtual, warped": warped,
    "virtual, Python": python,
    "virtual, any file as cells": raw,
    "virtual, cells that spell a cache": masked_raw,
    "overviews elsewhere, own tag": with_tag,
    "overviews elsewhere, beside": with_aux,
}  # fmt: skip

#: Names that the campaign and the command line refuse, since they lie elsewhere or nowhere.
BY_NAME: dict[str, Vector] = NAMES
