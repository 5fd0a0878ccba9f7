"""A world of its own for each test: cards in a folder, a publisher on loopback, an empty cache."""

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from biolabkit.datasets import cards

CARD = """
track = "health"
licence = "CC0"
citation = "Nobody 2026"
source = "https://example.org"
title = {{ en = "A test", ko = "시험" }}
description = {{ en = "Made for tests.", ko = "시험용입니다." }}
{files}
{more}
"""


@dataclass
class Publisher:
    """A web server on loopback that can misbehave.

    `script` holds, per path, what the next answers are: a status, or ``"truncated"``, ``"damaged"``,
    ``"stuck"``, ``"page"`` (a web page instead of the file) or ``"packed"`` (the file called an encoding).
    """

    address: str
    content: dict[str, bytes] = field(default_factory=dict)
    script: dict[str, list] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path
        self.requests.append(path)
        behaviour = self.script.get(path, [])
        step = behaviour.pop(0) if behaviour else 200
        body = self.content.get(path)
        if body is None or (isinstance(step, int) and step != 200):
            handler.send_error(404 if body is None else step)
            return
        if step == "damaged":
            body = body[:-1] + b"?"
        if step == "page":
            body = b"\n<!DOCTYPE html><title>Sign in</title>"
        handler.send_response(200)
        if step == "packed":
            handler.send_header("Content-Encoding", "x-gzip")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if step == "truncated":
            handler.wfile.write(body[: len(body) // 2])
            return
        if step == "stuck":
            handler.wfile.write(body[: len(body) // 2])
            handler.wfile.flush()
            self.release.wait(30)
            return
        handler.wfile.write(body)


@pytest.fixture
def publisher():
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            server.answer(self)

        def log_message(self, *_args):
            pass

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    server = Publisher(f"127.0.0.1:{listener.server_address[1]}")
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    yield server
    server.release.set()
    listener.shutdown()
    listener.server_close()


@dataclass
class World:
    """Cards, their publisher and the cache."""

    folder: Path
    cache: Path
    publisher: Publisher

    def card(self, name: str, more: str = "", sha256: str | None = None, **contents: bytes) -> None:
        """Publish files, one per role, and write the card."""
        sections = []
        for role, body in contents.items():
            path = f"/{name}/{role}.dat"
            self.publisher.content[path] = body
            sections.append(
                f'[files.{role}]\nurl = "http://{self.publisher.address}{path}"\nbytes = {len(body)}\n'
                f'sha256 = "{sha256 or hashlib.sha256(body).hexdigest()}"\n'
            )
        text = CARD.format(files="\n".join(sections), more=more)
        (self.folder / f"{name}.toml").write_text(text, encoding="utf-8")

    def place(self, root: Path, name: str, role: str) -> Path:
        """Where a file is in a folder of mirror layout."""
        return root / self.publisher.address / name / f"{role}.dat"

    def put(self, root: Path, name: str, role: str, body: bytes) -> Path:
        path = self.place(root, name, role)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        return path

    def files_in_cache(self) -> list[str]:
        """Everything in the cache but the locks."""
        files = (path.relative_to(self.cache) for path in self.cache.rglob("*") if path.is_file())
        return sorted(str(path) for path in files if path.parts[0] != ".locks")


@pytest.fixture
def world(tmp_path, monkeypatch, publisher) -> World:
    folder, cache = tmp_path / "cards", tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setattr(cards, "card_folder", lambda: folder)
    monkeypatch.setenv("BIOLABKIT_CACHE", str(cache))
    monkeypatch.delenv("BIOLABKIT_MIRROR", raising=False)
    monkeypatch.setattr("biolabkit.datasets.sources.time.sleep", lambda _seconds: None)
    return World(folder, cache, publisher)


@pytest.fixture(scope="session")
def catalogue() -> dict[str, dict]:
    """The mirror's catalogue: every published file by its path."""
    import os

    path = Path(os.environ["BIOLABKIT_MIRROR"], "catalog.json")
    if not path.is_file():
        pytest.skip("the mirror has no catalogue: it is an address, or prefetch made it")
    return {
        file["path_in_mirror"]: file | {"dataset": dataset["name"]}
        for dataset in json.loads(path.read_text(encoding="utf-8"))
        for file in dataset["files"]
    }
