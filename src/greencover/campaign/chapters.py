"""What a campaign computes as chapters, to be said on a page or read line by line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

from greencover.ground.notes import Note


@dataclass(frozen=True)
class Chapter:
    """A heading and what stands under it: sentences, or chapters of their own."""

    heading: Note
    lines: tuple[Note | Chapter, ...] = ()

    def said(self, lang: str) -> str:
        """The chapter as lines of text in a language."""
        return "\n".join(self._lines(lang, ""))

    def every(self) -> Iterator[Note]:
        """The heading and all lines below it, one after the other."""
        yield self.heading
        for line in self.lines:
            yield from line.every() if isinstance(line, Chapter) else (line,)

    def _lines(self, lang: str, indent: str) -> Iterator[str]:
        yield f"{indent}{self.heading.said(lang)}"
        for line in self.lines:
            if isinstance(line, Chapter):
                yield from line._lines(lang, f"{indent}  ")
            else:
                yield f"{indent}  - {line.said(lang)}"


class Explanation(Sequence[Note]):
    """Chapters, which are also a sequence of their lines, headings among them.

    Examples
    --------
    >>> layers = Chapter(Note("campaign.check.layers"), (Note("campaign.check.polygons", count=8),))
    >>> list(Explanation((layers,)))
    ['Layers', '8 polygons']
    """

    def __init__(self, chapters: tuple[Chapter, ...]) -> None:
        self.chapters = chapters
        self._every = tuple(line for chapter in chapters for line in chapter.every())

    @overload
    def __getitem__(self, place: int) -> Note: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Note, ...]: ...
    def __getitem__(self, place: int | slice) -> Note | tuple[Note, ...]:
        return self._every[place]

    def __len__(self) -> int:
        return len(self._every)


def page(explained: Explanation, lang: str) -> str:
    """Put chapters below each other as a page of text.

    Examples
    --------
    >>> layers = Chapter(Note("campaign.check.layers"), (Note("campaign.check.polygons", count=8),))
    >>> print(page(Explanation((layers,)), "zh"))
    图层
      - 8个多边形
    """
    return "\n\n".join(chapter.said(lang) for chapter in explained.chapters)
