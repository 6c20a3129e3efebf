"""Every mistake ends in one sentence that names it, exit code 2, and no file left behind."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from badinputs import CASES
from badinputs.campaigns import CAMPAIGNS
from greencover.cli import main
from paths import ROOT
from small_county import SmallCounty


def refusal(capsys, *arguments):
    """Run a command that must refuse; return the one sentence it gives."""
    code = main([str(argument) for argument in arguments])
    streams = capsys.readouterr()

    assert code == 2, streams.out
    lines = [line for line in streams.err.splitlines() if not line.startswith("note: ")]
    assert len(lines) == 1, streams.err
    assert lines[0].startswith("greencover: ")
    assert lines[0].endswith((".", ")"))
    assert "Traceback" not in streams.err
    return lines[0]


def everything(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Whatever an input names, no other machine is asked, by Python or by GDAL."""
    for name in ("http_proxy", "https_proxy", "GDAL_HTTP_PROXY", "GDAL_HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    def refuse(*_args, **_more):
        raise AssertionError("a bad input reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_there_are_enough_cases():
    assert len(CASES) >= 80


@pytest.mark.parametrize("name", CASES)
def test_a_bad_input_is_told_in_one_sentence(tmp_path, capsys, name):
    case = CASES[name]
    arguments = case.build(tmp_path)
    before = everything(tmp_path)

    sentence = refusal(capsys, *arguments)

    for word in case.words:
        assert word in sentence
    assert everything(tmp_path) == before


CHECKED = [name for name, case in CASES.items() if case.checked]


@pytest.mark.thorough
@pytest.mark.parametrize("name", CHECKED)
def test_check_refuses_what_assess_refuses(tmp_path, capsys, name):
    case = CASES[name]
    _, campaign, *_ = case.build(tmp_path)

    sentence = refusal(capsys, "check", campaign)

    for word in case.words:
        assert word in sentence


@pytest.mark.parametrize("name", ["unknown key", "empty layer", "code not in the legend"])
def test_older_results_stay(tmp_path, capsys, name):
    """An early, a middle and a late mistake."""
    arguments = CAMPAIGNS[name].build(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    (out / "assessment.xlsx").write_text("last year's")

    refusal(capsys, *arguments)

    assert everything(out) == ["assessment.xlsx"]
    assert (out / "assessment.xlsx").read_text() == "last year's"


def test_results_never_replace_a_file(tmp_path, capsys):
    campaign = SmallCounty().write(tmp_path / "in")
    out = tmp_path / "out"
    out.write_text("notes")

    sentence = refusal(capsys, "assess", campaign, "--out", out)

    assert "is a file" in sentence
    assert out.read_text() == "notes"


@pytest.mark.parametrize("command", ["legends", "standards"])
def test_unknown_names_are_answered_with_the_known(capsys, command):
    assert "nothing-like-it" in refusal(capsys, command, "nothing-like-it")


def test_the_corpus_can_be_written_by_hand(tmp_path):
    some = list(CASES)[::20]
    done = subprocess.run(
        [sys.executable, "-m", "tests.badinputs", str(tmp_path / "corpus"), *some],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )

    assert f"{len(some)} cases" in done.stdout
    assert len(list((tmp_path / "corpus").iterdir())) == len(some)
    assert len(list((tmp_path / "corpus").glob("*/EXPECT.txt"))) == len(some)
