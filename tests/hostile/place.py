"""A folder, a socket that counts who knocks, and a folder in which nothing may appear."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

_numbers = count()
ANSWER = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass(frozen=True)
class Place:
    """Where a hostile input is written.

    Attributes
    ----------
    folder
        Folder of the input.
    canary
        Folder outside, which the input may try to write into.
    port
        Port of this machine on which somebody listens.
    """

    folder: Path
    canary: Path
    port: int

    def url(self, suffix: str = ".tif") -> str:
        """An address that nobody asked for before, since answers are kept."""
        return f"http://127.0.0.1:{self.port}/{next(_numbers)}{suffix}"

    def curl(self, suffix: str = ".tif") -> str:
        return f"/vsicurl/{self.url(suffix)}"

    def write(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)


class Knocks:
    """Counts the connections to a port of this machine."""

    def __init__(self) -> None:
        self.count = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._answer, daemon=True).start()

    def _answer(self) -> None:
        while True:
            try:
                caller, _ = self._socket.accept()
            except OSError:
                return
            self.count += 1
            with caller:
                caller.settimeout(2)
                try:
                    caller.recv(4096)
                    caller.sendall(ANSWER)
                except OSError:
                    continue

    def close(self) -> None:
        self._socket.close()


@contextmanager
def listening() -> Iterator[Knocks]:
    knocks = Knocks()
    try:
        yield knocks
    finally:
        knocks.close()
