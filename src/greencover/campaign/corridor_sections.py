"""The keys of a campaign file that say how roadsides and banks are counted.

They are made of the records in ``corridor/rules.toml``, so that a rule has one home.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import PlainValidator, ValidationInfo, create_model

from greencover.campaign.kinds import ByGrade, Covers, Shares, between, by_column, by_grade
from greencover.campaign.sections import Section, key
from greencover.corridor.evidence import kinds
from greencover.corridor.rules import Rule, rules
from greencover.ground.errors import CampaignError
from greencover.words import Listed


class CorridorSection(Section):
    """A section with rules of a corridor."""

    def given(self, corridor: str) -> dict[str, Any]:
        """The rules that the file sets, as the corridor's function takes them."""
        return {name: getattr(self, name) for name in rules(corridor) if name in self._said}

    def columns(self, corridor: str) -> Iterator[str]:
        """Columns of the layer that rules name."""
        for name, value in self.given(corridor).items():
            if isinstance(value, str) and rules(corridor)[name].kind == "by_row":
                yield value

    @property
    def _said(self) -> set[str]:
        return self.model_fields_set


def _evidence(value: Any, info: ValidationInfo) -> dict[str, dict[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        raise CampaignError("campaign.rule.evidence")
    folder = (info.context or {}).get("folder", Path())
    for kind in value:
        if kind not in kinds():
            known = Listed.every(kinds())
            raise CampaignError("campaign.rule.evidence_kind", given=kind, known=known)
    return {
        kind: {**one, "path": folder / one["path"]} if "path" in one else dict(one)
        for kind, one in value.items()
    }


class RoadsideSection(CorridorSection):
    """How roadside greening is counted; each key has a default."""

    variant: Literal["woody", "any green"] = key(example="woody", default="woody")
    evidence: Annotated[dict[str, dict[str, Any]], PlainValidator(_evidence)] = key(
        # Kinds are brought by packages, and any that is named here may be absent.
        example={},
        default={},
    )
    max_age_years: Annotated[float, between(0.0, 100.0)] | None = key(example=10, default=None)


def rule_keys(corridor: str, *, of: tuple[str, ...] | None = None) -> dict[str, Any]:
    """The keys of a section: the rules of a corridor, or those that hold for ``of`` alone."""
    return {
        name: (
            _kind(rule),
            key(
                example=rule.example,
                default=_copied(rule.default),
                meaning=f"labels.rule_meanings.{rule.name}",
            ),
        )
        for name, rule in rules(corridor).items()
        if rule.campaign and of in (None, rule.of)
    }


def _kind(rule: Rule) -> Any:
    return {
        "number": Annotated[float, between(rule.low, rule.high)],
        "by_row": Annotated[ByGrade, by_grade(rule.low, rule.high)]
        if "road" in rule.of
        else Annotated[float | str, by_column(rule.low, rule.high)],
        "shares": Shares,
        "covers": Covers,
        "flag": bool,
        "words": Literal[tuple(rule.words)] if rule.words else str,
    }[rule.kind]


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value


if TYPE_CHECKING:
    Roadside = RoadsideSection
else:
    Roadside = create_model(
        "Roadside", __base__=RoadsideSection, __doc__=RoadsideSection.__doc__, **rule_keys("road")
    )
