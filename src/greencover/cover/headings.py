"""What heads the hectares of a class in a table: ``tree_10_ha`` is code 10, a class of trees."""

from __future__ import annotations

import re

_HEADING = re.compile(r"[a-z_]+_(-?\d+)_ha")


def heading_of(code: int, cover: str) -> str:
    """The column for a class.

    Examples
    --------
    >>> heading_of(10, "tree")
    'tree_10_ha'
    """
    return f"{cover}_{code}_ha"


def code_in(heading: object) -> int | None:
    """The code of the class that a column is for, None where it is for none.

    Examples
    --------
    >>> code_in("tree_10_ha"), code_in("unobserved_ha")
    (10, None)
    """
    found = _HEADING.fullmatch(heading) if isinstance(heading, str) else None
    return int(found[1]) if found else None
