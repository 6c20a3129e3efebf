"""Where a result comes from: inputs with hashes, versions and parameters."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greencover.campaign.layers import OpenedCampaign
from greencover.indicators.corridor import RoadsideGreening

_PACKAGES = ("geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj", "rasterio", "shapely")
_BESIDE_SHAPEFILE = (".dbf", ".shx", ".prj", ".cpg")


def provenance_of(opened: OpenedCampaign, roadside: RoadsideGreening | None) -> dict[str, Any]:
    """Return inputs, versions and parameters as plain values."""
    import rasterio
    import shapely

    campaign = opened.campaign
    files: dict[str, list[Path]] = {"campaign": [campaign.file] if campaign.file else []}
    files["cover"] = [Path(p) for p in opened.cover.paths]
    for name in opened.layers:
        files[name] = [Path(getattr(campaign.layers, name).path)]
    files["standard"] = [Path(s) for s in campaign.standard if Path(s).suffix == ".toml"]
    return {
        "greencover": version("greencover"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": {
            name: [_fingerprint(p) for path in paths for p in _with_companions(path)]
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
            "source": opened.cover.legend.source,
            "licence": opened.cover.legend.licence,
        },
        "standards": [
            {"key": s.key, "title": s.title, "source": s.source} for s in opened.standards
        ],
        "parameters": {
            "area": campaign.area,
            "unobserved_limit_pct": campaign.unobserved_limit_pct,
            "forest": list(campaign.cover.forest),
            "tree_cover": list(campaign.cover.tree_cover),
            "green": list(campaign.cover.green),
            "conditions": dict(campaign.conditions),
            "roadside": dict(roadside.parameters) if roadside is not None else None,
        },
    }


def _with_companions(path: Path) -> list[Path]:
    beside = [path.with_suffix(s) for s in _BESIDE_SHAPEFILE] if path.suffix == ".shp" else []
    return [path, *(p for p in beside if p.exists())]


def _fingerprint(path: Path) -> dict[str, Any]:
    """Name, size and SHA-256 of a file; an archive member has a name only."""
    if not path.is_file():
        return {"path": str(path)}
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": str(path), "bytes": path.stat().st_size, "sha256": digest}
