"""Land cover: one or more rasters of codes, and what the codes mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyproj

from greencover.errors import LegendError, RasterError
from greencover.geodesy import transformer
from greencover.legends import Legend
from greencover.minimum_patch import MinimumPatch, with_small_patches
from greencover.rasters import RasterSource, bounded_cache


@dataclass(frozen=True)
class LandCover:
    """Rasters of land-cover codes with their legend.

    Attributes
    ----------
    sources
        The rasters; where they overlap, the first one counts.
    legend
        What the codes mean.
    year
        Year that the cover shows, if known.
    nodata
        ``"file"``: each raster's own nodata value is unobserved; a number: that value is, in all
        rasters; None: no value is, but those that the legend calls unobserved.
    minimum_patch
        The smallest patch that counts, if small ones are told apart.
    """

    sources: tuple[RasterSource, ...]
    legend: Legend
    year: int | None = None
    nodata: float | Literal["file"] | None = "file"
    minimum_patch: MinimumPatch | None = None

    @classmethod
    def open(
        cls,
        path: str | Path | Sequence[str | Path],
        *,
        legend: str | Path | Legend,
        year: int | None = None,
        band: int | None = None,
        nodata: float | Literal["file"] | None = "file",
    ) -> LandCover:
        """Open one raster or several tiles; only headers are read.

        Parameters
        ----------
        path
            GeoTIFF, COG, VRT or any raster that GDAL reads; or a list of them. Where rasters
            overlap, the first in the list counts.
        legend
            Name of a built-in legend, path of a legend TOML, or a Legend.
        year
            Year that the cover shows.
        band
            Band that holds the codes, where a raster has several.
        nodata
            Override the nodata value that the rasters declare; see the class.

        Raises
        ------
        RasterError
            A raster is missing, cannot be opened, or does not say which band holds codes.
        CrsError
            A raster cannot be placed on the ground.
        LegendError
            The legend is unknown, or one of its classes is a raster's nodata value.

        Examples
        --------
        >>> LandCover.open("cover.tif", legend="worldcover", year=2023)  # doctest: +SKIP
        LandCover(cover.tif, legend 'worldcover', 2023)
        """
        paths = [path] if isinstance(path, str | Path) else list(path)
        if not paths:
            raise RasterError("The list of land-cover rasters is empty: name at least one file.")
        cover = cls(
            sources=tuple(RasterSource.open(p, band=band) for p in paths),
            legend=Legend.load(legend),
            year=year,
            nodata=nodata,
        )
        for source in cover.sources:
            clash = cover._declared_nodata(source) & set(cover.legend.codes)
            if clash:
                code = int(min(clash))
                raise LegendError(
                    f"The raster {source.path} declares {code} as nodata, but in the legend "
                    f"{cover.legend.key!r} {code} is {cover.legend.name(code)!r}: pass nodata=None "
                    "if it is the class, or a legend without it if it is not."
                )
        return cover

    def with_minimum_patch(
        self,
        covers: Sequence[str] = ("tree",),
        *,
        mu: float | None = None,
        ha: float | None = None,
        connectivity: Literal[4, 8] = 8,
        counts_as: str = "shrub",
    ) -> LandCover:
        """Tell small patches of some cover types apart, such as trees on less than 1 mu.

        The patches of a zone are those of the map: a wood that a boundary cuts is judged whole.

        Parameters
        ----------
        covers
            Cover types that form the patches, together.
        mu, ha
            Ground of the smallest patch that stays what it is; give one of the two.
        connectivity
            8: cells that touch at a corner are of one patch; 4: only those that share a side.
        counts_as
            Cover type of the class that smaller patches become. The default makes scattered trees
            count as woody cover (tree cover rate, green coverage) but not as forest.

        Returns
        -------
        LandCover
            The same rasters with one more class in the legend, which the tables of
            ``class_areas`` carry as one more column.

        Raises
        ------
        LegendError
            The legend has no class of these cover types, or ``counts_as`` is one of them.

        Notes
        -----
        Exact across tiles, and across rasters that lie on one grid; at the border with a raster on
        another grid a patch ends. Around a tile as many cells are read as the patch has, so a
        large patch of small cells (1 ha of cells of 1 m) takes memory and time.

        Examples
        --------
        >>> cover.with_minimum_patch(mu=1)  # doctest: +SKIP
        LandCover(cover.tif, legend 'worldcover', 2023, patches from 1 mu)
        """
        if self.minimum_patch is not None:
            raise ValueError("This land cover has a minimum patch already: start from the opened.")
        types = [np.dtype(source.dtype) for source in self.sources]
        legend, patch = with_small_patches(
            self.legend,
            types,
            tuple(covers),
            mu=mu,
            ha=ha,
            connectivity=connectivity,
            counts_as=counts_as,
        )
        return replace(self, legend=legend, minimum_patch=patch)

    def __repr__(self) -> str:
        files = ", ".join(Path(p).name for p in self.paths)
        when = f", {self.year}" if self.year is not None else ""
        patch = ""
        if self.minimum_patch is not None:
            patch = f", patches from {self.minimum_patch.mu:g} mu"
        return f"LandCover({files}, legend {self.legend.key!r}{when}{patch})"

    @property
    def paths(self) -> tuple[str, ...]:
        """File names of the rasters."""
        return tuple(source.path for source in self.sources)

    @property
    def crs(self) -> pyproj.CRS:
        """Coordinate reference system of the first raster."""
        return self.sources[0].crs

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of all rasters in the system of the first."""
        boxes = [
            source.bounds
            if source.crs_wkt == self.sources[0].crs_wkt
            else transformer(source.crs, self.crs).transform_bounds(*source.bounds)
            for source in self.sources
        ]
        low = np.min(boxes, axis=0)[:2]
        high = np.max(boxes, axis=0)[2:]
        return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))

    @property
    def recoding_codes(self) -> tuple[int, ...]:
        """Codes in the order of the engine's classes."""
        return tuple(self.legend.codes)

    def _declared_nodata(self, source: RasterSource) -> set[float]:
        value = source.nodata if self.nodata == "file" else self.nodata
        return set() if value is None else {float(value)}

    def unobserved_values(self, source: RasterSource) -> frozenset[float]:
        """Cell values of a raster that mean "not observed"."""
        return frozenset(self._declared_nodata(source) | {float(c) for c in self.legend.unobserved})

    def unknown_codes(self) -> list[int]:
        """Codes in the rasters that the legend lacks; reads every cell once."""
        found: set[float] = set()
        known = {float(code) for code in self.legend.codes}
        with bounded_cache():
            for source in self.sources:
                skip = known | self.unobserved_values(source)
                rows = max(1, 4_000_000 // source.width)
                with source.reading() as dataset:
                    for top in range(0, source.height, rows):
                        cells, observed = source.read(
                            dataset, top, 0, min(rows, source.height - top), source.width
                        )
                        values = np.unique(cells if observed is None else cells[observed])
                        found |= set(values[~np.isnan(values.astype(float))].tolist()) - skip
        fractions = sorted(code for code in found if code != int(code))
        if fractions:
            raise RasterError(
                f"The raster {self.paths[0]} holds values such as {fractions[0]:.6g}, which are no "
                "codes: land cover is read from whole numbers; take the classified raster."
            )
        return sorted(int(code) for code in found)

    def read_overview(
        self,
        bounds: tuple[float, float, float, float],
        crs: Any = "EPSG:4326",
        *,
        max_px: int = 1200,
    ) -> tuple[np.ma.MaskedArray[Any, Any], Any, pyproj.CRS]:
        """Read a small picture of the cover for the background of a map.

        Nearest cells, never an average of codes; not for measuring.

        Parameters
        ----------
        bounds
            West, south, east, north of the picture.
        crs
            System of the bounds, and of the picture.
        max_px
            Cells along the longer side.

        Returns
        -------
        codes, transform, crs
            Masked array of codes (masked where unobserved), its affine, its system.
        """
        from rasterio.enums import Resampling
        from rasterio.transform import from_bounds
        from rasterio.vrt import WarpedVRT

        target = pyproj.CRS.from_user_input(crs)
        west, south, east, north = bounds
        scale = max_px / max(east - west, north - south)
        width = max(1, round((east - west) * scale))
        height = max(1, round((north - south) * scale))
        transform = from_bounds(west, south, east, north, width, height)
        codes = np.zeros((height, width), dtype=np.int32)
        seen = np.zeros((height, width), dtype=bool)
        with bounded_cache():
            for source in self.sources:
                with (
                    source.reading() as dataset,
                    WarpedVRT(
                        dataset,
                        crs=target.to_wkt(),
                        transform=transform,
                        width=width,
                        height=height,
                        resampling=Resampling.nearest,
                        add_alpha=not source.masked,
                        nodata=None,
                        src_nodata=None,
                    ) as picture,
                ):
                    cells = picture.read(source.band)
                    inside = picture.dataset_mask() != 0
                inside &= ~np.isin(cells, list(self.unobserved_values(source)))
                fresh = inside & ~seen
                codes[fresh] = cells[fresh]
                seen |= inside
        return np.ma.MaskedArray(codes, mask=~seen), transform, target
