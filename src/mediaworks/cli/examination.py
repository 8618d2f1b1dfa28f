"""What `doctor` looks at. It starts nothing that stays and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mediaworks.settings import Settings


State = Literal["ok", "warning", "missing"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`missing` is what the service cannot do without, `warning` what it can."""

    name: str
    state: State
    detail: str


def examine(settings: Settings, server: str | None) -> list[Finding]:
    """Every finding; `server` is where the service should answer, else where these settings would have it listen."""
    return list(_findings(settings, server or f"http://{_host(settings)}:{settings.port}"))


def _findings(settings: Settings, server: str) -> Iterator[Finding]:
    from mediaworks.cli import places, programs

    yield from programs.versions()
    yield from programs.dependencies()
    yield from programs.decoders(settings.processing)
    yield from programs.ffmpeg(settings.processing)
    yield programs.faces()
    yield programs.fonts(settings.processing)
    yield programs.embedded_postgres(needed=not settings.database.url)
    yield places.database(settings)
    yield from places.fingerprints(settings)
    yield from places.data_folder(settings.data_dir)
    yield places.segments(settings)
    yield from places.tokens(settings)
    yield places.service(server)


def _host(settings: Settings) -> str:
    """The address to call for one to listen on: every address of a machine is also its own."""
    own = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104
    return f"[{own}]" if ":" in own else own
