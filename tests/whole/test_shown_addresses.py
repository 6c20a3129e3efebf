"""No result of a campaign on other machines carries what opens the door there."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from greencover.cli import main
from served import RangeServer
from small_county import SmallCounty

SECRET = "streng-geheim"
QUERY = f"?sv=1&sig={SECRET}"


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A folder of the small county on another machine, with a name and a word in its address."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    county = SmallCounty()
    county.write(tmp_path / "there")
    # Of a format that is fetched whole: who reads another one keeps this process from answering.
    county.roads.to_file(tmp_path / "there" / "roads.geojson")
    serve = partial(RangeServer, directory=tmp_path / "there")
    with ThreadingHTTPServer(("127.0.0.1", 0), serve) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://me:{SECRET}@127.0.0.1:{server.server_port}"
        server.shutdown()


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file, and every member of those that are archives."""
    for path in folder.rglob("*"):
        if path.is_file():
            yield path.name, path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield f"{path.name}/{name}", archive.read(name)


def remote_campaign(folder: Path, address: str, cover: str) -> str:
    county = SmallCounty()
    county.replace('path = "cover.tif"', f'path = "{address}/{cover}{QUERY}"\nremote = true')
    county.replace(
        'path = "county.gpkg"\nlayer = "roads"',
        f'path = "{address}/roads.geojson{QUERY}"\nremote = true',
    )
    return str(county.write(folder))


def test_no_output_shows_it(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    campaign = remote_campaign(tmp_path / "here", address, "cover.tif")
    out = tmp_path / "out"

    codes = [
        main(["check", campaign]),
        main(["assess", campaign, "--out", str(out), "--formats=xlsx,docx,html,json,gpkg,parquet"]),
        main(["assess", campaign, "--out", str(out), "--formats=json", "--json", "--resume"]),
    ]

    said = capsys.readouterr()
    assert codes == [0, 0, 0], said.err
    assert SECRET not in said.out + said.err
    shown = dict(contents(out))
    assert "127.0.0.1" in shown["provenance.json"].decode()
    assert [name for name, content in shown.items() if SECRET.encode() in content] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("cover", ["absent.tif", "roads.geojson", "absent.json"])
def test_no_refusal_shows_it(
    tmp_path: Path, address: str, capsys: pytest.CaptureFixture[str], cover: str, lang: str
) -> None:
    campaign = remote_campaign(tmp_path / "here", address, cover)

    assert main(["assess", campaign, "--out", str(tmp_path / "out"), "--lang", lang]) == 2

    said = capsys.readouterr()
    assert "***@127.0.0.1" in said.err
    assert SECRET not in said.out + said.err
