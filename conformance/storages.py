"""Where the service may keep blobs, each as the settings that it needs while the block runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from conformance.world import Skipped

Storage = Callable[[Path], AbstractContextManager[Mapping[str, str]]]


@contextmanager
def _local(_folder: Path) -> Iterator[Mapping[str, str]]:
    yield {}


@contextmanager
def _s3(folder: Path) -> Iterator[Mapping[str, str]]:
    """A bucket that pages of any origin may write to. Raises Skipped where no S3 server can be started."""
    try:
        from mediaworks.testing.s3server import S3Server
    except ImportError as error:
        raise Skipped(f"{error.name} is not installed") from error
    server = S3Server(folder / "s3")
    if not server.python.exists():
        raise Skipped(f"{server.python.parents[1].name} is missing: make {server.python.parents[1].name}/.installed")
    try:
        yield {"MEDIAWORKS_STORAGE_URL": server.start().new_url(), **server.environment}
    finally:
        server.stop()


STORAGES: Mapping[str, Storage] = {"local": _local, "s3": _s3}
