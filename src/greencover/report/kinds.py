"""Names of all outputs: which there are, without loading anything that draws them."""

from __future__ import annotations

from collections.abc import Iterable

#: Maps that are written unless told otherwise, in the order of a report.
MAPS = (
    "forest-coverage",
    "village-forest",
    "roadside-greening",
    "gaps-over-cover",
    "land-cover",
    "park-service",
    "indicators",
    "verdict-matrix",
)
#: Maps that are written when asked for: a page a township.
EXTRA_MAPS = ("townships",)
PICTURES = ("png", "svg", "pdf")
FORMATS = ("xlsx", "docx", "html", "parquet", "gpkg", *PICTURES, "json", "gpx", "kml")
#: What is written unless told otherwise.
DEFAULT_FORMATS = ("xlsx", "docx", "html", "parquet", "gpkg", "png", "json")
FILES = {
    "xlsx": ("assessment.xlsx",),
    "docx": ("report-zh.docx", "report-en.docx"),
    "html": ("report.html",),
    "parquet": ("assessment.parquet",),
    "gpkg": ("gaps.gpkg",),
    "json": ("provenance.json",),
    "gpx": ("gaps.gpx",),
    "kml": ("gaps.kml",),
}


def check_choice(given: Iterable[str], known: tuple[str, ...], what: str) -> tuple[str, ...]:
    """The choice without repetitions; refuse a name that is not known."""
    chosen = tuple(dict.fromkeys(given))
    for name in chosen:
        if name not in known:
            raise ValueError(f"{what} {name!r} is unknown: use some of {', '.join(known)}.")
    if not chosen:
        raise ValueError(f"No {what} is given: use some of {', '.join(known)}.")
    return chosen


def all_files() -> tuple[str, ...]:
    """Relative names of all files that an assessment may write."""
    pictures = [f"maps/{name}.{kind}" for name in MAPS for kind in PICTURES]
    return (
        *(name for names in FILES.values() for name in names),
        *pictures,
        *(f"maps/{name}.pdf" for name in EXTRA_MAPS),
    )
