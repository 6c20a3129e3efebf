"""Everything that greencover raises on purpose.

Each is a code with values, which the catalogues of ``words`` turn into one sentence for the person
at the keyboard: it names the file, layer, row or column, what is wrong, and what to do about it.
"""

from __future__ import annotations

import re
from typing import Any

from greencover.ground.secrets import without_secrets
from greencover.words import language, say

# What would break a line, or steer a terminal; files can hold it where a message quotes them.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def one_line(text: str) -> str:
    """Return a sentence without what would break the line, steer a terminal or open a door."""
    return without_secrets(_CONTROL.sub(" ", text))


class _CodedError(Exception):
    """A code and its values, said in the language in force."""

    code: str
    values: dict[str, Any]

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def said(self, lang: str) -> str:
        """The sentence in a language."""
        return one_line(say(self.code, self.values, lang))

    def __str__(self) -> str:
        return self.said(language())

    def __reduce__(self) -> tuple[Any, ...]:
        return _remade, (type(self), self.code, self.values)


def _remade(kind: type[_CodedError], code: str, values: dict[str, Any]) -> _CodedError:
    return kind(code, **values)


class GreencoverError(_CodedError):
    """Base of all errors raised on purpose; the command line turns it into exit code 2."""


class UnknownArgumentError(GreencoverError, TypeError):
    """A function has no argument of this name."""


class KindError(GreencoverError, TypeError):
    """An argument is of a kind that means nothing to a function."""


class ArgumentError(GreencoverError, ValueError):
    """An argument of a function has a value that means nothing to it."""


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


class IndicatorError(GreencoverError, ValueError):
    """The record of an indicator is malformed, or two have the same key."""


class UnknownIndicatorError(IndicatorError, KeyError):
    """There is no indicator of this key."""


class StandardError(GreencoverError, ValueError):
    """A target set is unknown or malformed."""


class ClusterError(GreencoverError, RuntimeError):
    """The workers of a cluster died, or never came."""


class AccuracyError(GreencoverError, ValueError):
    """A reference sample or a confusion matrix cannot be used."""


class CampaignError(GreencoverError, ValueError):
    """A campaign file is malformed or asks for something that its layers cannot give."""


class OutputError(GreencoverError, OSError):
    """An output cannot be written."""


class MissingExtraError(GreencoverError, ImportError):
    """An optional package is needed; the message names the extra that brings it."""


class CompilerError(GreencoverError, ImportError):
    """Numba, which compiles the overlay, does not load; the message names the cure."""


class GreencoverWarning(_CodedError, UserWarning):  # noqa: N818 - a warning, and public
    """Something was repaired, assumed or left out, and the figures depend on it."""
