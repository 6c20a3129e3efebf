"""Formats that GDAL reads, of which most need nothing else.

GDAL tells a format by the content of a file, and among its formats are some that describe services,
run commands or write databases. So a file is opened only if its content is of the format that its
name says.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
from pyogrio.errors import (
    CRSError,
    DataLayerError,
    DataSourceError,
    FeatureError,
    FieldError,
    GeometryError,
)
from shapely.errors import ShapelyError

from greencover.ground.errors import CrsError, LayerError
from greencover.layers.archives import head_of, names_in
from greencover.layers.columns import refuse_twice
from greencover.layers.encoding import TextEncoding, in_words, tell_encoding
from greencover.layers.formats._registry import Format, format_of, layer_format
from greencover.layers.geometry import MOST_VERTICES
from greencover.layers.patience import patience

_UNREADABLE = (
    *(DataSourceError, DataLayerError, FieldError, FeatureError, GeometryError, CRSError),
    *(ShapelyError, OSError),
)
# Words by which GDAL takes a file of any name for a virtual layer, or for a command.
_DESCRIPTIONS = (b"<OGRVRTDataSource", b"gdal_streamed_alg")
_DESCRIBING = (".vrt", ".ovf", ".rss", ".georss")
_FIRST_TABLE = "a00000001.gdbtable"
# Schemas are named at places that lie elsewhere; columns are told from the rows as well.
pyogrio.set_gdal_config_options(
    {"GML_DOWNLOAD_SCHEMA": "NO", "GML_DOWNLOAD_WFS_SCHEMA": "NO", **patience()}
)
# Formats that write down how many rows they have.
_COUNTED = (".gpkg", ".fgb", ".dbf", ".gdb")

# Whole numbers beyond this are not all floats.
_LARGEST_EXACT = 2**53


class Gdal(Format):
    """A format that GDAL reads.

    Attributes
    ----------
    begins
        Bytes that its files begin with, one of several.
    """

    begins: tuple[bytes, ...] = (b"",)
    remote = True

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse what begins otherwise, or would be taken for a description of other data."""
        head = head_of(source)
        if any(word in head for word in _DESCRIPTIONS):
            raise LayerError("layers.description", path=given)
        if not head.startswith(self.begins):
            raise LayerError("layers.cannot_be_opened", path=given)

    def address(self, source: str) -> str:
        """Return the name by which GDAL opens a file."""
        return source

    def encoding(self, source: str) -> TextEncoding | None:  # noqa: ARG002
        """Return how text has to be decoded; None where that is left to GDAL."""
        return None

    def readable(
        self,
        source: str,
        encoding: TextEncoding | None,  # noqa: ARG002
    ) -> AbstractContextManager[str]:
        """Give what GDAL has to open so that each byte of text comes as one Latin-1 character."""
        return nullcontext(self.address(source))

    def is_cut_short(self, source: str, rows: int) -> bool:  # noqa: ARG002
        """Whether a layer of so many rows is the beginning of one that GDAL takes for whole."""
        return False

    def layers(self, source: str, given: str | Path) -> list[str] | None:
        """Return the names of the layers of a file."""
        try:
            with warnings.catch_warnings(), _without_gfs(source):
                # The encoding of its text is told from the bytes later on.
                warnings.filterwarnings("ignore", message="Cannot find iconv encoding")
                return [str(name) for name, _ in pyogrio.list_layers(self.address(source))]
        except (*_UNREADABLE, UnicodeDecodeError) as error:
            raise LayerError("layers.cannot_be_opened", path=given) from error

    def likely(self, source: str, names: list[str], kind: str) -> list[str]:  # noqa: ARG002
        """Return the layers with geometry: styles and other tables lie beside them."""
        with warnings.catch_warnings(), _without_gfs(source):
            warnings.filterwarnings("ignore", message="Cannot find iconv encoding")
            listed = pyogrio.list_layers(self.address(source))
        return [str(name) for name, shape in listed if shape is not None] or names

    def read(self, source: str, layer: str | None, where: str) -> pd.DataFrame:
        """Read every row, its text decoded."""
        encoding = self.encoding(source)
        if encoding is not None:
            tell_encoding(encoding, where)
        try:
            with (
                warnings.catch_warnings(),
                _without_gfs(source),
                self.readable(source, encoding) as readable,
            ):
                # Measures play no part here, so their loss is no news.
                warnings.filterwarnings("ignore", message="Measured")
                _check_count(readable, layer, where)
                frame: pd.DataFrame = pyogrio.read_dataframe(
                    readable,
                    layer=layer,
                    force_2d=True,
                    encoding="ISO-8859-1" if encoding else None,
                )
                frame = _with_whole_numbers(frame, readable, layer, encoding)
        except UnicodeDecodeError as error:
            raise LayerError("layers.text_not_as_declared", where=where) from error
        except UnboundLocalError as error:
            # What pyogrio 0.13 makes of a system that GDAL cannot write down again.
            raise CrsError("layers.system_unreadable", where=where) from error
        except _UNREADABLE as error:
            raise LayerError("layers.damaged", where=where) from error
        except ValueError as error:
            raise LayerError("layers.value_impossible", where=where, reason=str(error)) from error
        if self.is_cut_short(source, len(frame)):
            raise LayerError("layers.cut_short", where=where)
        if encoding is None:
            return frame
        refuse_twice(frame, where)
        try:
            return in_words(frame, encoding)
        except UnicodeDecodeError as error:
            raise LayerError(
                "layers.text_not_in_encoding", where=where, encoding=encoding.title
            ) from error


@layer_format
class FlatGeobuf(Gdal):
    """FlatGeobuf."""

    suffixes = in_archives = (".fgb",)
    begins = (b"fgb",)


@layer_format
class Kmz(Gdal):
    """KML with what belongs to it, packed; what it holds is checked with the archive."""

    suffixes = in_archives = (".kmz",)
    begins = (b"PK",)


@layer_format
class FileGeodatabase(Gdal):
    """A folder of tables."""

    suffixes: tuple[str, ...] = (".gdb",)

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse a folder that has no such tables, or other layers among them."""
        names = [name.lower() for name in names_in(source)]
        others = any(type(format_of(name)) is not Unnamed for name in names)
        if _FIRST_TABLE not in names or others:
            raise LayerError("layers.cannot_be_opened", path=given)


@layer_format
class Unnamed(Gdal):
    """A folder of Shapefiles; of a file without a known ending nobody knows what it may do."""

    suffixes: tuple[str, ...] = ("",)

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse all but a folder of Shapefiles, and check each of them."""
        shapes = [name for name in names_in(source) if name.lower().endswith(".shp")]
        if not shapes:
            describing = Path(source).suffix.lower() in _DESCRIBING
            raise LayerError(
                "layers.description" if describing else "layers.format_unknown", path=given
            )
        for name in shapes:
            format_of(name).vet(f"{source}/{name}", given)


def _with_whole_numbers(
    frame: pd.DataFrame, source: str, layer: str | None, encoding: TextEncoding | None
) -> pd.DataFrame:
    """Give long codes their last digits, which a blank in the column takes from them.

    Whole numbers with a blank come as floats, which hold 15 digits; codes of land parcels have 18.
    """
    if not (frame.dtypes == "float64").any():
        return frame
    how: dict[str, Any] = {"layer": layer, "encoding": "ISO-8859-1" if encoding else None}
    info = pyogrio.read_info(source, **how)
    for name, kind in zip(info["fields"], info["dtypes"], strict=True):
        if name not in frame or not str(kind).startswith("int") or frame[name].dtype != "float64":
            continue
        if not (frame[name].abs() > _LARGEST_EXACT).any():
            continue
        exact = pyogrio.raw.read_arrow(source, columns=[name], read_geometry=False, **how)[1]
        numbers = exact.column(name).to_pylist()
        frame[name] = pd.array(numbers, dtype="Int64")
    return frame


@contextmanager
def _without_gfs(source: str) -> Iterator[None]:
    """Take away the file of column types that GDAL leaves beside a GML file without schema."""
    types = Path(source).with_suffix(".gfs")
    there = types.exists()
    try:
        yield
    finally:
        if not there:
            types.unlink(missing_ok=True)


def _check_count(source: str, layer: str | None, where: str) -> None:
    """Refuse a number of rows that only damage can have written, before room is made for them."""
    if Path(source).suffix.lower() not in _COUNTED:
        return
    count = pyogrio.read_info(source, layer=layer)["features"]
    if count > MOST_VERTICES:
        raise LayerError("layers.rows_too_many", where=where, count=count, most=MOST_VERTICES)
