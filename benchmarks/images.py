"""A 512×512 picture cut from a photo, again and again: ours from the original and from a master, and sharp behind express."""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pyvips

from benchmarks.processes import node_peer
from benchmarks.report import Row
from mediaworks.testing import media
from mediaworks.testing.service import Service, running, wait_until

ROUNDS = 3
SECONDS = 4
QUALITY = {"jpeg": 80, "webp": 75}
PHOTO = Path(__file__).parents[2] / "shared" / "corpus" / "images" / "2569067123_aca715a2ee_o.jpg"
AIMS = {("original", 6): 1.0, ("original", 24): 1.0, ("master", 6): 1.4, ("master", 24): 2.5}


def run(folder: Path) -> Iterator[Row]:
    if not shutil.which("wrk"):
        yield Row("512×512 from a photo", "wrk is not installed")
        return
    photos = {6: _photo(), 24: _enlarged(_photo(), 6000, 4000)}
    with node_peer(folder, "express_upload.mjs") as peer:
        for source, masters in (("original", "off"), ("master", "1024")):
            with running(Service(folder / source, settings={"MEDIAWORKS_MEDIA_MASTERS": masters})) as service:
                for megapixels, content in photos.items():
                    for form in QUALITY:
                        yield _compared(folder, service, peer, source, megapixels, content, form)


def _compared(
    folder: Path, service: Service, peer: str | None, source: str, megapixels: int, content: bytes, form: str
) -> Row:
    ours = _ours(folder, service, content, form)
    theirs = _theirs(peer, content, form) if peer else None
    own, foreign = [], []
    for _ in range(ROUNDS):
        own.append(ours())
        if theirs:
            foreign.append(theirs())
    what = f"512×512 {form} from the {source} of a {megapixels} MP photo"
    mine = statistics.median(own)
    if not foreign:
        return Row(what, f"{mine:.0f}/s; the peer is not at hand")
    ratio, aim = mine / statistics.median(foreign), AIMS[source, megapixels]
    shown = f"{mine:.0f}/s, express + sharp {statistics.median(foreign):.0f}/s: {ratio:.2f}×"
    return Row(what, shown, f"≥{aim}× express + sharp", ratio >= aim)


def _ours(folder: Path, service: Service, content: bytes, form: str) -> Callable[[], float]:
    with service.client() as client:
        media_id = client.post("/api/v1/media/upload", files={"file": ("a.jpg", content)}).json()["id"]
        wait_until(lambda: client.get(f"/api/v1/media/{media_id}").json()["processing_status"] == "ready", 60)
        recipe = {
            "operations": [{"type": "resize", "width": 512, "height": 512}],
            "output": {"format": form, "quality": QUALITY[form]},
            "mode": "sync",
        }
        answer = client.post(f"/api/v1/process/{media_id}", json=recipe)
        answer.raise_for_status()
        assert pyvips.Image.new_from_buffer(answer.content, "").width == 512
    script = folder / f"{form}.lua"
    script.write_text(
        'wrk.method = "POST"\n'
        f"wrk.body = {json.dumps(json.dumps(recipe))}\n"
        'wrk.headers["Content-Type"] = "application/json"\n'
        f'wrk.headers["X-API-Key"] = "{service.admin_key}"\n'
    )
    return lambda: _rate("-s", str(script), f"{service.url}/api/v1/process/{media_id}")


def _theirs(peer: str, content: bytes, form: str) -> Callable[[], float]:
    answer = httpx.post(f"{peer}/media/upload", files={"file": ("a.jpg", content, "image/jpeg")}, timeout=30)
    query = f"w=512&h=512&f={form}&q={QUALITY[form]}"
    return lambda: _rate(f"{peer}/thumb/{answer.json()['id']}?{query}")


def _rate(*arguments: str) -> float:
    command = ["wrk", "-t1", "-c2", f"-d{SECONDS}", *arguments]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "Non-2xx" not in output, output
    match = re.search(r"Requests/sec:\s+([\d.]+)", output)
    assert match is not None
    return float(match[1])


def _photo() -> bytes:
    return PHOTO.read_bytes() if PHOTO.exists() else media.photo(2725, 2225)


def _enlarged(photo: bytes, width: int, height: int) -> bytes:
    image = pyvips.Image.thumbnail_buffer(photo, width, height=height, size="force")
    return bytes(image.jpegsave_buffer(Q=92))
