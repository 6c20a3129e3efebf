"""Coverage-guided fuzzing: bytes of any kind through the readers, the campaign file and the engine.

``python -m tests.fuzz layers --seconds 600`` looks for an input of one target that ends in anything
but a right result or one sentence. It needs atheris, which runs on Linux. The suite runs every
target for a few seconds; what was found is kept as a test where its mistake was.

A target is a module with two functions: ``prepare(folder)`` returns what takes the bytes, and
``seeds()`` gives inputs to start from.
"""

import sys
from pathlib import Path

# As a program this package is tests.fuzz, whose neighbours are not on the path.
if (_HOME := str(Path(__file__).parents[1])) not in sys.path:
    sys.path.insert(0, _HOME)

TARGETS = ("layers", "tables", "campaigns", "rasters", "engine")
