"""Maps of an assessment: which there are, and their files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.text import Text

from greencover.ground.writing import replacing
from greencover.report import fonts
from greencover.report.kinds import EXTRA_MAPS, MAPS, PICTURES, check_choice
from greencover.report.maps.change import draw_change
from greencover.report.maps.choropleth import draw_choropleth
from greencover.report.maps.cover import draw_land_cover
from greencover.report.maps.gaps import draw_gaps_over_cover
from greencover.report.maps.matrix import draw_verdict_matrix
from greencover.report.maps.multiples import draw_indicators
from greencover.report.maps.parks import draw_park_service
from greencover.report.maps.roadsides import draw_roadside_greening
from greencover.report.maps.township import draw_township
from greencover.report.selection import rates
from greencover.report.style import PLAIN, MapStyle

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from greencover.verdicts import Assessment

__all__ = [
    "draw_change",
    "draw_choropleth",
    "draw_gaps_over_cover",
    "draw_indicators",
    "draw_land_cover",
    "draw_park_service",
    "draw_roadside_greening",
    "draw_township",
    "draw_verdict_matrix",
    "drawers",
    "save",
    "write_atlas",
    "write_maps",
]

DRAW: dict[str, Callable[..., Axes]] = {
    "forest-coverage": draw_choropleth,
    "village-forest": partial(draw_choropleth, level="village"),
    "roadside-greening": draw_roadside_greening,
    "gaps-over-cover": draw_gaps_over_cover,
    "land-cover": draw_land_cover,
    "park-service": draw_park_service,
    "indicators": draw_indicators,
    "verdict-matrix": draw_verdict_matrix,
}


def drawers(assessment: Assessment, names: Iterable[str] = MAPS) -> dict[str, Callable[..., Axes]]:
    """The maps of some names that the assessment has data for, by name."""

    def has(layer: str) -> bool:
        frame = assessment.layers.get(layer)
        return frame is not None and not frame.empty

    def forest(level: str) -> bool:
        return not rates(assessment.table, "forest_coverage", level).empty

    lacking = set()
    if not forest("township"):
        lacking.add("forest-coverage")
    if not (has("villages") and forest("village")):
        lacking.add("village-forest")
    if not has("road_sides"):
        lacking |= {"roadside-greening", "gaps-over-cover"}
    if not has("parks"):
        lacking.add("park-service")
    return {name: DRAW[name] for name in names if name in DRAW and name not in lacking}


def write_maps(
    assessment: Assessment,
    folder: str | Path,
    *,
    maps: Iterable[str] = MAPS,
    formats: Iterable[str] = ("png",),
    style: MapStyle = PLAIN,
    dpi: int = 150,
) -> dict[str, Path]:
    """Write every map that the assessment has data for into the sub-folder ``maps``.

    Parameters
    ----------
    assessment
        The assessment to show.
    folder
        Folder of the results.
    maps
        Names of maps; ``"townships"`` makes a PDF with a page a township.
    formats
        ``"png"``, ``"svg"`` and ``"pdf"``; text in the last two stays text.
    style
        How all maps look.
    dpi
        Dots an inch of PNG.

    Returns
    -------
    dict
        Relative name, such as ``"maps/forest-coverage.png"``, and path of each map written.
    """
    chosen = check_choice(maps, (*MAPS, *EXTRA_MAPS), "map")
    kinds = check_choice(formats, PICTURES, "format")
    written = {}
    for name, draw in drawers(assessment, chosen).items():
        ax = draw(assessment, style=style)
        for kind in kinds:
            path = Path(folder) / "maps" / f"{name}.{kind}"
            written[f"maps/{path.name}"] = save(ax, path, dpi=dpi)
    if "townships" in chosen:
        path = Path(folder) / "maps" / "townships.pdf"
        written["maps/townships.pdf"] = write_atlas(assessment, path, style=style)
    return written


def save(drawn: Axes | Figure, path: str | Path, *, dpi: int = 150) -> Path:
    """Save a map, or any figure with maps in it, as PNG, SVG or PDF.

    The bytes are the same each time. Text of SVG and PDF stays text, and both hold the characters
    of the Chinese font that they use.

    Parameters
    ----------
    drawn
        The axes of a map, or a figure.
    path
        File to make or to replace; its suffix says the format.
    dpi
        Dots an inch of a PNG.
    """
    figure = drawn if isinstance(drawn, Figure) else drawn.get_figure(root=True)
    assert isinstance(figure, Figure)
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    kind = path.suffix.lower().lstrip(".")
    metadata: dict[str, str | None] = {
        "svg": {"Creator": "greencover", "Date": None},
        "pdf": {"Creator": "greencover", "Producer": None, "CreationDate": None},
    }.get(kind, {"Software": "greencover"})
    with replacing(path) as draft, mpl.rc_context(fonts.settings()):
        figure.savefig(draft, dpi=dpi, metadata=metadata)
        if kind == "svg":
            _embed_font(draft, figure)
    return path


def _embed_font(path: Path, figure: Figure) -> None:
    """Put the characters that the SVG uses into it: the text stays text on every machine."""
    texts: list[Any] = figure.findobj(Text)
    words = "".join(text.get_text() for text in texts)
    data = fonts.web_font(words + "0123456789.,+-–−°′″%()")
    if not data:
        return
    family = fonts.font_families()[0]
    face = f'@font-face {{ font-family: "{family}"; src: url("{data}") format("woff"); }}'
    svg = path.read_text(encoding="utf-8")
    start = svg.index("<defs>") + len("<defs>")
    path.write_text(f"{svg[:start]}\n  <style>{face}</style>{svg[start:]}", encoding="utf-8")


def write_atlas(assessment: Assessment, path: str | Path, *, style: MapStyle = PLAIN) -> Path:
    """Write a PDF with a page for each township, in the order of the layer."""
    from matplotlib.backends.backend_pdf import PdfPages

    Path(path).parent.mkdir(parents=True, exist_ok=True)
    metadata = {"Creator": "greencover", "Producer": None, "CreationDate": None}
    with (
        replacing(path) as draft,
        mpl.rc_context(fonts.settings()),
        PdfPages(draft, metadata=metadata) as pages,
    ):
        for code in assessment.layers["townships"]["code"].astype(str):
            ax = draw_township(assessment, unit=code, style=style)
            pages.savefig(ax.get_figure(root=True))
    return Path(path)
