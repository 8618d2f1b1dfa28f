"""Players that people use, in a browser: each on a page of its own, made of the sample in the documentation."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from conformance.programs import HERE, answer_of, require
from conformance.world import Skipped

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SAMPLES = HERE.parent / "docs" / "players.md"
MODULES = HERE / "node_modules"
PLAYERS = {"hls": "hls.js", "dash": "dash.js", "shaka": "Shaka Player", "native": "Without a library"}
SCRIPTS = (
    MODULES / "hls.js/dist/hls.min.js",
    MODULES / "dashjs/dist/modern/umd/dash.all.min.js",
    MODULES / "shaka-player/dist/shaka-player.compiled.js",
    HERE / "players/watch.js",
)


def browser() -> str:
    """The path of the one that is installed. Raises Skipped without one."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise Skipped(f"no browser is installed: {', '.join(BROWSERS)}")
    return found


def watched(pages: Mapping[str, Mapping[str, str]], folder: Path) -> dict[str, dict[str, Any]]:
    """What was seen on each page: its name begins with that of a player, its addresses are `HLS`, `DASH`, `FILE`. Screenshots
    lie in `folder`. Raises Skipped where browser or players are not installed."""
    require("node")
    chromium = browser()
    if not all(script.exists() for script in SCRIPTS):
        raise Skipped("the packages are not installed: npm ci in conformance/")
    for script in SCRIPTS:
        shutil.copy(script, folder)
    for name, addresses in pages.items():
        (folder / f"{name}.html").write_text(_page(name.partition("-")[0], addresses))
    with _served(folder) as here:
        asked = [f"{here}/{name}.html" for name in pages]
        seen = answer_of("node", "players/drive.mjs", *asked, CHROMIUM=chromium, SCREENSHOTS=str(folder))
    return dict(zip(pages, seen, strict=True))


def _page(player: str, addresses: Mapping[str, str]) -> str:
    told = ", ".join(f"{name} = {json.dumps(value)}" for name, value in {"PLAYER": player, **addresses}.items())
    return (
        f'<!doctype html>\n<meta charset="utf-8"><link rel="icon" href="data:,"><style>video{{width:620px}}</style>\n'
        f'<script>const {told}</script>\n{_sample(PLAYERS[player])}\n<script src="watch.js"></script>\n'
    )


def _sample(heading: str) -> str:
    _, _, section = SAMPLES.read_text().partition(f"\n## {heading}\n")
    found = re.search(r"```html\n(.*?)```", section, re.DOTALL)
    assert found is not None, heading
    return found[1]


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
