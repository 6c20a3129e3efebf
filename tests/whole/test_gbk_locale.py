"""The daily work in one process whose locale is zh_CN.GBK, with a pipe that knows GBK alone."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from small_county import SmallCounty

# GBK lacks the superscript of square metres and the letters of other scripts.
TITLE = "双镇县 m² ครับ"
# The names of files stay UTF-8, as on Windows; the locale, and with it the encoding of text that
# names none, are GBK.
PROGRAM = """
import json, locale, multiprocessing, sys
locale.setlocale(locale.LC_ALL, "zh_CN.GBK")
assert locale.getpreferredencoding(False).upper() == "GBK"
assert (sys.stdout.encoding, sys.stdout.errors) == ("gbk", "strict")
multiprocessing.set_start_method("spawn")
from greencover.cli import main
for number, words in enumerate(json.loads(sys.argv[1])):
    print(f"[{number}]", flush=True)
    code = main([*words, "--lang=zh"])
    print(f"[{number} {code}]", flush=True)
"""


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the locale; systems seldom have it."""
    if shutil.which("localedef") is None:
        pytest.skip("no localedef here, which makes the locale zh_CN.GBK")
    folder = tmp_path_factory.mktemp("locales")
    command = ["localedef", "-i", "zh_CN", "-f", "GBK", str(folder / "zh_CN.GBK")]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if not (folder / "zh_CN.GBK" / "LC_CTYPE").is_file():
        pytest.skip(f"localedef makes no zh_CN.GBK: {made.stderr.strip()}")
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("工作")
    campaign = SmallCounty().write(folder / "双镇县")
    text = campaign.read_text(encoding="utf-8").replace("双镇县国家森林城市建设", TITLE)
    assert TITLE in text
    campaign.write_text(text, encoding="utf-8")
    return folder


def run(locales: Path, commands: list[list[str]]) -> list[tuple[str, int]]:
    """What commands say, one after the other in one process, and how they end."""
    settings = {"LOCPATH": str(locales), "LC_ALL": "C.UTF-8", "PYTHONIOENCODING": "gbk:strict"}
    done = subprocess.run(
        [sys.executable, "-X", "utf8=0", "-c", PROGRAM, json.dumps(commands)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | settings,
        check=False,
    )
    text = done.stdout.decode("cp936")
    parts = re.findall(r"^\[(\d)\]$(.*?)^\[\1 (\d+)\]$", text, re.DOTALL | re.MULTILINE)
    assert len(parts) == len(commands), text
    return [(said, int(code)) for _, said, code in parts]


@pytest.fixture(scope="module")
def said(locales: Path, work: Path) -> dict[str, str]:
    """What each command said, by its name."""
    county = work / "双镇县"
    campaign, out = str(county / "campaign.toml"), str(work / "结果")
    layer, cover = str(county / "county.gpkg"), str(county / "cover.tif")
    commands = [
        ["check", campaign],
        [
            "assess",
            campaign,
            f"--out={out}",
            "--formats=xlsx,docx,html,json",
            "--maps=verdict-matrix",
            "--dpi=50",
        ],
        ["areas", layer, cover, "--legend=worldcover", "--layer=townships", f"--out={out}.csv"],
        ["assess", str(work / "没有.toml"), f"--out={out}"],
    ]
    parts = run(locales, commands)
    assert [code for _, code in parts] == [0, 0, 0, 2], parts
    names = ["check", "assess", "areas", "mistake"]
    return dict(zip(names, (text for text, _ in parts), strict=True))


def test_what_is_said_is_chinese_in_gbk(said: dict[str, str]) -> None:
    assert "双镇县 m? ????" in said["assess"]
    assert all(re.search("[\u4e00-\u9fff]{2}", text) for text in said.values())
    assert not [name for name, text in said.items() if "Traceback" in text or "\ufffd" in text]
    assert "没有.toml不存在" in said["mistake"]


def test_reports_hold_what_gbk_lacks(said: dict[str, str], work: Path) -> None:
    assert "结果" in said["assess"]
    out = work / "结果"
    assert TITLE in (out / "report.html").read_text(encoding="utf-8")
    assert json.loads((out / "provenance.json").read_text(encoding="utf-8"))
    (document,) = out.glob("*zh*.docx")
    with zipfile.ZipFile(document) as word:
        assert TITLE in word.read("word/document.xml").decode("utf-8")
    with zipfile.ZipFile(out / "assessment.xlsx") as book:
        assert "双镇县" in book.read("xl/sharedStrings.xml").decode("utf-8")


def test_tables_are_the_same_as_elsewhere(said: dict[str, str], work: Path) -> None:
    table = work / "结果.csv"
    assert table.name in said["areas"]
    assert "西林镇" in set(pd.read_csv(table, encoding="utf-8-sig").iloc[:, :3].to_numpy().ravel())


@pytest.mark.thorough
def test_the_demo(locales: Path, tmp_path: Path) -> None:
    """The sample county, whole; the small one above says the same in less time."""
    out = tmp_path / "示例"
    ((text, code),) = run(locales, [["demo", f"--out={out}"]])
    assert code == 0, text
    assert "青岚县" in text
    assert {"report.html", "assessment.xlsx"} <= {path.name for path in out.iterdir()}
