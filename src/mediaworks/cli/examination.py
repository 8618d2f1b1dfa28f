"""What `doctor` looks at. It starts nothing that stays and changes nothing."""

from __future__ import annotations

import asyncio
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal

from mediaworks import __version__
from mediaworks.kit.quantities import readable_size
from mediaworks.settings import Settings

LITTLE_SPACE = 1 << 30


@dataclass(frozen=True, slots=True)
class Finding:
    """`missing` is what the service cannot do without, `warning` what it can."""

    what: str
    state: Literal["ok", "warning", "missing"]
    detail: str


def examine(settings: Settings) -> list[Finding]:
    return [finding for look in _LOOKS for finding in look(settings)]


def _program(settings: Settings) -> Iterator[Finding]:
    yield Finding("mediaworks", "ok", __version__)
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def _dependencies(settings: Settings) -> Iterator[Finding]:
    for requirement in metadata.requires("mediaworks") or []:
        name = requirement.partition(";")[0].partition("[")[0].rstrip("0123456789.,<>=! ")
        try:
            yield Finding(name, "ok", metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding(name, "missing", f"install it: pip install {name}")


def _decoders(settings: Settings) -> Iterator[Finding]:
    from mediaworks.processing import Sandbox

    async def walls() -> tuple[dict[str, bool], dict[str, str]]:
        sandbox = Sandbox(settings.processing)
        await sandbox.start()
        try:
            return sandbox.walls(), sandbox.libraries()
        finally:
            await sandbox.close()

    try:
        standing, libraries = asyncio.run(walls())
    except OSError as error:
        yield Finding("decoders", "missing", str(error))
        return
    for name, version in libraries.items():
        yield Finding(name, "ok", version)
    for name, stands in standing.items():
        yield Finding(f"sandbox: {name}", "ok" if stands else "warning", "on" if stands else "this kernel refuses it")


def _database(settings: Settings) -> Iterator[Finding]:
    from mediaworks.db.embedded import address_if_running
    from mediaworks.db.migrate import revision_of
    from mediaworks.errors import SetupError

    url = settings.database.url or address_if_running(settings.data_dir / "postgres")
    if url is None:
        yield Finding("database", "ok", "embedded; it is started by `mediaworks serve`")
        return
    try:
        version, revision = revision_of(url)
    except SetupError as error:
        yield Finding("database", "missing", error.detail)
        return
    yield Finding("database", "ok", f"PostgreSQL {version}, revision {revision or 'none yet'}")


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    writable = os.access(existing, os.W_OK)
    yield Finding("data folder", "ok" if writable else "missing", f"{folder}{'' if writable else ' cannot be written'}")
    free = shutil.disk_usage(existing).free
    yield Finding("free space", "ok" if free > LITTLE_SPACE else "warning", readable_size(free))
    yield _socket_folder(folder)


def _socket_folder(folder: Path) -> Finding:
    """PostgreSQL's socket lies in the data folder unless the path is too long for one (107 bytes on Linux)."""
    fits = sys.platform != "linux" or len(os.fsencode(folder / "postgres" / ".s.PGSQL.5432")) <= 107
    detail = (
        "inside the data folder" if fits else "the path is too long: other users of this machine can reach PostgreSQL"
    )
    return Finding("database socket", "ok" if fits else "warning", detail)


def _service(settings: Settings) -> Iterator[Finding]:
    import httpx

    address = f"http://{settings.host}:{settings.port}"
    try:
        answer = httpx.get(f"{address}/health/ready", timeout=5, trust_env=False)
    except httpx.TransportError:
        yield Finding("service", "warning", f"nothing answers at {address}")
        return
    checks = ", ".join(f"{name}: {state}" for name, state in answer.json().get("checks", {}).items())
    yield Finding("service", "ok" if answer.is_success else "warning", f"{address} answers ({checks})")


_LOOKS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _program, _dependencies, _decoders, _database, _folder, _service,
)  # fmt: skip
