"""Where a result comes from: inputs with hashes, versions and parameters."""

from __future__ import annotations

import hashlib
import platform
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from greencover.campaign.inputs import inputs_of
from greencover.campaign.parameters import parameters_of
from greencover.campaign.prepared import Prepared
from greencover.ground.secrets import without_secrets

_PACKAGES = ("geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj", "rasterio", "shapely")
_BLOCK = 1 << 20


def provenance_of(ready: Prepared) -> dict[str, Any]:
    """Return inputs, versions and parameters as plain values."""
    import rasterio
    import shapely

    opened = ready.opened
    # Layers often share one file, which is read once.
    fingerprint = cache(_fingerprint)
    return {
        "greencover": version("greencover"),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "inputs": {
            name: [dict(fingerprint(path)) for path in paths]
            for name, paths in inputs_of(opened).items()
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
        "parameters": parameters_of(ready),
        "targets": [target.model_dump() for target in opened.campaign.targets],
        "reported": [reported.model_dump() for reported in opened.campaign.reported],
        "tasks": [task.model_dump() for task in opened.campaign.tasks],
    }


def _fingerprint(path: Path) -> dict[str, Any]:
    """Name, size and SHA-256 of a file, or of all files of a folder (a file geodatabase).

    What lies on another machine or inside an archive has a name only.
    """
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    if not all(file.is_file() for file in files):
        return {"path": without_secrets(path)}
    digest = hashlib.sha256()
    for file in files:
        if file != path:
            digest.update(file.relative_to(path).as_posix().encode())
        with file.open("rb") as content:
            while block := content.read(_BLOCK):
                digest.update(block)
    size = sum(file.stat().st_size for file in files)
    return {"path": str(path), "bytes": size, "sha256": digest.hexdigest()}
