"""Who has used up the seconds of video goes on seeing what is made, and nothing else."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import httpx
from tests.processing.video.filming import filmed

from mediaworks.testing import media
from mediaworks.testing.service import Service, wait_until

HOUR = 3600
ENCODED = ("-c:v", "mpeg4")  # what is not played as it is


def test_what_is_made_plays_on_when_the_owner_has_no_seconds_left(service: Service, client: httpx.Client) -> None:
    film = sent(client, filmed(seconds=24, codec=ENCODED))
    wait_until(
        lambda: client.get("/api/v1/jobs", params={"task": "streaming.prepare", "state": "succeeded"}).json()["items"]
    )
    with service.client() as admin:
        limited = {"video_seconds": {"amount": 2, "seconds": HOUR}}
        assert admin.put(f"/api/v1/users/{client.headers['x-test-user']}/policy", json=limited).status_code == 200
    sent(client, filmed(seconds=8, size="64x64", codec=ENCODED))
    wait_until(lambda: upload(client, media.PDF + uuid4().bytes, "a.pdf").status_code == 429)
    assert client.get(f"/api/v1/stream/{film}/hls/64p/0.m4s").status_code == 200
    refused = client.get(f"/api/v1/stream/{film}/hls/64p/11.m4s")
    problem: dict[str, Any] = refused.json()
    assert (refused.status_code, problem["code"], problem["limit"]) == (429, "rate_limited", 2)
    assert problem["policy"].endswith("video-seconds")
    assert int(refused.headers["retry-after"]) == problem["retry_after"] >= 1


def upload(client: httpx.Client, content: bytes, name: str) -> httpx.Response:
    return client.post("/api/v1/media/upload", files={"file": (name, content)})


def sent(client: httpx.Client, content: bytes) -> str:
    answer = upload(client, content, "film.mp4")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
