"""The languages of a page: two, and a switch between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greencover.report.labels import Label, Lang, said, spoken


@dataclass(frozen=True)
class Languages:
    """Chinese and another language, English unless told otherwise.

    Examples
    --------
    >>> pair = Languages.of("both")
    >>> pair.modes
    ('zh', 'en', 'both')
    >>> pair.words(Label("met", "verdicts"))
    ('达标', 'met', '达标 met')
    """

    first: str = "zh"
    second: str = "en"

    @classmethod
    def of(cls, lang: Lang) -> Languages:
        """The languages of a page that opens in one of them, or in both."""
        other = [one for one in spoken(lang) if one != cls.first]
        return cls(second=other[0]) if other else cls()

    @property
    def modes(self) -> tuple[str, str, str]:
        """What the switch chooses from."""
        return self.first, self.second, "both"

    def pair(self, what: Any) -> tuple[str, str]:
        """Words in the first language and in the second."""
        return said(what, self.first), said(what, self.second)

    def words(self, what: Any) -> tuple[str, str, str]:
        """Words for each mode of the switch."""
        return (*self.pair(what), self.both(what))

    def both(self, what: Any, between: str = " ") -> str:
        """Words in both languages, said once where they are the same."""
        return between.join(dict.fromkeys(text for text in self.pair(what) if text))

    def columns(self, name: str, what: list[Any]) -> dict[str, list[str]]:
        """Columns of a table of the page: words for each mode, under a name of its own."""
        return {
            name: [self.both(one) for one in what],
            f"{name}_{self.first}": [said(one, self.first) for one in what],
            f"{name}_{self.second}": [said(one, self.second) for one in what],
        }

    def fields(self, name: str) -> tuple[str, str, str]:
        """Names of those columns, for each mode."""
        return f"{name}_{self.first}", f"{name}_{self.second}", name

    def label(self, key: object, group: str) -> str:
        """A label in both languages."""
        return self.both(Label(key, group))
