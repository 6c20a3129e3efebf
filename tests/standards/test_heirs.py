"""An heir that repeats an inherited target: both are judged and named, or one takes the place."""

from __future__ import annotations

import pytest

import greencover as gc
from greencover.campaign.explain import explain
from greencover.standards import load
from small_county import SmallCounty


def standard(*targets: str, extends: str = "") -> str:
    head = 'title = "S"\n' + (f'extends = "{extends}"\n' if extends else "")
    return head + "".join(f"[[target]]\n{target}\n" for target in targets)


def roads(value: float, more: str = "") -> str:
    return (
        'indicator = "roadside_greening_rate"\nlevel = "county"\n'
        f'value = {value}\nconfidence = "C"\n{more}'
    )


NATIONAL = 'grades = ["national"]'
VILLAGE = 'grades = ["village"]'
INSTEAD = "replaces_inherited = true"


@pytest.fixture
def heirs(tmp_path):
    """Write standards, each the heir of the one before; return the last."""

    def write(*bodies: str):
        for number, body in enumerate(bodies):
            (tmp_path / f"s{number}.toml").write_text(body)
        return load(tmp_path / f"s{len(bodies) - 1}.toml")

    return write


def pairs(found):
    return [(own.value, inherited.value) for own, inherited in found.repeated]


def values(found):
    return sorted(target.value for target in found.targets)


def test_a_repeated_target_stands_beside_the_inherited_one(heirs):
    found = heirs(standard(roads(80)), standard(roads(95, NATIONAL), extends="s0.toml"))
    assert values(found) == [80, 95]
    assert pairs(found) == [(95, 80)]


def test_a_stated_key_puts_it_in_the_place(heirs):
    own = roads(95, f"{NATIONAL}\n{INSTEAD}")
    found = heirs(standard(roads(80)), standard(own, extends="s0.toml"))
    assert values(found) == [95]
    assert pairs(found) == []


def test_the_same_target_is_not_two(heirs):
    found = heirs(standard(roads(80)), standard(roads(90), extends="s0.toml"))
    assert values(found) == [90]
    assert pairs(found) == []


def test_an_heir_of_an_heir_knows_what_both_stand_beside(heirs):
    found = heirs(
        standard(roads(80)),
        standard(roads(95, NATIONAL), extends="s0.toml"),
        standard(extends="s1.toml"),
    )
    assert values(found) == [80, 95]
    assert pairs(found) == [(95, 80)]


def test_an_heir_of_an_heir_ends_a_pair_by_the_key(heirs):
    found = heirs(
        standard(roads(80)),
        standard(roads(95, NATIONAL), extends="s0.toml"),
        standard(roads(70, f"{VILLAGE}\n{INSTEAD}"), extends="s1.toml"),
    )
    assert values(found) == [70]
    assert pairs(found) == []


def test_files_of_an_heir_are_its_own_and_those_it_extends(heirs, tmp_path):
    found = heirs(standard(roads(80)), standard(roads(95, NATIONAL), extends="s0.toml"))
    assert found.files == (tmp_path / "s1.toml", tmp_path / "s0.toml")
    assert load("national-forest-city-2012").files == ()


def test_check_and_assess_say_that_both_are_judged(tmp_path):
    (tmp_path / "base.toml").write_text(standard(roads(80)), encoding="utf-8-sig")
    heir = standard(roads(95, NATIONAL), extends="base.toml")
    (tmp_path / "heir.toml").write_text(heir, encoding="utf-8-sig")
    county = SmallCounty()
    county.replace('"national-forest-city-2012"', '"heir.toml"')
    campaign = county.write(tmp_path)

    assessment = gc.assess(campaign)
    told = [n for n in assessment.notes if getattr(n, "code", "") == "campaign.both_judged"]
    lines = explain(gc.Campaign.read(campaign).open())
    assert told == [line for line in lines if line.code == "campaign.both_judged"]
    assert len(told) == 1
    assert ">= 95 %" in told[0]
    assert ">= 80 %" in told[0]
    assert len(assessment.targets) == 2
