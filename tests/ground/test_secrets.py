"""What opens a door elsewhere is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from greencover.ground.errors import RasterError
from greencover.ground.notes import Note
from greencover.ground.secrets import file_name, without_secrets
from greencover.layers import layer_name

ADDRESSES = [
    "https://me:hush@example.org/a.tif",
    "https://hush@example.org/a.tif?sig=hush&se=2026",
    "/vsicurl/https://me:hush@example.org/a.tif#hush",
    "/vsicurl?header.Authorization=hush&url=https%3A%2F%2Fme%3Ahush%40example.org",
    "s3://key:hush@bucket/a.tif",
    "HTTPS://ME:HUSH@EXAMPLE.ORG/A.TIF?hush",
    "https:/me:hush@example.org/a.tif",
    "https://me:a@hush@example.org/a.tif",
    "https://example.org/a.tif?name=甲&sig=hush",
    "https://example.org/a.tif?x=hush,hush;hush/hush?hush",
    "ftp://me:hush,(x)@example.org/",
]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sentences_and_notes_show_no_secret(address: str, lang: str) -> None:
    told = [
        RasterError("rasters.file_absent", path=address).said(lang),
        RasterError("rasters.cannot_be_opened", path="a", reason=f"'{address}': 403").said(lang),
        layer_name(address, None).said(lang),
        str(Note("layers.layer_of", layer="a", path=Path(address))),
        without_secrets(address),
        file_name(address),
    ]
    assert "hush" not in " ".join(told).lower()


@pytest.mark.parametrize(
    "text",
    [
        "C:/data/cover@2x.tif",
        r"D:\甲@乙?\a.tif",
        "write to office@example.org about https://example.org/help",
        "data/a.tif (is it?) and more",
        "https://example.org/a@b/c.tif",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert without_secrets(text) == text
