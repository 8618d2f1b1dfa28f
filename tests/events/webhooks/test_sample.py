"""The receiver of the documentation."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import httpx

from mediaworks.testing.service import Service, free_port, wait_until

PAGE = Path(__file__).parents[3] / "docs" / "webhooks.md"


def test_the_receiver_of_the_page_takes_what_is_signed_and_nothing_else(
    hooked: Service, user: httpx.Client, tmp_path: Path
) -> None:
    sample = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert sample is not None
    address = f"http://127.0.0.1:{(port := free_port())}/"
    made = user.post("/api/v1/webhooks", json={"url": address, "events": ["media.*"]}).json()
    environment = hooked.environment() | {"WEBHOOK_SECRET": made["secret"], "PORT": str(port)}
    command = [sys.executable, "-c", sample[1]]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as receiver:
        assert receiver.stdout is not None
        try:
            wait_until(lambda: user.post(f"/api/v1/webhooks/{made['id']}/test").json()["delivered"])
            assert receiver.stdout.readline().split()[:2] == [b"webhook.test", made["id"].encode()]
            assert httpx.post(address, json={"type": "webhook.test"}).status_code == 401
        finally:
            receiver.terminate()
