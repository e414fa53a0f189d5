"""A headless Chromium: what a page says on the console, whom it calls, and how wide it is in a small window."""

import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FOUND = next(filter(None, map(shutil.which, NAMES)), None)

SMALL_WIDTH = 380
"""Pixels of a small telephone; an inner frame has it, because a window may not get so narrow."""

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", "--virtual-time-budget=3000",
         "--enable-logging=stderr", "--log-level=0")

OWN_SERVICES = re.compile(rb"(^|\.)(google\.com|googleapis\.com|gstatic\.com)$")
"""Hosts that the browser itself asks, whatever page is open; no page names one: its own tests read the source."""

PROBE = "<script>addEventListener('load', () => parent.postMessage(document.documentElement.scrollWidth, '*'))</script>"
FRAME = """<!DOCTYPE html><title>probe</title>
<iframe width="{width}" height="800" style="border: 0" src="{address}"></iframe>
<script>addEventListener('message', event => document.body.setAttribute('data-width', event.data))</script>"""


@contextmanager
def recording_proxy() -> Iterator[tuple[int, list[bytes]]]:
    """A proxy on this machine that writes down the first line of every request and answers none."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        is_over = threading.Event()

        def listen() -> None:
            while not is_over.is_set():
                try:
                    call, _ = server.accept()
                except TimeoutError:
                    continue
                with call:
                    call.settimeout(1)
                    asked.append(call.recv(4_096).split(b"\r\n")[0])

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield server.getsockname()[1], asked
        is_over.set()
        thread.join()


def opened(page: Path, profile: Path) -> tuple[str, list[str], set[bytes]]:
    """Open a page; its document when it has settled, the lines of its console, and the hosts that it asked."""
    with recording_proxy() as (port, asked):
        done = subprocess.run(
            [FOUND, *QUIET, f"--user-data-dir={profile}", f"--proxy-server=http://127.0.0.1:{port}", "--dump-dom",
             page.as_uri()], capture_output=True, text=True, timeout=60, check=True)
    console = [line for line in done.stderr.splitlines() if ":CONSOLE" in line]
    return done.stdout, console, {host for line in asked if not OWN_SERVICES.search(host := _host(line))}


def _host(line: bytes) -> bytes:
    """The host of the first line of a request: GET http://host:port/path, or CONNECT host:port."""
    target = line.split(b" ")[1] if b" " in line else line
    return target.split(b"//")[-1].split(b"/")[0].rsplit(b":", 1)[0]


def small_width(page: Path, folder: Path, profile: Path) -> int:
    """How wide a page gets in a small window, measured on a copy that may run one script."""
    copy = folder / "probed.html"
    allowed = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    copy.write_text(allowed.replace("</body>", f"{PROBE}</body>"))
    frame = folder / "frame.html"
    frame.write_text(FRAME.format(width=SMALL_WIDTH, address=copy.name))
    document, _, _ = opened(frame, profile)
    return int(re.search(r'data-width="(\d+)"', document)[1])
