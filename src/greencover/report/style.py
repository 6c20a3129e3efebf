"""How a map looks: language, page, title, palette, classes, and what an authority asks for."""

from __future__ import annotations

from dataclasses import dataclass

from greencover.ground.errors import ArgumentError
from greencover.report.labels import Lang, check_lang
from greencover.words import Listed

MM = 1 / 25.4


@dataclass(frozen=True)
class Page:
    """A page in inches, and where legend and chart stand: beside the map or below it."""

    width: float
    height: float
    below: bool = False
    heading: bool = True


PAGES = {
    "a4-landscape": Page(297 * MM, 210 * MM),
    "a4-portrait": Page(210 * MM, 297 * MM, below=True),
    "a3-landscape": Page(420 * MM, 297 * MM),
    "a3-portrait": Page(297 * MM, 420 * MM, below=True),
    "screen": Page(12.8, 7.2),
    "slide": Page(13.333, 7.5),
    # For the text column of a document, whose caption is the title.
    "column": Page(160 * MM, 112 * MM, heading=False),
}

#: Ways to class the values of a choropleth; all but the first come from mapclassify.
SCHEMES = ("rounded", "equal-interval", "quantiles", "natural-breaks", "std-mean")


@dataclass(frozen=True)
class MapStyle:
    """How a map looks.

    Attributes
    ----------
    lang
        A language that has a catalogue, or ``"both"``.
    page
        ``"a4-landscape"``, ``"a4-portrait"``, ``"a3-landscape"``, ``"a3-portrait"``,
        ``"screen"`` (16:9, 1920 pixels at 150 dots an inch), ``"slide"`` or ``"column"`` (the
        text width of a document, without a heading). Without meaning where axes are given.
    title
        In place of the map's own title.
    palette
        Name of a matplotlib colour map for a choropleth; each indicator has one of its own.
    scheme
        How values are classed: ``"rounded"`` (equal intervals between round numbers),
        ``"equal-interval"``, ``"quantiles"``, ``"natural-breaks"`` or ``"std-mean"``.
    classes
        Number of classes, 2 to 9; rounded limits may take fewer.
    approval
        Approval number of the map (审图号), shown in the source line.
    graticule
        Whether meridians and parallels are drawn.

    Examples
    --------
    >>> MapStyle(lang="zh", page="a3-portrait").page
    'a3-portrait'
    """

    lang: Lang = "both"
    page: str = "a4-landscape"
    title: str = ""
    palette: str = ""
    scheme: str = "rounded"
    classes: int = 5
    approval: str = ""
    graticule: bool = True

    def __post_init__(self) -> None:
        check_lang(self.lang)
        for key, known in (("page", tuple(PAGES)), ("scheme", SCHEMES)):
            value = getattr(self, key)
            if value not in known:
                names = Listed.of(known, limit=20)
                raise ArgumentError("report.unknown_look", key=key, value=value, known=names)
        if not 2 <= self.classes <= 9:
            raise ArgumentError("report.classes", classes=self.classes)

    @property
    def layout(self) -> Page:
        """The page in inches."""
        return PAGES[self.page]


#: A4 landscape in both languages.
PLAIN = MapStyle()
