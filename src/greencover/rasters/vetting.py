"""What a raster file reaches for, checked before any of it is opened.

A virtual raster says by name where its cells are, and GDAL opens such names with every driver that
it has. So they are read here first: each must be a raster file of its own.
"""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from greencover.ground.errors import RasterError
from greencover.ground.places import is_file
from greencover.layers import is_remote
from greencover.layers.sources import may_reach_out
from greencover.rasters.header import damage
from greencover.rasters.opening import opened

_HEAD_BYTES = 1_000_000
_LARGEST_BYTES = 200_000_000
_DEEPEST = 4
# Every part is opened each time that it is named, also by parts; tiles of a province are fewer.
_MOST_PARTS = 100_000
_VARIABLE = re.compile(r'(?:NETCDF|HDF5):"?(?P<file>[^"]+?)"?:[^:"]+', re.IGNORECASE)
_TIFF = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")
_IMAGINE = b"EHFA_HEADER_TAG"
# Words by which GDAL takes a file for a description, also inside the cells of another format.
_DESCRIPTIONS = (
    *(b"<MRF_META", b"<GDAL_WMS", b"<GDAL_WMTS", b"<WCS_GDAL", b"<GDALTileIndexDataset"),
    *(b"gdal_streamed_alg", b"<Dimap_Document", b'"stac_version"', b"<Product_Observational"),
)
_HOLDS_NAMES = frozenset(("sourcefilename", "sourcedataset"))
# All that gdalbuildvrt, gdalwarp and QGIS write where cells are taken as they are, or resampled.
_KNOWN = frozenset(
    (
        *_HOLDS_NAMES,
        *("vrtdataset", "srs", "geotransform", "metadata", "mdi", "gcplist", "gcp", "blockxsize"),
        *("blockysize", "overviewlist", "vrtrasterband", "description", "nodatavalue"),
        *("hidenodatavalue", "colorinterp", "colortable", "entry", "categorynames", "category"),
        *("offset", "scale", "unittype", "histograms", "histitem", "histmin", "histmax"),
        *("bucketcount", "includeoutofrange", "approximate", "histcounts"),
        *("gdalrasterattributetable", "fielddefn", "name", "type", "usage", "row", "f", "maskband"),
        *("overview", "simplesource", "complexsource", "averagedsource", "sourceband"),
        *("sourceproperties", "srcrect", "dstrect", "nodata", "usemaskband", "lut", "scaleoffset"),
        *("scaleratio", "exponent", "srcmin", "srcmax", "dstmin", "dstmax", "clip"),
        *("colortablecomponent", "resampling", "pixelfunctiontype", "pixelfunctionarguments"),
        *("sourcetransfertype", "gdalwarpoptions", "warpmemorylimit", "resamplealg"),
        *("workingdatatype", "option", "bandlist", "bandmapping", "srcnodatareal", "srcnodataimag"),
        *("dstnodatareal", "dstnodataimag", "srcalphaband", "dstalphaband", "transformer"),
        *("approxtransformer", "maxerror", "basetransformer", "genimgprojtransformer"),
        *("srcgeotransform", "srcinvgeotransform", "dstgeotransform", "dstinvgeotransform"),
        *("reprojecttransformer", "reprojectiontransformer", "sourcecrs", "sourcesrs", "targetcrs"),
        *("targetsrs", "areaofinterest", "westlongitudedeg", "southlatitudedeg"),
        *("eastlongitudedeg", "northlatitudedeg", "options"),
    )
)
_CLASSES = (
    *("vrtsourcedrasterband", "vrtderivedrasterband", "vrtwarpeddataset"),
    "vrtwarpedrasterband",
)


def vet(path: str) -> None:
    """Refuse a raster file that reaches for what it should not, or has such a file beside it.

    Raises
    ------
    RasterError
        The message names the file, and what it is made of.
    """
    if is_file(path):
        _vet(Path(path), path, _DEEPEST, {})


def _vet(file: Path, named: str, depth: int, vetted: dict[Path, int]) -> int:
    """Refuse what a file is made of; return how many rasters are opened with it."""
    _check_beside(file)
    if b"<VRTDataset" not in _head(file):
        return 1
    opens = 1
    for part, times in _parts(file, named).items():
        if is_remote(part):
            if not may_reach_out():
                raise RasterError("layers.raster_of_remote_parts", path=named, part=part)
            opens += times
            continue
        variable = _VARIABLE.fullmatch(part)
        inner = Path(variable["file"] if variable else part)
        if depth == 0 or not is_file(inner) or any(one in _head(inner) for one in _DESCRIPTIONS):
            raise RasterError("rasters.virtual_part", path=named, part=part)
        place = inner.resolve()
        if place not in vetted:
            vetted[place] = _vet(inner, named, depth - 1, vetted)
        opens += times * vetted[place]
        if opens > _MOST_PARTS:
            raise RasterError("rasters.virtual_parts_many", path=named, most=_MOST_PARTS)
        try:
            opened(part).close()
        except damage() as error:
            raise RasterError("rasters.virtual_part", path=named, part=part) from error
    return opens


def _parts(file: Path, named: str) -> dict[str, int]:
    """Names of the rasters that a virtual one is made of, and how often it names each."""
    root = _parsed(file, named)
    parts: dict[str, int] = {}
    for one in root.iter():
        tag = one.tag.lower()
        kind = one.get("subClass", _CLASSES[0]).lower()
        overviews = one.get("key", "").upper() == "OVERVIEW_FILE"
        if tag not in _KNOWN or kind not in _CLASSES or overviews:
            unknown = one.tag if tag not in _KNOWN else kind if not overviews else "OVERVIEW_FILE"
            raise RasterError("rasters.virtual_unknown", path=named, part=unknown)
        if tag in _HOLDS_NAMES:
            name = (one.text or "").strip()
            beside = one.get("relativeToVRT", "0") == "1" and not is_remote(name)
            variable = _VARIABLE.fullmatch(name)
            if beside and not variable:
                name = str(file.parent / name)
            parts[name] = parts.get(name, 0) + 1
    return parts


def _parsed(file: Path, named: str) -> ElementTree.Element:
    """Read a virtual raster; what two readers of XML might take in two ways is refused."""
    if file.stat().st_size > _LARGEST_BYTES:
        raise RasterError("rasters.virtual_unknown", path=named, part=file.stat().st_size)
    content = file.read_bytes()
    if b"<!" in content or content.count(b"<?") > 1:
        raise RasterError("rasters.virtual_unknown", path=named, part="<!")
    try:
        return ElementTree.fromstring(content)
    except (ElementTree.ParseError, LookupError, ValueError) as error:
        raise RasterError("rasters.virtual_unknown", path=named, part=str(error)) from error


def _check_beside(file: Path) -> None:
    """Overviews and masks beside a raster are opened with it, whatever they are made of."""
    try:
        names = [one for one in file.parent.iterdir() if one.name.startswith(file.name)]
    except OSError:
        return
    for one in names:
        ending = one.name[len(file.name) :].lower()
        if not ending.startswith("."):
            continue
        if ending.endswith((".ovr", ".msk")) and not _head(one).startswith((*_TIFF, _IMAGINE)):
            raise RasterError("rasters.beside_no_tiff", path=one)


def _head(file: Path) -> bytes:
    if not is_file(file):
        return b""
    try:
        with file.open("rb") as content:
            return content.read(_HEAD_BYTES)
    except OSError:
        # What cannot be read is told by whoever opens it.
        return b""
