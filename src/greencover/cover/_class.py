"""One class of a legend."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LegendClass:
    """One class of a legend.

    Parameters
    ----------
    code
        The value in the raster.
    cover
        The shared cover type that the class counts as; a key of ``COVER_TYPES``.
    name, name_zh
        What the class is called in English and in Chinese.
    colour
        ``"#rrggbb"``, in small letters.
    verified
        False where code, meaning or colour was not seen in a source; `note` says which.
    note
        What a user of this class should know.
    written
        Other ways in which polygons of this class have its code, such as ``"05H1"``.
    origin, species
        Of stands that polygons tell apart: natural or planted, and the leading species, as they
        are written there; empty where nothing is.
    """

    code: int
    cover: str
    name: str
    name_zh: str
    colour: str
    verified: bool = True
    note: str = ""
    written: tuple[str, ...] = ()
    origin: str = ""
    species: str = ""

    def said(self, lang: str) -> str:
        """Name of the class in a language, for sentences."""
        return self.name_zh if lang == "zh" else self.name
