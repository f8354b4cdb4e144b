"""A real browser opens the page from a folder and plays it."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import page_samples as samples
import pytest

from composer_daw.audio import save_audio
from composer_daw.pages import render_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = """
--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync --disable-extensions --disable-dev-shm-usage --mute-audio
--autoplay-policy=no-user-gesture-required --enable-logging=stderr --window-size=1000,1400
"""
PATIENCE_S = 90

HOOK = """
<script>
(async () => {
  const seen = { errors: [] };
  addEventListener("error", (event) => seen.errors.push(String(event.message || event.target.src)), true);
  addEventListener("unhandledrejection", (event) => seen.errors.push(String(event.reason)));
  const until = async (what) => {
    for (let i = 0; i < 600; i++) { if (what()) return true; await new Promise((r) => setTimeout(r, 25)); }
    return false;
  };
  try {
    const [first, second] = document.querySelectorAll("audio");
    const seek = document.querySelector(".seek");
    const playhead = () => parseFloat(document.querySelector(".playhead").style.left || "0");
    await first.play();
    seen.advances = await until(() => first.currentTime > 0.3);
    seen.moves = await until(() => playhead() > 5);
    seen.marks = await until(() => document.querySelector(".note.on"));
    const box = seek.getBoundingClientRect();
    const middle = { clientX: box.left + box.width / 2, clientY: box.top + 5, buttons: 1, bubbles: true };
    seek.dispatchEvent(new PointerEvent("pointerdown", middle));
    seen.sought = first.currentTime;
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "2", bubbles: true }));
    seen.second = await until(() => !second.paused && second.currentTime > seen.sought);
    seen.firstPaused = first.paused;
    seen.kept = second.currentTime;
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: " ", bubbles: true }));
    seen.pausedBySpace = second.paused;
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Home", bubbles: true }));
    seen.home = second.currentTime;
    const order = () => [...document.querySelectorAll("tbody th")].map((cell) => cell.textContent);
    const heading = document.querySelectorAll("thead button")[1];
    heading.click(); seen.ascending = order();
    heading.click(); seen.descending = order();
    const scroll = document.querySelector(".scroll");
    const fits = scroll.scrollWidth <= scroll.clientWidth;
    const zoom = document.querySelector("[data-zoom]");
    zoom.value = 4; zoom.dispatchEvent(new Event("input"));
    first.currentTime = 3.5;
    await first.play();
    seen.zooms = fits && scroll.scrollWidth > 3 * scroll.clientWidth;
    seen.follows = await until(() => scroll.scrollLeft > scroll.clientWidth);
    seen.wide = document.documentElement.scrollWidth > innerWidth;
  } catch (error) { seen.errors.push(String(error)); }
  fetch("REPORT", { method: "POST", mode: "no-cors", body: JSON.stringify(seen) });
})();
</script>
"""


@contextmanager
def reports() -> Iterator[tuple[str, queue.Queue[dict[str, Any]]]]:
    """Serve an address that takes what the page found out."""
    found: queue.Queue[dict[str, Any]] = queue.Queue()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Take) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", found
        finally:
            server.shutdown()
            thread.join()


def browser() -> str:
    """Return the browser's path, or skip; where all tests are required, fail."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and os.environ.get("COMPOSER_DAW_REQUIRE_ALL") == "1":
        pytest.fail(f"no browser found; install one of {', '.join(BROWSERS)}")
    return path or pytest.skip(f"no browser found, none of {', '.join(BROWSERS)}")


def open_and_report(folder: Path, html: str) -> tuple[dict[str, Any], str]:
    """Open `html` from the folder in a browser; return what the hook reports, and the browser's log."""
    log = folder / "browser.log"
    with reports() as (address, found), log.open("wb") as stream:
        hooked = html.replace("</body>", HOOK.replace("REPORT", address) + "</body>")
        (folder / "page.html").write_text(hooked, encoding="utf-8")
        command = [browser(), *FLAGS.split(), f"--user-data-dir={folder / 'profile'}"]
        process = subprocess.Popen([*command, (folder / "page.html").as_uri()], stdout=stream, stderr=stream)
        try:
            seen = found.get(timeout=PATIENCE_S)
        except queue.Empty:
            said = log.read_text(errors="replace")[-2000:]
            pytest.fail(f"the page reported nothing in {PATIENCE_S} s:\n{said}")
        finally:
            process.terminate()
            process.wait(20)
    return seen, log.read_text(errors="replace")


def test_page_plays_from_a_folder(tmp_path: Path) -> None:
    clips = [samples.clip(name, f"audio/{name}.wav", duration_s=4.0) for name in ("one", "two")]
    (tmp_path / "audio").mkdir()
    for clip in clips:
        save_audio(clip.audio, tmp_path / clip.audio_href)
    seen, log = open_and_report(tmp_path, render_page(samples.page(clips)))
    assert seen["errors"] == []
    assert "CONSOLE" not in log
    assert seen["advances"] and seen["moves"] and seen["marks"]
    assert seen["sought"] == pytest.approx(2.0, abs=0.05)
    assert seen["second"] and seen["firstPaused"] and 2.0 < seen["kept"] < 3.5
    assert seen["pausedBySpace"] and seen["home"] == 0
    assert seen["ascending"] == ["pizzicato", "staccato", "legato"]
    assert seen["descending"] == ["staccato", "pizzicato", "legato"]
    assert seen["zooms"] and seen["follows"]
    assert not seen["wide"], "the page scrolls sideways"


def test_missing_sound_is_told(tmp_path: Path) -> None:
    html = render_page(samples.page([samples.clip(href="audio/gone.wav")]))
    seen, _ = open_and_report(tmp_path, html)
    assert any("NotSupportedError" in error or "gone.wav" in error for error in seen["errors"])
