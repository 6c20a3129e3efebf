"""Options that several commands have."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

import click

from greencover.cli.speech import Decorated, UsageMistake, option
from greencover.ground.hrefs import local_path
from greencover.ground.notes import Note
from greencover.ground.places import is_remote, is_unseen
from greencover.words import languages


class _Place(click.Path):
    """A path that names something; the empty one would be the folder that one stands in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty path, and an address of another machine."""
        value = self._seen(value, param, ctx)
        if isinstance(value, str) and is_remote(value):
            raise UsageMistake(Note("cli.address_given", name=_called(param, ctx)), ctx)
        return super().convert(value, param, ctx)

    def _seen(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path of an address of this machine, ``file:///D:/...``, and any other as it is."""
        if isinstance(value, str) and not value.strip():
            raise UsageMistake(Note("cli.empty_path", name=_called(param, ctx)), ctx)
        if isinstance(value, str) and is_unseen(value):
            raise UsageMistake(Note("cli.unseen_in_path", name=_called(param, ctx)), ctx)
        if isinstance(value, str) and value.lower().startswith("file:"):
            return local_path(value)
        return value


class _Source(_Place):
    """A layer or a raster: a path, or an address, which a path object would change."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Keep what GDAL reads by its text."""
        value = self._seen(value, param, ctx)
        if isinstance(value, str) and (is_remote(value) or value.startswith("/vsi")):
            return value
        return super().convert(value, param, ctx)


def _called(param: click.Parameter | None, ctx: click.Context | None) -> str:
    return "" if param is None else param.get_error_hint(ctx)


FILE = _Place(path_type=Path)
SOURCE = _Source(path_type=Path)
BOTH = "both"

resume_option = option("--resume", is_flag=True)


def lang_option(*, both: bool, **more: Any) -> Callable[[Decorated], Decorated]:
    """The language of a command; ``main`` has read it before, for help and mistakes as well."""
    choices = [*languages(), BOTH] if both else languages()
    return option("--lang", type=click.Choice(choices), **more)


def listed(given: str) -> list[str]:
    """Names with commas between."""
    return [name.strip() for name in given.split(",") if name.strip()]


def formats_of(given: str | None) -> tuple[str, ...] | list[str] | None:
    """The formats of a list; ``all`` stands for every one, none given for the usual ones."""
    from greencover.report.outputs import formats

    if given is None:
        return None
    names = listed(given)
    return formats() if names == ["all"] else names


def page_of(given: str) -> str:
    """The page of a name; the bare name of a paper is its landscape."""
    return f"{given}-landscape" if given in ("a3", "a4") else given


def corridor_options(command: Decorated) -> Decorated:
    """Options of commands on roads or waters: where these are, and by which units to report."""
    options = (
        option("--layer", says="lines_layer"),
        option("--where", metavar="CONDITION", says="lines_where"),
        option("--crs", metavar="CODE", says="lines_crs"),
        option("--units", type=SOURCE, says="corridor_units"),
        option("--units-layer", metavar="LAYER", says="corridor_units_layer"),
        option("--unit", metavar="COLUMN", says="corridor_unit"),
        lang_option(both=False, says="lang_spoken", expose_value=False),
    )
    for one in reversed(options):
        command = one(command)
    return command


@contextmanager
def unfinished(out: Path) -> Iterator[Path]:
    """Yield the folder for finished tiles of an output; it goes once the output is in place."""
    from greencover.overlay import check_place_for_tiles, forget_tiles

    place = out.absolute()
    folder = place.with_name(f"{place.name}.unfinished")
    check_place_for_tiles(folder)
    yield folder
    forget_tiles(folder)


def nodata_of(given: str | None) -> float | Literal["file"] | None:
    """A value of nodata as the raster readers take it; by default the raster's own word."""
    if given is None:
        return "file"
    if given.lower() == "none":
        return None
    with suppress(ValueError):
        value = float(given)
        if not math.isinf(value):
            return value
    raise UsageMistake(Note("cli.bad_nodata", given=given), click.get_current_context())
