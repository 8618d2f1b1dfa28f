"""Uppy in a browser, on a page of another origin than the service's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from conformance.checks import Check
from conformance.programs import HERE, answer_of, output_of, require_node_modules
from conformance.world import Skipped, World

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SHOTS = HERE / "screenshots"
TUS: dict[str, dict[str, Any]] = {
    "whole": {},
    "chunked": {"chunkSize": 1 << 20},
    "with the creation": {"uploadDataDuringCreation": True},
    "four parts at once": {"parallelUploads": 4},
    "ietf-draft-05": {"protocol": "ietf-draft-05"},
}
S3: dict[str, dict[str, Any]] = {"one PUT": {"shouldUseMultipart": False}, "parts": {"shouldUseMultipart": True}}


def checks() -> Iterator[Check]:
    for plugin, ways in {"tus": TUS, "aws-s3": S3}.items():
        for what, options in ways.items():
            yield Check(f"Uppy {plugin}", what, partial(_upload, plugin, what, options))


def _upload(plugin: str, what: str, options: dict[str, Any], world: World) -> None:
    require_node_modules()
    file = world.file("uppy.pdf", 40 << 20 if what == "parts" else 9_000_000)
    SHOTS.mkdir(exist_ok=True)
    answer = answer_of(
        "node", "uppy/drive.mjs", plugin, json.dumps(options), str(file), MW_URL=world.url, MW_KEY=world.key,
        PAGE_PORT=str(world.page_port), PAGE_FOLDER=str(_page(world.folder)), CHROMIUM=_browser(),
        SCREENSHOT=str(SHOTS / f"{world.storage} {plugin} {what}.png"),
    )  # fmt: skip
    world.require_same(answer.get("mediaId") or world.media_of(answer["uploadURL"]), file)


def _page(folder: Path) -> Path:
    """The page with its scripts in one file."""
    page = folder / "page"
    if not page.exists():
        page.mkdir()
        shutil.copy(HERE / "uppy" / "page.html", page)
        output_of("npx", "esbuild", "uppy/page.js", "--bundle", "--format=esm", f"--outfile={page / 'page.js'}")
    return page


def _browser() -> str:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise Skipped(f"no browser is installed: {', '.join(BROWSERS)}")
    return found
