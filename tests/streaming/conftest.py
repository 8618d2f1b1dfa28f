from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

Uploaded = Callable[[httpx.Client, Path], str]


@pytest.fixture(scope="session")
def uploaded() -> Uploaded:
    """Uploads a file and returns the id of what it became."""

    def upload(client: httpx.Client, file: Path) -> str:
        answer = client.post("/api/v1/media/upload", files={"file": (file.name, file.read_bytes())})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    return upload
