"""Inputs that must be refused, each made by a script, each with the words it must be told in.

``python -m tests.badinputs FOLDER`` writes them all, one folder a case, to try by hand.
"""

import sys
from pathlib import Path

# As a program this package is tests.badinputs, whose neighbours are not on the path.
if (_HOME := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, _HOME)

from badinputs.archives import ARCHIVES
from badinputs.campaigns import CAMPAIGNS
from badinputs.case import Case
from badinputs.commands import COMMANDS
from badinputs.layers import LAYERS
from badinputs.rasters import RASTERS
from badinputs.tables import TABLES

CASES: dict[str, Case] = {
    f"{kind}: {name}": case
    for kind, cases in {
        "campaign": CAMPAIGNS,
        "layer": LAYERS,
        "archive": ARCHIVES,
        "table": TABLES,
        "raster": RASTERS,
        "areas": COMMANDS,
    }.items()
    for name, case in cases.items()
}

__all__ = ["CASES", "Case"]
