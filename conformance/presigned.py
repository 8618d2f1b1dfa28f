"""The presigned contract as a Python program speaks it (requests), looked at from the storage's side with boto3."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import requests
from botocore.config import Config

from conformance.checks import Check
from conformance.world import Skipped, World

LARGE = 40 << 20


def checks() -> Iterator[Check]:
    yield Check("requests", "presigned PUT", _single)
    yield Check("requests", "presigned PUT with a checksum", _with_checksum)
    yield Check("requests", "presigned parts, the last one first", _parts)
    yield Check("boto3", "the parts that the bucket lists are confirmed", _as_the_bucket_sees_it)
    yield Check("requests", "another file than was announced is refused", _swapped)


def _single(world: World) -> None:
    file = world.file("requests.pdf")
    _confirm_same(world, _put(world, file), file)


def _with_checksum(world: World) -> None:
    file = world.file("checksum.pdf")
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    _confirm_same(world, _put(world, file, checksum=checksum), file)


def _parts(world: World) -> None:
    file = world.file("parts.pdf", LARGE)
    slot = _presign(world, file, multipart=True)
    _confirm_same(world, slot, file, parts=_send_parts(world, slot, file.read_bytes()))


def _send_parts(world: World, slot: dict[str, Any], content: bytes) -> list[dict[str, Any]]:
    """The numbers and tags of all parts, which are sent from the last to the first."""
    size, numbers = slot["partSize"], list(range(1, slot["totalParts"] + 1))
    signed = world.ask("POST", f"/api/v1/media/presign/{slot['id']}/parts", json={"partNumbers": numbers})["parts"]
    made = []
    for part in reversed(signed):
        number = part["partNumber"]
        body = content[(number - 1) * size : number * size]
        made.append({"partNumber": number, "etag": _send(part["url"], part["headers"], body).headers["ETag"]})
    return made


def _as_the_bucket_sees_it(world: World) -> None:
    """The parts go in by presigned addresses; what boto3 lists of them is what is confirmed."""
    if world.storage != "s3":
        raise Skipped("a folder is no bucket")
    address = urlsplit(world.service.settings["MEDIAWORKS_STORAGE_URL"])
    s3 = boto3.client(
        "s3", endpoint_url=parse_qs(address.query)["endpoint"][0], config=Config(s3={"addressing_style": "path"}),
        region_name=world.service.settings["AWS_REGION"],
        aws_access_key_id=world.service.settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=world.service.settings["AWS_SECRET_ACCESS_KEY"],
    )  # fmt: skip
    file = world.file("boto3.pdf", LARGE)
    slot = _presign(world, file, multipart=True)
    _send_parts(world, slot, file.read_bytes())
    (begun,) = [
        one for one in s3.list_multipart_uploads(Bucket=address.netloc)["Uploads"] if one["Key"].endswith(slot["id"])
    ]
    listed = s3.list_parts(Bucket=address.netloc, Key=begun["Key"], UploadId=begun["UploadId"])["Parts"]
    assert sum(part["Size"] for part in listed) == LARGE
    _confirm_same(
        world, slot, file, parts=[{"partNumber": part["PartNumber"], "etag": part["ETag"]} for part in listed]
    )


def _swapped(world: World) -> None:
    file, other = world.file("announced.pdf"), world.file("other.pdf")
    checksum = hashlib.sha256(file.read_bytes()).hexdigest()
    slot = _presign(world, file, checksum=checksum)
    put = requests.put(slot["uploadUrl"], data=other.read_bytes(), headers=slot["headers"], timeout=60)
    confirmed = requests.post(
        f"{world.url}/api/v1/media/presign/{slot['id']}/confirm", headers=world.headers, timeout=60
    )
    assert not put.ok or confirmed.status_code in {409, 422}, f"{put.status_code}, then {confirmed.status_code}"


def _put(world: World, file: Path, **wishes: Any) -> dict[str, Any]:
    slot = _presign(world, file, **wishes)
    _send(slot["uploadUrl"], slot["headers"], file.read_bytes())
    return slot


def _presign(world: World, file: Path, **wishes: Any) -> dict[str, Any]:
    wish = {"filename": file.name, "fileType": "application/pdf", "sizeBytes": file.stat().st_size, **wishes}
    slot: dict[str, Any] = world.ask("POST", "/api/v1/media/presign", json=wish)
    return slot


def _send(url: str, headers: dict[str, str], body: bytes) -> requests.Response:
    answer = requests.put(url, data=body, headers=headers, timeout=60)
    assert answer.ok, f"PUT: {answer.status_code} {answer.text[:300]}"
    return answer


def _confirm_same(world: World, slot: dict[str, Any], file: Path, **words: Any) -> None:
    confirmed = world.ask("POST", f"/api/v1/media/presign/{slot['id']}/confirm", json=words or None)
    world.require_same(confirmed["id"], file)
