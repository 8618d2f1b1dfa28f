"""`mediaworks share link`"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urljoin
from uuid import UUID

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.key.expiry import parse_expiry
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome, readable

STDIN = "-"


def link(
    media_id: Annotated[UUID, typer.Argument(help="Id of the media object.")],
    password: Annotated[
        str | None, typer.Option(help="It opens with this alone; - asks for it, or reads a line of standard input.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="A span (12h, 30d, 8w, 1y) or a moment (2027-01-01T00:00:00Z).")
    ] = None,
    max_downloads: Annotated[int | None, typer.Option(min=1, help="How often the file may be fetched.")] = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Make a link that anybody may open; it is shown this once.

    Example: mediaworks share link 0190… --expires 7d --password - --max-downloads 5
    """
    request = {
        "password": _said() if password == STDIN else password and readable(password),
        "expires_at": expires and parse_expiry(expires, now=datetime.now(UTC)).isoformat(),
        "max_downloads": max_downloads,
    }
    with connected(service) as client:
        made = answer_of(client.post(f"/api/v1/media/{media_id}/links", json=request))
        made["url"] = urljoin(str(client.base_url), made["url"])
    print_outcome(made, f"{plain(made['url'])}\n[dim]It is not shown again; its id is {made['id']}[/]", json=json)


def _said() -> str:
    """The password, without any shell remembering it."""
    if not sys.stdin.isatty():
        return readable(sys.stdin.readline().rstrip("\r\n"))
    return readable(typer.prompt("Password", hide_input=True, err=True))
