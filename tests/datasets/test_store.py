"""Fetching: cache, mirror, network, in this order; damaged bytes are refused; nothing half-written."""

import errno
import gzip
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import pytest
import requests

from biolabkit import datasets
from biolabkit.datasets import sources, store
from biolabkit.errors import DatasetCorruptError, DatasetError, DatasetUnavailableError, UnknownNameError

BODY = b"some bytes of a dataset " * 4000

# What a separate process does: the cards are this test's, everything else is as it is.
FETCH = """
import sys
from pathlib import Path
from biolabkit import datasets
from biolabkit.datasets import cards
cards.card_folder = lambda: Path(sys.argv[1])
print(datasets.fetch("d").path("a"))
"""


def process(world, **popen):
    return subprocess.Popen([sys.executable, "-c", FETCH, str(world.folder)], text=True, **popen)


def test_files_come_from_the_network_once_and_have_the_layout_of_a_mirror(world):
    world.card("d", a=BODY, b=b"other")
    got = datasets.fetch("d")
    assert got.path("a").read_bytes() == BODY
    assert got.path("a") == world.place(world.cache, "d", "a")
    assert not got.simulated
    datasets.fetch("d")
    assert world.publisher.requests == ["/d/a.dat", "/d/b.dat"]


def test_an_unknown_role_suggests_the_near_one(world):
    world.card("d", reads=BODY)
    with pytest.raises(UnknownNameError, match="role of d 'raeds'; did you mean 'reads'"):
        datasets.fetch("d").path("raeds")


@pytest.mark.parametrize("kind", ["folder", "url"])
def test_the_mirror_comes_before_the_network(world, tmp_path, monkeypatch, kind):
    world.card("d", a=BODY)
    if kind == "folder":
        world.put(tmp_path / "mirror", "d", "a", BODY)
        monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "mirror"))
    else:
        world.publisher.content[f"/mirror/{world.publisher.address}/d/a.dat"] = BODY
        monkeypatch.setenv("BIOLABKIT_MIRROR", f"http://{world.publisher.address}/mirror/")
    assert datasets.fetch("d").path("a").read_bytes() == BODY
    assert "/d/a.dat" not in world.publisher.requests


def test_what_a_mirror_lacks_comes_from_the_network(world, tmp_path, monkeypatch):
    world.card("d", a=BODY)
    (tmp_path / "mirror").mkdir()
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "mirror"))
    assert datasets.fetch("d").path("a").read_bytes() == BODY


def test_a_damaged_file_in_the_cache_is_replaced(world):
    world.card("d", a=BODY)
    world.put(world.cache, "d", "a", BODY[:-1] + b"?")
    assert datasets.fetch("d").path("a").read_bytes() == BODY


def test_a_damaged_mirror_is_told_and_the_network_used(world, tmp_path, monkeypatch):
    world.card("d", a=BODY)
    world.put(tmp_path / "mirror", "d", "a", BODY[:-1])
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "mirror"))
    with pytest.warns(UserWarning, match=rf"mirror .* damaged a\.dat .*found {len(BODY) - 1} bytes"):
        got = datasets.fetch("d")
    assert got.path("a").read_bytes() == BODY


def test_a_wrong_hash_in_the_card_is_an_error_and_nothing_is_kept(world):
    world.card("d", sha256="0" * 64, a=BODY)
    with warnings.catch_warnings(action="error"), pytest.raises(DatasetCorruptError) as caught:
        datasets.fetch("d", fallback=lambda _folder: {})
    assert "correct the card's sha256" in str(caught.value)
    assert world.files_in_cache() == []


@pytest.mark.parametrize("failures", [[500, 503], ["truncated"], ["damaged", "damaged"], [429]])
def test_what_another_try_may_mend_is_tried_again(world, failures):
    world.card("d", a=BODY)
    world.publisher.script["/d/a.dat"] = list(failures)
    assert datasets.fetch("d").path("a").read_bytes() == BODY
    assert len(world.publisher.requests) == len(failures) + 1


def test_a_packed_file_is_kept_as_it_is_though_the_server_calls_it_an_encoding(world):
    world.card("d", a=gzip.compress(BODY))
    world.publisher.script["/d/a.dat"] = ["packed"]
    assert gzip.decompress(datasets.fetch("d").path("a").read_bytes()) == BODY
    assert len(world.publisher.requests) == 1


def test_a_web_page_is_not_taken_for_a_damaged_file(world, tmp_path):
    world.card("d", a=BODY)
    world.publisher.script["/d/a.dat"] = ["page"]
    stand_in = tmp_path / "a"
    stand_in.write_bytes(b"simulated")
    with pytest.raises(DatasetUnavailableError, match="web page instead of the file"):
        datasets.fetch("d")
    assert world.publisher.requests == ["/d/a.dat"]
    world.publisher.script["/d/a.dat"] = ["page"]
    assert datasets.fetch("d", fallback=lambda _folder: {"a": stand_in}).simulated


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (requests.exceptions.ProxyError(), "proxy of HTTPS_PROXY .* cannot be reached"),
        (requests.exceptions.SSLError(), "certificate is not trusted .*REQUESTS_CA_BUNDLE"),
        (requests.ReadTimeout(), "did not answer in time"),
        (requests.exceptions.ChunkedEncodingError(), "broke off"),
    ],
)
def test_what_the_network_did_is_told_in_words(world, monkeypatch, cause, told):
    world.card("d", a=BODY)

    def fail(*_arguments, **_options):
        raise cause

    monkeypatch.setattr(requests, "get", fail)
    with pytest.raises(DatasetUnavailableError, match=told):
        datasets.fetch("d")


def test_a_missing_file_is_not_asked_for_again(world):
    world.card("d", a=BODY)
    world.publisher.content.clear()
    with pytest.raises(DatasetUnavailableError, match="answered 404"):
        datasets.fetch("d")
    assert world.publisher.requests == ["/d/a.dat"]


def test_alternates_are_asked_in_order(world):
    world.card("d", a=BODY)
    world.publisher.content = {"/elsewhere": BODY}
    path = world.folder / "d.toml"
    path.write_text(
        path.read_text("utf-8") + f'alternates = ["http://{world.publisher.address}/elsewhere"]\n', "utf-8"
    )
    assert datasets.fetch("d").path("a") == world.place(world.cache, "d", "a")
    assert world.publisher.requests == ["/d/a.dat", "/elsewhere"]


def test_offline_never_asks(world, monkeypatch):
    world.card("d", a=BODY)
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    monkeypatch.setenv("BIOLABKIT_MIRROR", f"http://{world.publisher.address}")
    with pytest.raises(DatasetUnavailableError, match="BIOLABKIT_OFFLINE is set"):
        datasets.fetch("d")
    assert world.publisher.requests == []


def test_without_a_network_the_error_says_what_to_do(world):
    world.card("d", a=BODY)
    text = (world.folder / "d.toml").read_text("utf-8")
    (world.folder / "d.toml").write_text(text.replace(world.publisher.address, "127.0.0.1:9"), "utf-8")
    with pytest.raises(DatasetUnavailableError, match="BIOLABKIT_MIRROR") as caught:
        datasets.fetch("d")
    assert "cannot be reached" in str(caught.value)
    assert "biolab data prefetch d --to FOLDER" in str(caught.value)


def test_a_name_server_that_never_answers_is_not_waited_for(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(sources, "CONNECT_SECONDS", 0.05)

    def hang(*_args, **_more):
        never.wait(20)
        raise OSError("too late")

    monkeypatch.setattr(sources.socket, "create_connection", hang)
    assert "did not answer" in sources._why_unreachable("https://example.org/x")
    never.set()


def test_a_dead_host_is_learnt_once(world, monkeypatch):
    world.card("d", a=BODY)
    world.card("e", a=BODY)
    asked = []
    monkeypatch.setattr(sources, "_why_unreachable", lambda url: asked.append(url) or "cannot be reached")
    shop = store.Store(store.Settings(cache=world.cache))
    for name in ("d", "e"):
        with pytest.raises(DatasetUnavailableError):
            shop.ensure(name, datasets.describe(name).files.values())
    assert len(asked) == 1


@pytest.mark.parametrize("mirror", ["mirror.local:8000", "file:///srv/mirror"])
def test_what_is_no_mirror_is_told(world, monkeypatch, mirror):
    world.card("d", a=BODY)
    world.publisher.content.clear()
    monkeypatch.setenv("BIOLABKIT_MIRROR", mirror)
    with pytest.raises(DatasetUnavailableError, match=f"mirror {mirror} .which is not a folder, nor an http"):
        datasets.fetch("d")


def test_a_cache_that_may_not_be_written_is_one_sentence(world, monkeypatch):
    world.card("d", a=BODY)

    def refuse(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(DatasetError, match=r"may not be written by you.*BIOLABKIT_CACHE"):
        datasets.fetch("d")


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(world, tmp_path, monkeypatch, number):
    world.card("d", a=BODY)
    world.put(tmp_path / "mirror", "d", "a", BODY)
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(tmp_path / "mirror"))

    def full(_source, output, _pooch):
        Path(output).write_bytes(BODY[:10])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(sources, "copy", full)
    with pytest.raises(
        DatasetError, match=r"d: no space left in .* for a\.dat \(96,000 bytes\).*BIOLABKIT_CACHE"
    ):
        datasets.fetch("d")
    assert world.files_in_cache() == []


def test_a_disk_that_is_really_full(world, tmp_path, monkeypatch):
    world.card("d", a=BODY)
    small = tmp_path / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", str(small)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("cannot mount a small file system here")
    try:
        monkeypatch.setenv("BIOLABKIT_CACHE", str(small))
        with pytest.raises(DatasetError, match="no space left"):
            datasets.fetch("d")
        assert [path for path in small.rglob("*.dat") if path.is_file()] == []
        assert list(small.rglob("tmp*")) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_cache_that_is_a_file_is_one_sentence(world, tmp_path, monkeypatch):
    world.card("d", a=BODY)
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path / "file"))
    with pytest.raises(DatasetError, match=r"cannot write a\.dat .* into"):
        datasets.fetch("d")


def test_many_processes_download_a_file_once(world):
    world.card("d", a=BODY)
    runs = [process(world, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(6)]
    results = [run.communicate(timeout=120) for run in runs]
    assert [run.returncode for run in runs] == [0] * 6, results
    assert {out.strip() for out, _ in results} == {str(world.place(world.cache, "d", "a"))}
    assert world.publisher.requests == ["/d/a.dat"]
    assert [err for _, err in results] == [""] * 6


def test_a_killed_download_leaves_nothing_in_the_way(world):
    world.card("d", a=BODY)
    world.publisher.script["/d/a.dat"] = ["stuck"]
    run = process(world)
    folder = world.place(world.cache, "d", "a").parent
    wait_for(lambda: world.publisher.requests)
    run.send_signal(signal.SIGKILL)
    run.wait(30)
    assert list(folder.glob("tmp*"))
    assert datasets.fetch("d").path("a").read_bytes() == BODY
    assert world.files_in_cache() == [f"{world.publisher.address}/d/a.dat"]


def test_others_may_read_what_one_user_fetched(world):
    world.card("d", a=BODY)
    assert datasets.fetch("d").path("a").stat().st_mode & 0o777 == 0o644


def test_progress_only_where_somebody_watches(world, capsys):
    world.card("d", a=BODY)
    datasets.fetch("d")
    assert capsys.readouterr().err == ""
    world.place(world.cache, "d", "a").unlink()
    datasets.fetch("d", progress=True)
    assert "a.dat" in capsys.readouterr().err


def test_a_bar_is_taken_away_when_the_download_fails(world, capsys):
    world.card("d", a_file_with_quite_a_long_name_indeed=BODY)
    path = "/d/a_file_with_quite_a_long_name_indeed.dat"
    world.publisher.script[path] = ["truncated"] * 3
    with pytest.raises(DatasetUnavailableError):
        datasets.fetch("d", progress=True)
    shown = capsys.readouterr().err
    assert "a_file_with_quite_a_long_name_i…:" in shown
    assert shown.rsplit("\r", 2)[1].strip() == ""  # blanks over the last bar


def wait_for(condition):
    deadline = time.monotonic() + 60
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.05)
