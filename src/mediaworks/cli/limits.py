"""Limits on uploads as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import answer_of
from mediaworks.cli.output import plain, print_outcome
from mediaworks.errors import SetupError
from mediaworks.kit.quantities import Bytes

if TYPE_CHECKING:
    import httpx

_SPAN = re.compile(r"(\d{1,6})([hdwy])", re.ASCII)
_ALLOWANCE = re.compile(r"(requests|bytes|megapixel_seconds|video_seconds)=([^/]+)/(\d{1,6})([smhd])", re.ASCII)
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DAYS = {"h": 1 / 24, "d": 1, "w": 7, "y": 365}


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """What may be uploaded and kept."""

    max_file_size: Annotated[str | None, typer.Option(help="The largest file, such as 5GiB.")] = None
    allow_type: Annotated[
        list[str] | None, typer.Option(help="A type that may be sent, such as image/png; again for more.")
    ] = None
    quota: Annotated[str | None, typer.Option(help="All that the owner may keep, such as 10GiB.")] = None
    uploads_at_once: Annotated[int | None, typer.Option(help="How many uploads may be unfinished.")] = None
    rate: Annotated[str | None, typer.Option(help="Bytes in a second, such as 10MiB.")] = None
    retention: Annotated[
        str | None, typer.Option(help="Delete what was uploaded after this span (12h, 30d, 8w, 1y).")
    ] = None

    def policy(self) -> dict[str, Any]:
        """As the service takes it; what was not given does not limit. Raises SetupError that names the option."""
        policy = {
            "max_file_size": _bytes("--max-file-size", self.max_file_size),
            "allowed_types": self.allow_type or None,
            "quota_bytes": _bytes("--quota", self.quota),
            "uploads_at_once": self.uploads_at_once,
            "bytes_per_second": _bytes("--rate", self.rate),
            "retention_days": _days(self.retention),
        }
        return {name: limit for name, limit in policy.items() if limit is not None}


@dataclass(frozen=True, slots=True)
class Limits(UploadLimits):
    """These, and what may be used in a span of time."""

    allow: Annotated[
        list[str] | None,
        typer.Option(
            help="What may be used in a span: requests=600/1m, bytes=10GiB/1d, megapixel_seconds=500/1h, "
            "video_seconds=3600/1d; again for more.",
        ),
    ] = None

    def policy(self) -> dict[str, Any]:
        return UploadLimits.policy(self) | dict(map(_allowance, self.allow or ()))


def put_limits(client: httpx.Client, path: str, whose: str, policy: dict[str, Any], *, json: bool) -> None:
    """Have the policy at `path` be this one, and say so."""
    made = answer_of(client.put(path, json=policy))
    print_outcome(made, f"[green]✓[/] {plain(whose)}: {len(made)} limits", json=json)


def _bytes(option: str, text: str | None) -> int | None:
    try:
        return None if text is None else int(Bytes.parse(text))
    except ValueError as error:
        raise SetupError(f"{option}: {error}") from error


def _allowance(text: str) -> tuple[str, dict[str, int | None]]:
    found = _ALLOWANCE.fullmatch(text)
    if found is None or not (found[1] == "bytes" or found[2].isdecimal()):
        raise SetupError(f"--allow: {text!r} is no allowance such as requests=600/1m or bytes=10GiB/1d")
    return found[1], {"amount": _bytes("--allow", found[2]), "seconds": int(found[3]) * _SECONDS[found[4]]}


def _days(text: str | None) -> float | None:
    if text is None:
        return None
    if not (span := _SPAN.fullmatch(text)):
        raise SetupError(f"--retention: {text!r} is not a span such as 12h, 30d, 8w or 1y")
    return int(span[1]) * _DAYS[span[2]]
