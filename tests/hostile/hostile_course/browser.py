"""Headless Chromium: what a page looks like once its scripts have run, and whom it calls."""

import re
import shutil
import socket
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from PIL import Image

#: Chromium asks these for the time and for updates of its own parts; no page of ours names them.
_CHROMIUM_S_OWN = re.compile(rb"[\w.-]*\.(google|googleapis|gvt1|gstatic)\.com")


class Browser:
    """Opens pages while a listener on loopback stands for every host of the world.

    Parameters
    ----------
    folder : Path
        For profiles.
    """

    command = shutil.which("chromium") or shutil.which("chromium-browser")

    def __init__(self, folder):
        self._folder = folder
        self.calls = []

    def __enter__(self):
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._answer, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _answer(self):
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                line.settimeout(1)
                try:
                    call = line.recv(4000)
                    line.sendall(b"HTTP/1.0 404 Not Found\r\n\r\n")
                except OSError:
                    continue
                if call and not _CHROMIUM_S_OWN.search(call):
                    self.calls.append(call)

    def open_all(self, pages):
        """Give each page's document as it is after its scripts have run."""
        with ThreadPoolExecutor(4) as pool:
            return dict(zip(pages, pool.map(self._open, pages, range(len(pages))), strict=True))

    def top_of(self, page, height):
        """Give the pixels of a page's first lines as rows of (red, green, blue)."""
        picture = self._folder / f"{page.stem}.png"
        self._run(page, "top", f"--screenshot={picture}", f"--window-size=1000,{height}")
        with Image.open(picture) as image:
            return np.asarray(image.convert("RGB"))

    def _open(self, page, number):
        return self._run(page, number, "--dump-dom")

    def _run(self, page, name, *options):
        profile = self._folder / f"profile-{name}"
        done = subprocess.run(
            [
                self.command,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                f"--host-resolver-rules=MAP * 127.0.0.1:{self._listener.getsockname()[1]}",
                "--virtual-time-budget=1000",
                f"--user-data-dir={profile}",
                *options,
                page.as_uri(),
            ],
            capture_output=True,
            timeout=100,
            check=True,
        )
        shutil.rmtree(profile, ignore_errors=True)
        return done.stdout.decode("utf-8", "replace")
