"""GeoPackage: a database, whose views compute what they show each time that they are asked.

GDAL asks every view when it opens a file, and waits for as long as one takes.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from greencover.ground.errors import LayerError
from greencover.layers.archives import LARGEST_UNPACKED, content_of, split_member
from greencover.layers.formats._registry import layer_format
from greencover.layers.formats.gdal import Gdal

# A view of all fields of a province takes a fraction of it.
_LONGEST_S = 4.0
_LARGEST_VALUE = 100_000_000
# Steps of the database between two looks at the clock.
_STEPS = 1_000
_COMPUTED = (2, 3)
# What is known to GDAL and unknown here might do anything.
_UNKNOWN = ("no such function", "no such module", "unsafe use")


@layer_format
class GeoPackage(Gdal):
    """GeoPackage."""

    suffixes = in_archives = (".gpkg",)
    begins = (b"SQLite format 3\x00",)

    def vet(self, source: str, given: str | Path) -> None:
        """Refuse a view that does not come to an end, or makes more than anything holds."""
        super().vet(source, given)
        try:
            with _database(source, str(given)) as database:
                names = _computed(database)
                # Text in no encoding would end the look at a view, but not the view.
                database.text_factory = bytes
                for name in names:
                    _show(database, name, given)
        except sqlite3.Error:
            # What is damaged is told by who reads it.
            return


def _computed(database: sqlite3.Connection) -> list[str]:
    """Names of views, and of tables with columns that are computed."""
    tables = database.execute(
        "SELECT name, type FROM sqlite_master WHERE type IN ('view', 'table')"
    )
    return [
        str(name)
        for name, kind in tables.fetchall()
        if kind == "view"
        or any(
            hidden in _COMPUTED
            for (hidden,) in database.execute("SELECT hidden FROM pragma_table_xinfo(?)", (name,))
        )
    ]


def _show(database: sqlite3.Connection, name: str, given: str | Path) -> None:
    """Ask for every row once, as GDAL will."""
    end = time.thread_time() + _LONGEST_S
    database.set_progress_handler(lambda: time.thread_time() > end, _STEPS)
    quoted = name.replace('"', '""')
    shown = 0
    try:
        for row in database.execute(f'SELECT * FROM "{quoted}"'):
            shown += sum(len(one) for one in row if isinstance(one, bytes))
            if shown > LARGEST_UNPACKED:
                break
        else:
            return
    except sqlite3.Error as error:
        interrupted = error.sqlite_errorcode in (sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_TOOBIG)
        if not (interrupted or str(error).startswith(_UNKNOWN)):
            # GDAL comes no further with it either.
            return
    finally:
        database.set_progress_handler(None, 0)
    raise LayerError("layers.view_without_end", path=given, view=name, seconds=_LONGEST_S)


@contextmanager
def _database(source: str, given: str) -> Iterator[sqlite3.Connection]:
    """Open a database for reading, so that nothing appears beside it."""
    if split_member(source) is not None:
        database = sqlite3.connect(":memory:")
        database.deserialize(content_of(source, given, largest=LARGEST_UNPACKED))
    else:
        place = Path(source).absolute()
        # A log beside it holds its newest part, which what is immutable would not have.
        logged = place.with_name(f"{place.name}-wal").exists()
        how = "mode=ro" if logged else "mode=ro&immutable=1"
        database = sqlite3.connect(f"{place.as_uri()}?{how}", uri=True)
    with closing(database):
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
        yield database
