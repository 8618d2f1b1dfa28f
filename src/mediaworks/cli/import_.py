"""`mediaworks import`"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.media_lines import print_media
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, wants_json
from mediaworks.errors import SetupError


def import_(
    urls: Annotated[list[str], typer.Argument(help="Addresses: http, https or data.")],
    header: Annotated[
        list[str] | None, typer.Option(help='A header to ask with, as "Name: value"; may be given again.')
    ] = None,
    callback: Annotated[str | None, typer.Option(help="Address that hears of the end.")] = None,
    wait: Annotated[bool, typer.Option("--wait", help="Follow until the files are there.")] = False,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Let the service fetch files by their addresses; it goes on after broken transfers by itself.

    Example: mediaworks import https://example.org/film.mp4 --header "Authorization: Bearer …" --wait
    """
    from mediaworks.cli.importing import follow

    request = _request(urls, header, callback)
    with connected(service) as client:
        taken = answer_of(client.post("/api/v1/media/import", json=request))
        uploads = taken.get("items", [taken])
        items = follow(client, uploads) if wait else uploads
        address = str(client.base_url)
    if wants_json(json):
        print_json({"items": items})
    else:
        for item in items:
            print_media(item, address) if wait else console().print(
                f"{item['id']}  {plain(item['name'])}", soft_wrap=True
            )
    if any(item.get("error") for item in items):
        raise typer.Exit(1)


def _request(urls: list[str], headers: list[str] | None, callback: str | None) -> dict[str, Any]:
    request: dict[str, Any] = {"url": urls[0]} if len(urls) == 1 else {"urls": urls}
    if headers:
        request["headers"] = dict(map(_header, headers))
    if callback is not None:
        request["callback"] = callback
    return request


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise SetupError(f'--header: {text!r} is no header such as "Authorization: Bearer …"')
    return name.strip(), value.strip()
