"""`mediaworks events tail`"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mediaworks.cli.client import Unreachable, connected
from mediaworks.cli.events.following import Feed
from mediaworks.cli.events.lines import Everybody, Subject, Types, query_of, row
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, errors, plain, print_json, wants_json

if TYPE_CHECKING:
    import httpx

SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 15.0


def tail(
    types: Types = None,
    subject: Subject = None,
    everybody: Everybody = False,
    since: Annotated[str | None, typer.Option(help="Id of an event: begin after it instead of now.")] = None,
    *,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Show what happens as it happens, until Ctrl-C. After a broken line it goes on where it was, without a gap.

    Example: mediaworks events tail --types media.* --all
    """
    feed = Feed(query_of(types, subject, everybody), since)
    as_json = wants_json(json)
    with suppress(KeyboardInterrupt), connected(service) as client:
        _follow(client, feed, as_json)


def _follow(client: httpx.Client, feed: Feed, as_json: bool) -> None:
    pause = SHORTEST_PAUSE
    while True:
        try:
            for event in feed.read(client):
                _print(event, as_json)
                pause = SHORTEST_PAUSE
        except Unreachable as broken:
            if not feed.met:
                raise
            errors().print(f"[dim]{plain(broken.detail)}; again in {pause:g} s[/]", soft_wrap=True)
        time.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


def _print(event: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(event)
    else:
        at, kind, subject, told = map(plain, row(event))
        console().print(f"[dim]{at}[/] [bold]{kind}[/] {subject} [dim]{told}[/]", soft_wrap=True)
