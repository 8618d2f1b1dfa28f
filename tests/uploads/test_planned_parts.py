"""Partial tus uploads whose sender told the plan: joined without copying, on a disk and on S3."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from mediaworks.testing.service import Service, wait_until

TUS = {"Tus-Resumable": "1.0.0"}
MIB = 1 << 20
FILE = b"%PDF-1.7\n" + os.urandom(23 * MIB)


def test_the_whole_is_what_the_parts_are_and_nothing_was_copied(sender: httpx.Client) -> None:
    parts = [begin(sender, start, end) for start, end in ((0, 8 * MIB), (8 * MIB, 20 * MIB), (20 * MIB, len(FILE)))]
    with ThreadPoolExecutor(3) as threads:
        list(threads.map(lambda part: append(sender, part, 0), parts))
    media = sender.get(f"/api/v1/media/{join(sender, parts).headers['upload-media-id']}").json()
    assert media["sha256"] == hashlib.sha256(FILE).hexdigest()
    assert media["original_name"] == "whole.pdf"
    again = join(sender, parts)
    assert (again.status_code, again.headers["upload-media-id"]) == (201, media["id"])
    states = {upload["state"] for upload in sender.get("/api/v1/uploads").json()["items"]}
    assert states == {"joined", "done"}


def test_a_part_that_broke_off_goes_on_at_the_last_whole_piece(place: Service, sender: httpx.Client) -> None:
    part = begin(sender, 0, len(FILE))
    with place.client(sender.headers["x-api-key"]) as watcher:

        def broken() -> Iterator[bytes]:
            yield FILE[: 19 * MIB]
            wait_until(lambda: watcher.get(part["url"]).json()["offset"] > 0)
            raise ConnectionResetError

        with pytest.raises(ConnectionResetError):
            sender.patch(part["url"], headers=patch_headers(0), content=broken())
    offset = int(sender.head(part["url"], headers=TUS).headers["upload-offset"])
    assert 0 < offset <= 19 * MIB
    append(sender, part, offset)
    media = sender.get(f"/api/v1/media/{join(sender, [part]).headers['upload-media-id']}").json()
    assert media["sha256"] == hashlib.sha256(FILE).hexdigest()


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        ({"plan": "", "plan_offset": "0", "plan_length": "9"}, "plan"),
        ({"plan": "x", "plan_offset": "-1", "plan_length": "9"}, "plan_offset"),
        ({"plan": "x", "plan_offset": "0"}, "plan_length"),
        ({"plan": "x", "plan_offset": "5", "plan_length": "100"}, "plan_length"),
        ({"plan": "x", "plan_offset": "0", "plan_length": str(20 * MIB)}, "plan"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_and_named(client: httpx.Client, plan: dict[str, str], field: str) -> None:
    answer = create(client, plan, 100)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_parts_that_do_not_follow_each_other_are_no_whole(client: httpx.Client) -> None:
    first, last = begin(client, 0, 6 * MIB), begin(client, 12 * MIB, len(FILE))
    for part in (first, last):
        append(client, part, 0)
    refused = join(client, [first, last])
    assert (refused.status_code, refused.json()["code"]) == (409, "plan_broken")
    middle = begin(client, 6 * MIB, 12 * MIB)
    append(client, middle, 0)
    assert join(client, [first, middle, last]).status_code == 201


def test_two_users_may_have_plans_of_one_name(new_client: Callable[..., httpx.Client]) -> None:
    one, other = new_client(), new_client()
    mine, theirs = begin(one, 0, len(FILE)), begin(other, 0, len(FILE))
    append(one, mine, 0)
    assert join(one, [mine]).status_code == 201
    assert join(other, [theirs]).status_code == 409
    assert join(other, [mine]).status_code == 404


def begin(client: httpx.Client, start: int, end: int) -> dict[str, str]:
    plan = {"plan": "whole", "plan_offset": str(start), "plan_length": str(len(FILE))}
    answer = create(client, plan, end - start)
    assert answer.status_code == 201, answer.text
    return {"url": answer.headers["location"], "start": str(start), "end": str(end)}


def create(client: httpx.Client, plan: dict[str, str], length: int) -> httpx.Response:
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in plan.items())
    headers = TUS | {"Upload-Concat": "partial", "Upload-Length": str(length), "Upload-Metadata": metadata}
    return client.post("/api/v1/uploads", headers=headers)


def append(client: httpx.Client, part: dict[str, str], offset: int) -> None:
    content = FILE[int(part["start"]) + offset : int(part["end"])]
    answer = client.patch(part["url"], headers=patch_headers(offset), content=content)
    assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(offset + len(content))), answer.text


def patch_headers(offset: int) -> dict[str, str]:
    return TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}


def join(client: httpx.Client, parts: list[dict[str, str]]) -> httpx.Response:
    name = base64.b64encode(b"whole.pdf").decode()
    concat = "final;" + " ".join(part["url"] for part in parts)
    return client.post(
        "/api/v1/uploads", headers=TUS | {"Upload-Concat": concat, "Upload-Metadata": f"filename {name}"}
    )
