"""`mediaworks doctor`"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mediaworks.cli.output import AsJson, console, plain, print_json, print_table, wants_json
from mediaworks.cli.settings import server_and_key

if TYPE_CHECKING:
    from mediaworks.cli.examination import Finding

COLOURS = {"ok": "green", "warning": "yellow", "missing": "red"}


def doctor(
    data_dir: Annotated[Path | None, typer.Option(help="Data folder of the service.")] = None,
    server: Annotated[str | None, typer.Option(help="Address of the service (MEDIAWORKS_SERVER).")] = None,
    settings: Annotated[bool, typer.Option("--settings", help="List every setting with its default instead.")] = False,
    json: AsJson = False,
) -> None:
    """Examine this installation: programs and versions, sandbox walls, database, storage, free space, the service.

    Nothing needs to run. The exit code is 1 when something is missing that the service cannot do without.

    Example: mediaworks doctor --json
    """
    from mediaworks import settings as configuration
    from mediaworks.cli.examination import examine

    if settings:
        _print_settings(list(configuration.describe()), json)
        return
    findings = examine(configuration.load(data_dir=data_dir), server or server_and_key()[0])
    if wants_json(json):
        print_json({"findings": findings})
    else:
        _print(findings)
    if any(finding.state == "missing" for finding in findings):
        raise typer.Exit(1)


def _print(findings: list[Finding]) -> None:
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        state = f"[{COLOURS[finding.state]}]{finding.state:<7}[/]"
        console().print(f"{plain(finding.name.ljust(width))}  {state}  {plain(finding.detail)}", soft_wrap=True)


def _print_settings(rows: list[tuple[str, str, str]], json: bool) -> None:
    columns = ("variable", "type", "default")
    if wants_json(json):
        print_json({"settings": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        print_table(columns, rows, whole={"variable"})
