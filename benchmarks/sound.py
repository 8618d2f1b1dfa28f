"""How soon the loudness of ten minutes is known, ten minutes are normalised, and an hour has its waveform."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import httpx

from benchmarks.processes import peak_growth
from benchmarks.recordings import encoded, repeated, seconds_of_job, uploaded
from benchmarks.report import Row
from mediaworks.testing.service import Service, running, wait_until

SCENE_SECONDS = 60
TEN_MINUTES = 600
HOUR = 3_600
PATIENCE = 600.0
ROOM = 32 << 20
ENCODERS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mp3": (".mp3", ("-c:a", "libmp3lame", "-b:a", "192k", "-write_xing", "0")),
    "aac": (".m4a", ("-c:a", "aac", "-b:a", "192k")),
}
NORMALISED: Sequence[Mapping[str, object]] = ({"type": "normalize", "target": -16},)
SPOKEN = "anoisesrc=c=pink:a=0.3:r=44100:d={seconds}:seed={seed},tremolo=f=0.3:d=0.9"


def run(folder: Path) -> Iterator[Row]:
    with running(Service(folder / "data")) as service, service.client() as client, peak_growth(service) as grown:
        for form, (suffix, options) in ENCODERS.items():
            scene = _scene(folder / f"scene{suffix}", *options)
            ten = uploaded(client, _lasting(scene, folder / f"ten{suffix}", TEN_MINUTES))
            loudness = _until_answered(client, ten, "loudness")
            yield Row(f"EBU R 128 of 10 minutes of {form}", f"{loudness:.1f} s", "≤5 s", loudness <= 5)
            normalised = seconds_of_job(client, ten, {"format": form}, NORMALISED)
            yield Row("… and brought to -16 LUFS", f"{normalised:.1f} s")
            hour = uploaded(client, _lasting(scene, folder / f"hour{suffix}", HOUR))
            waveform = _until_answered(client, hour, "waveform?format=dat")
            yield Row(f"waveform of an hour of {form}", f"{waveform:.1f} s", "≤10 s", waveform <= 10)
    shown = f"{grown[0] >> 20:+d} MiB at most"
    yield Row("… memory of the API process meanwhile", shown, f"≤+{ROOM >> 20} MiB", grown[0] <= ROOM)


def _scene(made: Path, *options: str) -> Path:
    """A minute of stereo that swells and fades, different on both sides."""
    sides = ";".join(f"{SPOKEN.format(seconds=SCENE_SECONDS, seed=seed)}[side{seed}]" for seed in (1, 2))
    return encoded(made, f"{sides};[side1][side2]join=inputs=2:channel_layout=stereo[out0]", *options)


def _lasting(scene: Path, made: Path, seconds: int) -> Path:
    return repeated(scene, made, seconds // SCENE_SECONDS)


def _until_answered(client: httpx.Client, media_id: str, question: str) -> float:
    """Seconds from the first question until the answer, as somebody asks again and again."""
    began = time.perf_counter()
    path = f"/api/v1/media/{media_id}/{question}"
    wait_until(lambda: client.get(path).raise_for_status().status_code == 200, PATIENCE)
    return time.perf_counter() - began
