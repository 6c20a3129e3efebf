"""Addresses as people may see them: without names, passwords, tokens and signatures.

An address on another machine can carry what opens the door there. It is used as it is, and shown
without that wherever it is shown: in sentences, notes, logs, reports and provenance.
"""

from __future__ import annotations

import re
from pathlib import Path

_HIDDEN = "***"
# A path object folds the two slashes behind the scheme into one.
_ADDRESS = r"[A-Za-z][A-Za-z0-9+.-]+:/{1,2}"
_WHO = re.compile(rf"({_ADDRESS})[^/\s?#]*@")
# Sentences in Chinese go on behind an address without a blank; a query may hold Chinese, too.
_CARRIED = r"[!#-&(-;=?-~]+"
_QUERY = re.compile(
    rf"((?:{_ADDRESS}|/vsi\w+)[^\s?#'\"<>]*[?#]){_CARRIED}(?:[^\s'\"<>]*[&=]{_CARRIED})?"
)


def without_secrets(text: str | Path) -> str:
    """Return a text whose addresses name no person and carry no query.

    Examples
    --------
    >>> without_secrets("https://me:word@example.org/a.tif?token=abc cannot be opened")
    'https://***@example.org/a.tif?*** cannot be opened'
    >>> without_secrets("C:/data/cover@2x.tif")
    'C:/data/cover@2x.tif'
    """
    return _QUERY.sub(rf"\1{_HIDDEN}", _WHO.sub(rf"\1{_HIDDEN}@", str(text)))


def file_name(path: str | Path) -> str:
    """Return the last part of a path or an address, without what it carries.

    Examples
    --------
    >>> file_name("https://example.org/a.tif?token=a/b")
    'a.tif'
    """
    return Path(without_secrets(path)).name.removesuffix(f"?{_HIDDEN}")
