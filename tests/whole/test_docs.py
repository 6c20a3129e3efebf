"""The site of the documentation leaves no page and no public name out."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def make_docs():
    spec = importlib.util.spec_from_file_location("make_docs", HOME / "scripts" / "make_docs.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_guide_is_in_the_contents(make_docs):
    pages = {one.stem for one in (HOME / "docs").glob("*.md")} - {"index", "start"}
    assert pages == set(make_docs.GUIDES)


def test_links_between_pages_lead_to_pages(make_docs, tmp_path):
    make_docs.gather(tmp_path / "pages")
    pages = list((tmp_path / "pages").rglob("*.md"))
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]
    assert len(links) > 20
    absent = {
        f"{page.name}: {link}"
        for page, link in links
        if not (page.parent / link).exists() and link != "gallery.md"
    }
    assert not absent


def test_every_name_of_every_day_is_in_the_reference(make_docs, tmp_path):
    import greencover as gc

    make_docs.reference(tmp_path / "reference")
    listed = (tmp_path / "reference" / "greencover.rst").read_text("utf-8").split()
    callables = [one for one in gc.__all__ if not hasattr(getattr(gc, one), "__path__")]
    assert callables
    assert not [one for one in callables if one not in listed]
