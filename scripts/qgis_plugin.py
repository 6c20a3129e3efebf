"""Zips the plugin for QGIS: ``python scripts/qgis_plugin.py --out build/greencover_qgis.zip``.

QGIS installs the file by Plugins > Manage and Install > Install from ZIP. The same sources give the
same bytes.
"""

from __future__ import annotations

import argparse
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "qgis" / "greencover_qgis"
KINDS = {".py", ".json", ".svg", ".txt"}
# The earliest date that a ZIP file can hold.
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def zipped(out: Path) -> Path:
    """Write the plugin with its licence into a ZIP file."""
    files = {f"greencover_qgis/{one.name}": one for one in SOURCE.iterdir() if one.suffix in KINDS}
    files["greencover_qgis/LICENSE"] = ROOT / "LICENSE"
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, file in sorted(files.items()):
            package.writestr(zipfile.ZipInfo(name, _NO_DATE), file.read_bytes())
    return out


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "greencover_qgis.zip")
    print(zipped(parser.parse_args().out))
