"""tuspy, the client of Python programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from tusclient.client import TusClient
from tusclient.storage.filestorage import FileStorage
from tusclient.uploader import Uploader

from conformance.checks import Check
from conformance.world import World

MIB = 1 << 20


def checks() -> Iterator[Check]:
    ways: dict[str, Callable[[TusClient, Path], Uploader]] = {
        "whole": lambda client, file: _sent(client, file),
        "chunked": lambda client, file: _sent(client, file, chunk_size=MIB),
        "chunked, each with its SHA-1": lambda client, file: _sent(client, file, chunk_size=MIB, upload_checksum=True),
        "resumed from its storage": _resumed,
    }
    for what, way in ways.items():
        yield Check("tuspy", what, partial(_upload, way))


def _upload(way: Callable[[TusClient, Path], Uploader], world: World) -> None:
    file = world.file("tuspy.pdf")
    uploader = way(TusClient(f"{world.url}/api/v1/uploads", headers=world.headers), file)
    world.require_same(world.media_of(str(uploader.url)), file)


def _sent(client: TusClient, file: Path, **options: Any) -> Uploader:
    uploader = client.uploader(str(file), metadata={"filename": file.name}, **options)
    uploader.upload()
    return uploader


def _resumed(client: TusClient, file: Path) -> Uploader:
    storage = FileStorage(str(file.with_suffix(".json")))
    options = {"store_url": True, "url_storage": storage, "chunk_size": MIB, "metadata": {"filename": file.name}}
    client.uploader(str(file), **options).upload(stop_at=3 * MIB)
    second = client.uploader(str(file), **options)
    assert second.offset == 3 * MIB, f"it goes on at {second.offset}"
    second.upload()
    return second
