"""Land cover: one or more rasters of codes, and what the codes mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt
import pyproj

from greencover.cover import Legend
from greencover.cover._legend import LegendInHand
from greencover.cover.canopy import (
    HIGHEST_M,
    LOWEST_M,
    ThresholdCells,
    height_legend,
    ndvi_legend,
    share_legend,
)
from greencover.cover.counted import cover_types
from greencover.cover.drawn import LEAST_CLOSURE, polygon_cells
from greencover.cover.legend_fit import check_fit, unknown_codes, warn_of_coarse_cells
from greencover.cover.minimum_patch import MinimumPatch, with_small_patches
from greencover.ground.errors import ArgumentError
from greencover.ground.geodesy import transformer
from greencover.ground.secrets import file_name
from greencover.rasters import (
    ArrayCells,
    Cells,
    PolygonCells,
    bounded_cache,
    first_with_data,
    open_all,
)
from greencover.rasters.items import hrefs_of
from greencover.rasters.labelled import unloaded
from greencover.rasters.overview import overview

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    from affine import Affine

#: A path, cells that are open already, or what a registered kind of raster recognises.
Raster = Any


@dataclass(frozen=True)
class LandCover:
    """Rasters of land-cover codes with their legend.

    Attributes
    ----------
    sources
        The rasters; where they overlap, the first one that shows something counts.
    legend
        What the codes mean.
    year
        Year that the cover shows, if known.
    nodata
        ``"file"``: each raster's own nodata value is unobserved; a number: that value is, in all
        rasters; None: no value is, but those that the legend calls unobserved.
    minimum_patch
        The smallest patch that counts, if small ones are told apart.
    full
        The value of a cell that is wholly under trees, where cells hold shares and no codes.
    """

    sources: tuple[Cells, ...]
    legend: Legend
    year: int | None = None
    nodata: float | Literal["file"] | None = "file"
    minimum_patch: MinimumPatch | None = None
    full: float | None = None

    @classmethod
    def open(
        cls,
        path: Raster,
        *,
        legend: LegendInHand,
        year: int | None = None,
        band: int | None = None,
        nodata: float | Literal["file"] | None = "file",
        asset: str | None = None,
    ) -> LandCover:
        """Open one raster or several tiles; only headers are read.

        Parameters
        ----------
        path
            GeoTIFF, COG, VRT or any raster that GDAL reads, an open dataset or ``MemoryFile`` of
            rasterio, a ``DataArray`` with its place (``rio`` or ``odc``) or a ``Dataset`` of one
            variable, an item of STAC, an ``ArrayCells``; or a list of them. Where rasters overlap,
            the first in the list that shows something counts.
        legend
            Name of a built-in legend, path of a legend TOML, a Legend, or cover types by code,
            such as ``{10: "tree", 0: None}``, None for codes that mean "not observed".
        year
            Year that the cover shows.
        band
            Band that holds the codes, where a raster has several.
        nodata
            Override the nodata value that the rasters declare; see the class.
        asset
            Key of the asset with the codes, where items of STAC have several rasters.

        Raises
        ------
        KindError
            Raster or legend are no such thing.
        RasterError
            A raster is missing, cannot be opened, is compressed with losses, or does not say which
            band holds codes.
        CrsError
            A raster cannot be placed on the ground.
        LegendError
            The legend is unknown, one of its classes is a raster's nodata value, or a raster's
            colour table has the legend's colours under other numbers.

        Warns
        -----
        GreencoverWarning
            Cells are much larger than those of the legend's product.

        Examples
        --------
        >>> import numpy as np
        >>> from affine import Affine
        >>> from greencover.rasters import ArrayCells
        >>> codes, corner = np.full((9, 9), 10, "uint8"), Affine(10, 0, 5e5, 0, -10, 4e6)
        >>> cells = ArrayCells.of(codes, transform=corner, crs="EPSG:32650", name="cover")
        >>> LandCover.open(cells, legend="worldcover", year=2023)
        LandCover(cover, legend 'worldcover', 2023)
        """
        if asset is not None:
            every = path if isinstance(path, list | tuple) else [path]
            path = [hrefs_of(one, asset) for one in every]
        sources = open_all(path, band=band)
        cover = cls(
            sources=sources,
            legend=Legend.load(legend),
            year=year,
            nodata=nodata,
        )
        for source in cover.sources:
            check_fit(
                source,
                cover.legend,
                cover.declared_nodata(source),
                declared=nodata == "file",
            )
        warn_of_coarse_cells(cover.sources, cover.legend)
        return replace(cover, sources=first_with_data(sources, cover.unobserved_values))

    @classmethod
    def from_array(
        cls,
        cells: npt.NDArray[Any],
        *,
        transform: Affine,
        crs: Any,
        legend: LegendInHand,
        nodata: float | None = None,
        year: int | None = None,
    ) -> LandCover:
        """Land cover of an array of codes in memory.

        Parameters
        ----------
        cells
            Rows of codes, those unobserved that a masked array hides; an array of Dask, or an
            array of xarray on one, is read tile by tile.
        transform
            Affine map from (column, row) to coordinates.
        crs
            What pyproj takes as a coordinate reference system.
        legend, year
            As for :meth:`open`.
        nodata
            Value that means "not observed".

        Examples
        --------
        >>> import numpy as np
        >>> from affine import Affine
        >>> codes, corner = np.full((9, 9), 10, "uint8"), Affine(10, 0, 5e5, 0, -10, 4e6)
        >>> LandCover.from_array(codes, transform=corner, crs="EPSG:32650", legend="worldcover")
        LandCover(array, legend 'worldcover')
        """
        array = ArrayCells.of(unloaded(cells), transform=transform, crs=crs, nodata=nodata)
        return cls.open(array, legend=legend, year=year)

    @classmethod
    def from_polygons(
        cls,
        gdf_or_path: gpd.GeoDataFrame | str | Path,
        *,
        code: str,
        legend: str | Path | Legend,
        year: int | None = None,
        closure: str | None = None,
        least_closure: float = LEAST_CLOSURE,
        origin: str | None = None,
        species: str | None = None,
        compartment: str | None = None,
        layer: str | None = None,
        where: str | None = None,
        crs: str | None = None,
        operation: str | None = None,
        remote: bool = False,
    ) -> LandCover:
        """Land cover of polygons, such as the sub-compartments of a forest inventory.

        What is measured on it is measured on the polygons: the ground that a zone shares with each,
        on the ellipsoid of the polygons' system. Ground in no polygon is unobserved. Where
        polygons overlap, the first counts; how much they do, and what they leave between them, is
        told.

        Parameters
        ----------
        gdf_or_path
            Polygons, or the file that holds them.
        code
            Column with the code of the land class, as text or number. Zeros before a code and the
            ``K`` behind those of adjustable land change nothing; a blank is unobserved.
        legend
            Name of a built-in legend, path of a legend TOML, or a Legend.
        year
            Year that the polygons show.
        closure, least_closure
            Column with the canopy closure (郁闭度), 0 to 1, and the least that makes a forest:
            polygons of trees below it count as other land, in a class of their own.
        origin, species
            Columns with the origin (natural, planted) and the leading species: forest is told apart
            by them, in classes of their own that count as the class they are of.
        compartment
            Column with what each polygon is called, such as the number of a sub-compartment, by
            which planting records name it.
        layer, where, crs, operation, remote
            As of a layer of a campaign: its name in the file, which rows are meant, its system
            where it names none, what brings it to another datum, and whether it may lie on another
            machine.

        Raises
        ------
        LayerError, CrsError
            The layer cannot be read or placed, or no polygon has a code.
        LegendError
            A polygon has a code that the legend lacks; the rows are named.

        Warns
        -----
        GreencoverWarning
            Polygons overlap, leave gaps, or lack a code.

        Examples
        --------
        >>> import geopandas as gpd, shapely
        >>> plots = gpd.GeoDataFrame({"DLBM": ["0301", "0101"]}, crs=4547, geometry=[
        ...     shapely.box(5e5, 3e6, 500100, 3000100), shapely.box(500100, 3e6, 500200, 3000100)])
        >>> LandCover.from_polygons(plots, code="DLBM", legend="third-land-survey", year=2023)
        LandCover(polygons, legend 'third-land-survey', 2023)
        """
        found = Legend.load(legend)
        given: dict[str, Any] = {"layer": layer, "where": where, "crs": crs}
        given |= {"operation": operation, "remote": remote}
        cells, found = polygon_cells(
            gdf_or_path,
            code=code,
            legend=found,
            closure=closure,
            least_closure=least_closure,
            origin=origin,
            species=species,
            compartment=compartment,
            **given,
        )
        return cls(sources=(cells,), legend=found, year=year)

    @classmethod
    def from_height(
        cls,
        path: Raster,
        *,
        min_height_m: float,
        year: int | None = None,
        band: int | None = None,
        nodata: float | Literal["file"] | None = "file",
        highest_m: float = HIGHEST_M,
    ) -> LandCover:
        """Land cover of tree and other land, told apart by the height of the canopy.

        Parameters
        ----------
        path, year, band, nodata
            As for :meth:`open`; cells hold metres, whole or not.
        min_height_m
            The least height of a tree; a cell of just this height is one.
        highest_m
            The greatest height that can be. A cell above it, or more than 20 m below the ground,
            stops the run: it is no data that nobody declared, or a height in another unit.

        Returns
        -------
        LandCover
            Classes 1, cover type tree, and 0, cover type other.

        Raises
        ------
        ArgumentError
            ``min_height_m`` is no height of a tree.
        RasterError, CrsError
            As for :meth:`open`; on reading, a cell holds what is no height.

        Examples
        --------
        >>> import numpy as np
        >>> from affine import Affine
        >>> from greencover.rasters import ArrayCells
        >>> heights, corner = np.full((9, 9), 4.5, "float32"), Affine(1, 0, 5e5, 0, -1, 4e6)
        >>> cells = ArrayCells.of(heights, transform=corner, crs="EPSG:32650", name="chm.tif")
        >>> LandCover.from_height(cells, min_height_m=3)
        LandCover(chm.tif, legend 'canopy-height')
        """
        if not 0.0 < min_height_m <= highest_m:
            raise ArgumentError("cover.no_height", given=min_height_m, highest=highest_m)
        values = cls(open_all(path, band=band), height_legend(min_height_m), nodata=nodata)
        return cls._by_threshold(
            values,
            min_height_m,
            within=(LOWEST_M, highest_m),
            refusal="cover.height_beyond",
            year=year,
        )

    @classmethod
    def from_ndvi(
        cls,
        path: Raster,
        *,
        min_ndvi: float,
        full: float = 1.0,
        year: int | None = None,
        band: int | None = None,
        nodata: float | Literal["file"] | None = "file",
    ) -> LandCover:
        """Land cover of green of any kind and other land, told apart by NDVI.

        NDVI tells plants from ground without them and no tree from a lawn or a field: what reaches
        the threshold has the cover type grass, and counts where green of any kind counts, never as
        forest or tree cover.

        Parameters
        ----------
        path, year, band, nodata
            As for :meth:`open`; cells hold NDVI, (near infrared - red) / (near infrared + red).
        min_ndvi
            The least NDVI of green ground, above -1 and at most 1; there is no figure that holds
            for every sensor and season.
        full
            The value of a cell that stands for an NDVI of 1, such as 10000 for whole numbers.

        Returns
        -------
        LandCover
            Classes 1, any green (cover type grass), and 0, cover type other.

        Raises
        ------
        ArgumentError
            ``min_ndvi`` is no NDVI, or ``full`` is not above 0.
        RasterError, CrsError
            As for :meth:`open`; on reading, a cell lies outside -1 to 1.

        Examples
        --------
        >>> import numpy as np
        >>> from affine import Affine
        >>> from greencover.rasters import ArrayCells
        >>> ndvi, corner = np.full((9, 9), 0.6, "float32"), Affine(10, 0, 5e5, 0, -10, 4e6)
        >>> cells = ArrayCells.of(ndvi, transform=corner, crs="EPSG:32650", name="ndvi.tif")
        >>> LandCover.from_ndvi(cells, min_ndvi=0.4)
        LandCover(ndvi.tif, legend 'any-green')
        """
        if not -1.0 < min_ndvi <= 1.0:
            raise ArgumentError("cover.no_ndvi", given=min_ndvi)
        if not 0.0 < full < np.inf:
            raise ArgumentError("cover.no_full_ndvi", given=full)
        values = cls(open_all(path, band=band), ndvi_legend(min_ndvi), nodata=nodata)
        return cls._by_threshold(
            values, min_ndvi * full, within=(-full, full), refusal="cover.ndvi_beyond", year=year
        )

    @classmethod
    def _by_threshold(
        cls,
        values: LandCover,
        threshold: float,
        *,
        within: tuple[float, float],
        refusal: str,
        year: int | None,
    ) -> LandCover:
        """Codes of a raster of values, by a threshold."""
        codes = [
            ThresholdCells.over(
                source,
                blanks=values.unobserved_values(source),
                threshold=threshold,
                within=within,
                refusal=refusal,
            )
            for source in values.sources
        ]
        return cls.open(codes, legend=values.legend, year=year)

    @classmethod
    def from_share(
        cls,
        path: Raster,
        *,
        full: float = 100.0,
        unobserved: Iterable[int] = (),
        year: int | None = None,
        band: int | None = None,
        nodata: float | Literal["file"] | None = "file",
    ) -> LandCover:
        """Land cover of tree and other land, of which each cell holds the share under trees.

        Areas are those of the mean over ground: 40 % on 1 ha are 0.4 ha of trees, 0.6 ha other.

        Parameters
        ----------
        path, year, band, nodata
            As for :meth:`open`; cells hold percent, whole or not.
        full
            The value of a cell that is wholly under trees: 100 for percent, 1 for shares.
        unobserved
            More values that mean "not observed", such as 254 beside a declared 255.

        Returns
        -------
        LandCover
            Classes 1, cover type tree, and 0, cover type other. Patches and changes of class are
            not to be had: a share does not say which ground it means. Pictures show as trees what
            is half under them.

        Raises
        ------
        ArgumentError
            ``full`` is not above 0.
        RasterError, CrsError
            As for :meth:`open`; on reading, a cell lies outside 0 to ``full``.

        Examples
        --------
        >>> import numpy as np
        >>> from affine import Affine
        >>> from greencover.rasters import ArrayCells
        >>> percent, corner = np.full((9, 9), 40, "uint8"), Affine(10, 0, 5e5, 0, -10, 4e6)
        >>> cells = ArrayCells.of(percent, transform=corner, crs="EPSG:32650", name="canopy.tif")
        >>> LandCover.from_share(cells)
        LandCover(canopy.tif, legend 'canopy-share')
        """
        if not 0.0 < full < np.inf:
            raise ArgumentError("cover.no_full_share", given=full)
        sources = open_all(path, band=band)
        cover = cls(sources, share_legend(unobserved), year, nodata, full=full)
        return replace(cover, sources=first_with_data(sources, cover.unobserved_values))

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
        >>> import numpy as np
        >>> from affine import Affine
        >>> from greencover.rasters import ArrayCells
        >>> codes, corner = np.full((9, 9), 10, "uint8"), Affine(10, 0, 5e5, 0, -10, 4e6)
        >>> cells = ArrayCells.of(codes, transform=corner, crs="EPSG:32650", name="cover")
        >>> LandCover.open(cells, legend="worldcover").with_minimum_patch(mu=1)
        LandCover(cover, legend 'worldcover', patches from 1 mu)
        """
        if self.minimum_patch is not None:
            raise ArgumentError("cover.has_a_minimum_patch")
        if self.full is not None:
            raise ArgumentError("cover.patches_of_shares")
        if self.polygons is not None:
            raise ArgumentError("cover.patches_of_polygons")
        types = [np.dtype(source.dtype) for source in self.sources]
        legend, patch = with_small_patches(
            self.legend,
            types,
            cover_types(covers),
            mu=mu,
            ha=ha,
            connectivity=connectivity,
            counts_as=counts_as,
        )
        return replace(self, legend=legend, minimum_patch=patch)

    def __repr__(self) -> str:
        files = ", ".join(map(file_name, self.paths))
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
    def files(self) -> tuple[str, ...]:
        """Files that the cells come from."""
        return tuple(file for source in self.sources for file in source.files())

    @property
    def polygons(self) -> PolygonCells | None:
        """The polygons that the cover is drawn as; None where it is made of cells."""
        first = self.sources[0]
        return first if isinstance(first, PolygonCells) else None

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

    def declared_nodata(self, source: Cells) -> set[float]:
        """The value of a raster that means no data, if it or ``nodata`` says so."""
        value = source.nodata if self.nodata == "file" else self.nodata
        return set() if value is None else {float(value)}

    def unobserved_values(self, source: Cells) -> frozenset[float]:
        """Cell values of a raster that mean "not observed"."""
        return frozenset(self.declared_nodata(source) | {float(c) for c in self.legend.unobserved})

    def unknown_codes(self) -> list[int]:
        """Codes in the rasters that the legend lacks; reads every cell once."""
        return sorted({code for codes in self.unknown_codes_by_raster() for code in codes})

    def unknown_codes_by_raster(self) -> list[set[int]]:
        """Codes that the legend lacks, for each raster; reads every cell once."""
        if self.polygons is not None:
            return [set()]
        every: list[set[int]] = []
        with bounded_cache():
            for source in self.sources:
                found: set[int] = set()
                rows = max(1, 4_000_000 // source.width)
                with source.reading() as dataset:
                    for top in range(0, source.height, rows):
                        cells, observed = source.read(
                            dataset, top, 0, min(rows, source.height - top), source.width
                        )
                        values = np.unique(cells if observed is None else cells[observed])
                        found |= self.unknown_among(values, source)
                every.append(found)
        return every

    def unknown_among(self, values: npt.NDArray[Any], source: Cells) -> set[int]:
        """Codes among cell values of a raster that the legend lacks."""
        if self.full is not None:
            return set()
        known = {float(code) for code in self.legend.codes} | self.unobserved_values(source)
        return unknown_codes(source, values, known)

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

        Raises
        ------
        RasterError
            A raster cannot be read to its end.
        """
        pairs = [(source, self.unobserved_values(source)) for source in self.sources]
        if self.full is not None:
            pairs = [
                (
                    ThresholdCells.over(
                        source,
                        blanks=blanks,
                        threshold=self.full / 2.0,
                        within=(0.0, self.full),
                        refusal="cover.share_beyond",
                    ),
                    frozenset(),
                )
                for source, blanks in pairs
            ]
        return overview(pairs, bounds, crs, max_px=max_px)
