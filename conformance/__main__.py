"""`make conformance`: every client against the service on a local disk, and on S3 where an S3 server can be started.

Ends with 1 when a client fails. `python -m conformance WORD…` runs only the checks whose client or name has a WORD.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance import curl, presigned, tus_js, tuspy, uppy
from conformance.checks import Check, Outcome, run_all
from conformance.storages import STORAGES
from conformance.world import Skipped, World
from mediaworks.testing.service import Service, free_port, running

COLOURS = {"passed": "green", "skipped": "yellow", "FAILED": "bold red"}


def main() -> int:
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
    checks = [check for check in _every_check() if _is_wanted(check)]
    outcomes: list[Outcome] = []
    for storage in STORAGES:
        for outcome in _on(storage, checks):
            outcomes.append(outcome)
            print(f"{outcome.state:8}{outcome.storage:6}{outcome.client}: {outcome.what}  {outcome.words}", flush=True)
    _print(outcomes)
    return int(any(outcome.state == "FAILED" for outcome in outcomes))


def _every_check() -> Iterator[Check]:
    for client in (curl, tuspy, presigned, tus_js, uppy):
        yield from client.checks()


def _is_wanted(check: Check) -> bool:
    words = sys.argv[1:]
    return not words or any(word.lower() in f"{check.client} {check.what}".lower() for word in words)


def _on(storage: str, checks: list[Check]) -> Iterator[Outcome]:
    with tempfile.TemporaryDirectory(prefix="mw-conformance-") as name, ExitStack() as stack:
        folder, port = Path(name), free_port()
        files = folder / "files"
        files.mkdir()
        origin = {"MEDIAWORKS_CORS_ORIGINS": f"http://127.0.0.1:{port}"}
        try:
            settings = stack.enter_context(STORAGES[storage](folder))
        except Skipped as reason:
            yield Outcome("(all)", "(all)", storage, "skipped", 0, str(reason))
            return
        service = stack.enter_context(running(Service(folder / "data", settings={**origin, **settings})))
        yield from run_all(World(service, storage, files, port), checks)


def _print(outcomes: list[Outcome]) -> None:
    table = Table(box=None, header_style="bold")
    for column in ("client", "what", "storage", "", "seconds", ""):
        table.add_column(column, justify="right" if column == "seconds" else "left", overflow="fold")
    for one in outcomes:
        state = Text(one.state, style=COLOURS[one.state])
        table.add_row(one.client, one.what, one.storage, state, f"{one.seconds:.1f}", Text(one.words))
    Console(width=140).print(table)


sys.exit(main())
