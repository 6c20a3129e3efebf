"""The programme file: which counties there are, and what they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from greencover.campaign import Campaign
from greencover.campaign.reader import campaign_of, parsed
from greencover.ground.errors import CampaignError
from greencover.layers import is_remote
from greencover.words import Listed

_OF_COUNTY = ("code", "city", "province", "campaign")
_KEYS = ("title", "title_en", "defaults", "county")
# Keys of a campaign that name files beside it, and those that name a file or something built in.
_FILES = ("path", "before", "indicators")
_FILES_OR_KEYS = ("legend", "standard")
# No name of a folder on any system, or one that leads out of it.
_NOT_IN_A_NAME = '<>:"/\\|?*'


@dataclass(frozen=True)
class County:
    """A county of a programme.

    Attributes
    ----------
    code
        Names its folder.
    city, province
        What it is summed into.
    file
        The programme file.
    title
        Of the programme; a county without a title of its own takes it.
    defaults, own
        Sections of a campaign that all share, and those that the county has instead.
    campaign
        Its campaign file, between the two; None: the sections say all.
    """

    code: str
    city: str
    province: str
    file: Path
    title: str
    defaults: Mapping[str, Any] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)
    campaign: Path | None = None

    def read(self) -> Campaign:
        """The campaign of the county: the defaults, what its file sets, what it sets itself."""
        data = _anchored(self.defaults, self.file.parent)
        if self.campaign is not None:
            data = _overridden(data, _anchored(parsed(self.campaign), self.campaign.parent))
        data = _overridden(data, _anchored(self.own, self.file.parent))
        data.setdefault("title", f"{self.title} {self.code}")
        try:
            return campaign_of(data, self.campaign or self.file, Campaign)
        except CampaignError as error:
            if self.campaign is None or "path" not in error.values:
                raise
            # What is wrong may stand in either file.
            both = Listed.every([self.campaign, self.file], last="or")
            raise CampaignError(error.code, **{**error.values, "path": both}) from error


def read_programme(path: str | Path) -> tuple[dict[str, str], tuple[County, ...]]:
    """Read a programme file: its titles, and its counties, whose campaigns are read later."""
    path = Path(path)
    data = parsed(path)
    for name in data:
        if name not in _KEYS:
            known = Listed.every(_KEYS)
            raise CampaignError("results.programme_key", path=path, key=name, known=known)
    title = _text(data, "title", path, where="programme")
    title_en = str(data.get("title_en", "")).strip()
    defaults = data.get("defaults", {})
    if not isinstance(defaults, dict):
        raise CampaignError("results.programme_defaults", path=path)
    given = data.get("county", [])
    if not isinstance(given, list) or not given or not all(isinstance(c, dict) for c in given):
        raise CampaignError("results.programme_no_county", path=path)
    counties = []
    for number, own in enumerate(given, start=1):
        where = f"county[{number}]"
        city, province = (_text(own, key, path, where=where) for key in ("city", "province"))
        rest = {key: value for key, value in own.items() if key not in _OF_COUNTY}
        for code, campaign in _campaigns(own, path, where):
            if set(code) & set(_NOT_IN_A_NAME) or code.startswith("."):
                raise CampaignError("results.programme_code", path=path, where=where, code=code)
            counties.append(County(code, city, province, path, title, defaults, rest, campaign))
    # Folders differ by more than letters in capitals on every system.
    codes = [county.code.casefold() for county in counties]
    twice = [county.code for county in counties if codes.count(county.code.casefold()) > 1]
    if twice:
        raise CampaignError("results.programme_code_twice", path=path, code=twice[0])
    return {"title": title, "title_en": title_en}, tuple(counties)


def _campaigns(own: Mapping[str, Any], path: Path, where: str) -> Iterator[tuple[str, Path | None]]:
    """Code and campaign file of a county; of a pattern, one for each folder, which names it."""
    if "campaign" not in own:
        yield _text(own, "code", path, where=where), None
        return
    named = _text(own, "campaign", path, where=where)
    if "*" not in named:
        yield _text(own, "code", path, where=where), path.parent / Path(named).expanduser()
        return
    found = sorted(path.parent.glob(named)) if not Path(named).is_absolute() else []
    if not found or "code" in own:
        raise CampaignError("results.programme_pattern", path=path, where=where, pattern=named)
    yield from ((file.parent.name, file) for file in found)


def _text(data: Mapping[str, Any], key: str, path: Path, *, where: str) -> str:
    value = data.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CampaignError("results.programme_text", path=path, key=key, where=where)
    return value.strip()


def _overridden(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Sections with the keys of a county in the place of those that all share."""
    merged = dict(defaults)
    for key, value in own.items():
        shared = merged.get(key)
        if isinstance(shared, Mapping) and isinstance(value, Mapping):
            value = _overridden(shared, value)
        merged[key] = value
    return merged


def _anchored(section: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """A section whose paths hold wherever it is put."""
    return {key: _with_place(key, value, folder) for key, value in section.items()}


def _with_place(key: str, value: Any, folder: Path) -> Any:
    if isinstance(value, Mapping):
        return _anchored(value, folder)
    if isinstance(value, list):
        return [_with_place(key, one, folder) for one in value]
    if not isinstance(value, str) or not value.strip():
        return value
    text = value.strip()
    is_file = key in _FILES or (key in _FILES_OR_KEYS and text.lower().endswith(".toml"))
    if not is_file or is_remote(text) or text.startswith("/vsi"):
        return value
    return str((folder / Path(text).expanduser()).absolute())
