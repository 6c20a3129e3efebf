"""What a results folder holds, read without QGIS."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path


def feature_layers(path):
    """Return the layers of a GeoPackage that have geometry, in the order in which they stand."""
    with closing(sqlite3.connect(f"{Path(path).absolute().as_uri()}?mode=ro", uri=True)) as file:
        rows = file.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
        return [name for (name,) in rows]
