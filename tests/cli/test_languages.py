"""Commands speak the language that is asked for: help, mistakes, notes and explanations."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from badinputs.campaigns import CAMPAIGNS
from greencover import cli
from greencover.cli.group import COMMANDS
from greencover.words import catalogue
from small_county import SmallCounty

# Four words of small letters in a row are a sentence, unlike names, keys and paths.
SENTENCE = re.compile(r"(?:\b[a-z']{2,}[ ,]+){3}[a-z']{2,}\b")


def chinese(text: str) -> bool:
    return bool(re.search("[\u4e00-\u9fff]", text)) and not SENTENCE.search(text)


@pytest.fixture
def county(tmp_path) -> Path:
    return SmallCounty().write(tmp_path / "in")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_in_the_language_asked_for(capsys, name):
    assert cli.main([name, "--lang", "zh", "--help"]) == 0
    said = capsys.readouterr().out
    assert chinese(said), said

    assert cli.main([name, "--lang", "en", "--help"]) == 0
    english = capsys.readouterr().out
    assert catalogue("en")[f"cli.help.{name}"].split()[0] in english
    assert not re.search("[\u4e00-\u9fff]{5}", english)


def test_help_of_the_whole_names_every_command_and_imports_none():
    script = (
        "import sys\nfrom greencover.cli import main\nmain(['--lang=zh', '-h'])\n"
        f"sys.exit(sum(f'greencover.cli.{{name}}' in sys.modules for name in {COMMANDS!r}))"
    )
    command = [sys.executable, "-c", script]
    settings = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(command, capture_output=True, check=True, env=settings)

    said = done.stdout.decode("utf-8")
    assert chinese(said)
    for name in COMMANDS:
        assert f"  {name} " in said


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "GREENCOVER_LANG"),
        (["nothing"], "没有命令'nothing'"),
        (["check"], "缺少参数'CAMPAIGN'"),
        (["check", "a.toml", "b.toml"], "多出了参数：b.toml"),
        (["check", "a.toml", "--lag", "en"], "没有选项--lag，是否应为--lang"),
        (["assess", "a.toml"], "缺少选项'--out'"),
        (["assess", "a.toml", "--out"], "选项'--out'后面要给一个值"),
        (["assess", "a.toml", "--quiet=3"], "选项'--quiet'后面不能带值"),
        (["demo", "--fail-on", "rain"], "'--fail-on'的值不对：请用not-met"),
        (["areas", "a", "b", "--legend=l", "--out=c.csv", "--band=x"], "应为整数"),
        (["areas", "a", "b", "--legend=l", "--out=c.csv", "--nodata=x"], "'--nodata'的值不对"),
        (["areas", "a", "b", "--legend=l", "--out=c.txt"], "后缀为'.txt'"),
        (["legends", "worldcovr"], "没有名为'worldcovr'的图例（是否应为'worldcover'？）"),
        (["standards", "sdgg"], "没有名为'sdgg'的标准"),
        (["check", "nowhere.toml"], "评估方案文件nowhere.toml不存在"),
    ],
)
def test_mistakes_of_every_command_are_told_in_chinese(capsys, monkeypatch, arguments, word):
    monkeypatch.setenv("GREENCOVER_LANG", "zh")
    code = cli.main(arguments)

    streams = capsys.readouterr()
    said = streams.err or streams.out
    assert code == 2
    assert word in said
    assert chinese(said), said


@pytest.mark.parametrize("name", CAMPAIGNS)
def test_mistakes_in_campaign_files_are_told_in_chinese(tmp_path, capsys, name):
    arguments = CAMPAIGNS[name].build(tmp_path)

    assert cli.main([*arguments, "--lang=zh", "--quiet"]) == 2

    said = capsys.readouterr().err.replace(str(tmp_path), "")
    assert chinese(said), said


def test_the_language_comes_from_the_option_the_variable_or_the_locale(capsys, monkeypatch):
    missing = ["check", "nowhere.toml"]

    def said(*more):
        cli.main([*missing, *more])
        return capsys.readouterr().err

    monkeypatch.setenv("GREENCOVER_LANG", "zh")
    assert "不存在" in said()
    assert "does not exist" in said("--lang=en")
    monkeypatch.delenv("GREENCOVER_LANG")
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "不存在" in said()
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    assert "does not exist" in said()
    assert "不存在" in said("--lang", "zh")


def test_a_campaign_is_explained_in_chinese(capsys, county):
    assert cli.main(["check", str(county), "--lang=zh"]) == 0

    said = capsys.readouterr().out
    assert chinese(said), said
    assert "双镇县国家森林城市建设" in said
    assert "乡镇：2个多边形（county.gpkg的图层townships" in said
    assert "森林覆盖率 >= 35 %，全县（年均降水量 > 800）" in said
    assert "需要图层“水源地”，请加上[layers.water_sources]：" in said


@pytest.mark.parametrize("command", [["legends"], ["standards"], ["legends", "clcd"]])
def test_lists_are_in_the_languages_asked_for(capsys, command):
    said = {}
    for lang in ("en", "zh", "both"):
        assert cli.main([*command, f"--lang={lang}"]) == 0
        said[lang] = capsys.readouterr().out.splitlines()[0]

    assert " · " in said["both"]
    assert " · " not in said["en"] + said["zh"]
    assert re.search("[\u4e00-\u9fff]", said["zh"])
    assert not re.search("[\u4e00-\u9fff]", said["en"])
