"""Everything that greencover raises on purpose.

Each message is one sentence for the person at the keyboard: it names the file, layer, row or
column, says what is wrong, and what to do about it.
"""

from __future__ import annotations

import re

# What would break a line, or steer a terminal; files can hold it where a message quotes them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class GreencoverError(Exception):
    """Base of all errors raised on purpose; the command line turns it into exit code 2."""

    def __str__(self) -> str:
        return _CONTROL.sub(" ", super().__str__())


class LayerError(GreencoverError, ValueError):
    """A vector layer, one of its columns or one of its rows cannot be used."""


class CrsError(GreencoverError, ValueError):
    """A coordinate reference system is missing, unknown or unfit for the task."""


class NoOverlapError(GreencoverError, ValueError):
    """Zones and raster do not share any ground."""


class RasterError(GreencoverError, ValueError):
    """A raster cannot be opened, read or interpreted."""


class LegendError(GreencoverError, ValueError):
    """A legend is unknown or malformed, or a raster holds a code that its legend lacks."""


class StandardError(GreencoverError, ValueError):
    """A target set is unknown or malformed."""


class AccuracyError(GreencoverError, ValueError):
    """A reference sample or a confusion matrix cannot be used."""


class CampaignError(GreencoverError, ValueError):
    """A campaign file is malformed or asks for something that its layers cannot give."""


class OutputError(GreencoverError, OSError):
    """An output cannot be written."""


class MissingExtraError(GreencoverError, ImportError):
    """An optional package is needed; the message names the extra that brings it."""


class GreencoverWarning(UserWarning):
    """Something was repaired, assumed or left out, and the figures depend on it."""

    def __str__(self) -> str:
        return _CONTROL.sub(" ", super().__str__())
