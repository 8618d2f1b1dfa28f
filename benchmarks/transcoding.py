"""How fast videos are transcoded by the process API, one file and a ladder of four from one decode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.processes import peak_growth
from benchmarks.recordings import encoded, repeated, seconds_of_job, uploaded
from benchmarks.report import Row
from mediaworks.testing.service import Service, running

SCENE_SECONDS = 10
SECONDS = 60
ROOM = 32 << 20
MOVIE: Mapping[str, Any] = {"format": "mp4", "codec": "h264", "crf": 23, "speed": "fast"}
LADDER = (1080, 720, 480, 360)
OUTPUTS: Mapping[str, tuple[Mapping[str, Any], float]] = {
    "transcode to H.264": (MOVIE, 1.0),
    "ladder of four from one decode": (
        {"format": "renditions", "renditions": [{"height": height, "output": MOVIE} for height in LADDER]},
        0.9,
    ),
}


def run(folder: Path) -> Iterator[Row]:
    film = repeated(_scene(folder), folder / "film.mp4", SECONDS // SCENE_SECONDS)
    with running(Service(folder / "data")) as service, service.client() as client:
        media_id = uploaded(client, film)
        with peak_growth(service) as grown:
            for name, (output, aim) in OUTPUTS.items():
                speed = SECONDS / seconds_of_job(client, media_id, output)
                yield Row(f"1080p30, {SECONDS} s: {name}", f"{speed:.2f}× real time", f"≥{aim}×", speed >= aim)
        shown = f"{grown[0] >> 20:+d} MiB at most"
        yield Row("… memory of the API process meanwhile", shown, f"≤+{ROOM >> 20} MiB", grown[0] <= ROOM)


def _scene(folder: Path) -> Path:
    """1080p30 in which much moves, with noise over it; what is longer repeats it."""
    return encoded(
        folder / "scene.mp4",
        f"testsrc2=size=1920x1080:rate=30:duration={SCENE_SECONDS},noise=alls=12:allf=t[out0];"
        f"sine=frequency=440:sample_rate=48000:duration={SCENE_SECONDS}[out1]",
        "-c:v", "libx264", "-preset", "veryfast", "-b:v", "12M", "-g", "60", "-pix_fmt", "yuv420p", "-c:a", "aac",
    )  # fmt: skip
