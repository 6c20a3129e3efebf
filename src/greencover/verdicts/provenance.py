"""Where a result comes from: inputs with hashes, versions and parameters."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greencover.campaign.layers import OpenedCampaign
from greencover.corridor.roadside import RoadsideGreening
from greencover.corridor.waterside import WatersideGreening

_PACKAGES = ("geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj", "rasterio", "shapely")
_BLOCK = 1 << 20
_BESIDE_SHAPEFILE = (".dbf", ".shx", ".prj", ".cpg")


def provenance_of(
    opened: OpenedCampaign,
    roadside: RoadsideGreening | None,
    waterside: WatersideGreening | None = None,
) -> dict[str, Any]:
    """Return inputs, versions and parameters as plain values."""
    import rasterio
    import shapely

    campaign = opened.campaign
    files: dict[str, list[Path]] = {"campaign": [campaign.file] if campaign.file else []}
    files["cover"] = [Path(p) for p in opened.cover.files]
    for name in opened.layers:
        files[name] = [Path(getattr(campaign.layers, name).path)]
    for name, section in (
        ("townships", campaign.layers.townships),
        ("villages", campaign.layers.villages),
    ):
        for joined in (
            () if section is None else (section.population_grid, section.population_table)
        ):
            if joined is not None:
                files[f"residents of the {name}"] = [Path(joined.path)]
    for name in opened.sources.tables:
        files[name] = [Path(getattr(campaign.layers, name).path)]
    if opened.sources.canopy is not None:
        files["canopy"] = [Path(p) for p in opened.sources.canopy.files]
    if opened.earlier is not None:
        files["cover before the works"] = [Path(p) for p in opened.earlier.files]
    if campaign.accuracy is not None:
        files["accuracy"] = [Path(campaign.accuracy.path)]
    files["standard"] = [Path(s) for s in campaign.standard if Path(s).suffix == ".toml"]
    # Layers often share one file, which is read once.
    fingerprint = cache(_fingerprint)
    return {
        "greencover": version("greencover"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": {
            name: [dict(fingerprint(p)) for path in paths for p in _with_companions(path)]
            for name, paths in files.items()
            if paths
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in _PACKAGES},
            "GDAL": rasterio.__gdal_version__,
            "GEOS": shapely.geos_version_string,
        },
        "legend": {
            "key": opened.cover.legend.key,
            "title": opened.cover.legend.title,
            "title_zh": opened.cover.legend.title_zh,
            "source": opened.cover.legend.source,
            "licence": opened.cover.legend.licence,
        },
        "standards": [
            {"key": s.key, "title": s.title, "title_zh": s.title_zh, "source": s.source}
            for s in opened.standards
        ],
        "parameters": {
            "area": campaign.area,
            "unobserved_limit_pct": campaign.unobserved_limit_pct,
            "forest": list(campaign.cover.forest),
            "tree_cover": list(campaign.cover.tree_cover),
            "green": list(campaign.cover.green),
            "conditions": dict(campaign.conditions),
            "accuracy": None
            if opened.accuracy is None
            else {"points": opened.accuracy.points, "level": opened.accuracy.level},
            "roadside": dict(roadside.parameters) if roadside is not None else None,
            "waterside": dict(waterside.parameters) if waterside is not None else None,
        },
    }


def _with_companions(path: Path) -> list[Path]:
    beside = [path.with_suffix(s) for s in _BESIDE_SHAPEFILE] if path.suffix == ".shp" else []
    return [path, *(p for p in beside if p.exists())]


def _fingerprint(path: Path) -> dict[str, Any]:
    """Name, size and SHA-256 of a file, or of all files of a folder (a file geodatabase).

    What lies on another machine or inside an archive has a name only.
    """
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    if not all(file.is_file() for file in files):
        return {"path": str(path)}
    digest = hashlib.sha256()
    for file in files:
        if file != path:
            digest.update(file.relative_to(path).as_posix().encode())
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    size = sum(file.stat().st_size for file in files)
    return {"path": str(path), "bytes": size, "sha256": digest.hexdigest()}
