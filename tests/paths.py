"""Where the tests find the repository, its sample county, and real data where there are some."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "data" / "sample"
PICTURES = ROOT / "tests" / "pictures"
REAL_DATA = Path(os.environ.get("GREENCOVER_TEST_DATA") or ROOT.parent / "shared" / "data")
