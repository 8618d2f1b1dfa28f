"""`mediaworks jobs …` against a real service."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import pytest

from mediaworks.testing import media
from mediaworks.testing.service import wait_until

if TYPE_CHECKING:
    from tests.cli.conftest import Shell

WISH = {"filename": "a.pdf", "fileType": "application/pdf"}


@pytest.fixture
def understanding(client: httpx.Client) -> Callable[[bytes], str]:
    """The job that understands a file, over."""

    def job(content: bytes) -> str:
        media_id = client.post("/api/v1/media/upload", files={"file": ("a.jpg", content)}).json()["id"]
        (found,) = client.get("/api/v1/jobs", params={"subject": media_id}).json()["items"]
        wait_until(lambda: client.get(f"/api/v1/jobs/{found['id']}").json()["finished_at"])
        return str(found["id"])

    return job


@pytest.fixture
def waiting(client: httpx.Client) -> str:
    """A job that runs and does nothing: of uploads that nobody sends."""
    return str(client.post("/api/v1/media/presign/batch", json={"items": [WISH, WISH]}).json()["batch_id"])


def test_jobs_are_listed_and_shown(shell: Shell, understanding: Callable[[bytes], str]) -> None:
    job_id = understanding(media.image())
    listed = shell.call("jobs", "ls", "--state", "succeeded", "--task", "media.understand").json["items"]
    assert [job["id"] for job in listed] == [job_id]
    assert shell.call("jobs", "ls", "--state", "failed").json["items"] == []
    assert shell.call("jobs", "show", job_id).json["state"] == "succeeded"
    for command in (("ls",), ("show", job_id)):
        shown = shell.on_terminal("jobs", *command).text
        assert job_id in shown
        assert "media.understand" in shown


def test_a_watched_job_tells_by_its_exit_code_how_it_ended(
    shell: Shell, understanding: Callable[[bytes], str], waiting: str, client: httpx.Client
) -> None:
    good = shell.call("jobs", "watch", understanding(media.image()))
    bad = shell.call("jobs", "watch", understanding(media.image()[:300]))
    client.post(f"/api/v1/jobs/{waiting}/cancel")
    cancelled = shell.call("jobs", "watch", waiting)
    assert [done.code for done in (good, bad, cancelled)] == [0, 1, 3], bad.err
    assert good.json["state"] == "succeeded"
    batch = client.post("/api/v1/media/batch", json={"action": "delete", "ids": ["nonsense"]}).json()
    assert shell.call("jobs", "watch", batch["id"]).code == 1


def test_a_job_is_watched_while_it_runs(shell: Shell, waiting: str, client: httpx.Client) -> None:
    watching = shell.start("jobs", "watch", waiting)
    uploads: list[dict[str, Any]] = client.get("/api/v1/uploads", params={"batch": waiting}).json()["items"]
    for upload in uploads:
        assert watching.poll() is None
        client.delete(f"/api/v1/uploads/{upload['id']}")
    assert watching.wait(20) == 1
    assert watching.stdout is not None
    assert b'"failed":2' in watching.stdout.read()


def test_the_items_of_a_batch_are_shown(shell: Shell, waiting: str) -> None:
    assert [item["state"] for item in shell.call("jobs", "show", waiting, "--items").json["outcomes"]] == [
        "waiting"
    ] * 2
    assert "waiting" in shell.on_terminal("jobs", "show", waiting, "--items").text


def test_jobs_are_cancelled_and_run_again(shell: Shell, waiting: str, understanding: Callable[[bytes], str]) -> None:
    assert shell.call("jobs", "cancel", waiting).json["items"] == [{"id": waiting, "status": "cancelled"}]
    refused = shell.call("jobs", "cancel", waiting, str(uuid4()))
    assert refused.code == 1
    assert b"job_finished" in refused.out
    assert b"job_not_found" in refused.out
    failed = understanding(media.image()[:300])
    assert shell.call("jobs", "retry", failed).json["items"] == [{"id": failed, "status": "queued"}]
