"""A line for each media object that was made, or for what was refused."""

from __future__ import annotations

from typing import Any

from mediaworks.cli.output import console, errors, plain
from mediaworks.kit.quantities import readable_size


def print_media(result: dict[str, Any], address: str) -> None:
    """`result` is a media object or `{name, error}`; `address` is that of the service."""
    if "error" in result:
        errors().print(f"[bold red]refused[/] {plain(result['name'])}: {plain(result['error']['detail'])}")
        return
    what = f"{plain(result['original_name'])}  {result['id']}  {readable_size(result['size_bytes'])}  {result['kind']}"
    link = address.rstrip("/") + result["links"]["original"]
    console().print(f"[green]✓[/] {what}\n  [dim]{plain(link)}[/]", soft_wrap=True)
