"""`mediaworks doctor`"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mediaworks import settings as configuration
from mediaworks.cli.examination import Finding, examine
from mediaworks.cli.output import AsJson, console, print_json, wants_json

COLOURS = {"ok": "green", "warning": "yellow", "missing": "red"}


def doctor(
    data_dir: Annotated[Path | None, typer.Option(help="Data folder of the service.")] = None,
    settings: Annotated[bool, typer.Option("--settings", help="List every setting with its default instead.")] = False,
    json: AsJson = False,
) -> None:
    """Examine this installation: programs and versions, sandbox walls, database, storage, free space, the service.

    Example: mediaworks doctor --json
    """
    if settings:
        _print_settings(json)
        return
    findings = examine(configuration.load(data_dir=data_dir))
    if wants_json(json):
        print_json({"findings": findings})
    else:
        _print(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


def _print(findings: list[Finding]) -> None:
    from rich.table import Table

    table = Table("what", "state", "detail", box=None, header_style="bold")
    for finding in findings:
        table.add_row(finding.what, f"[{COLOURS[finding.state]}]{finding.state}[/]", finding.detail)
    console.print(table)


def _print_settings(json: bool) -> None:
    from rich.table import Table

    rows = list(configuration.describe())
    if wants_json(json):
        print_json({"settings": [{"variable": v, "type": t, "default": d} for v, t, d in rows]})
        return
    table = Table("variable", "type", "default", box=None, header_style="bold")
    for row in rows:
        table.add_row(*row)
    console.print(table)
