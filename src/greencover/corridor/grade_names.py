"""The grades of roads there are, see ``grades.toml``; read without a table of roads."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from greencover.words import add_labels

#: Names and aliases of each grade, the highest first.
GRADE_TABLE: dict[str, dict[str, Any]] = tomllib.loads(
    files("greencover.corridor").joinpath("grades.toml").read_text("utf-8")
)
GRADES = tuple(GRADE_TABLE)
if TYPE_CHECKING:
    Grade = str
else:
    #: One of ``GRADES``, for the models of campaigns and standards.
    Grade = Literal[GRADES]

add_labels("grades", GRADE_TABLE)
