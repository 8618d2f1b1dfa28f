"""What several of these commands take."""

from __future__ import annotations

from typing import Annotated

import typer

PATH = "/api/v1/presets"

Name = Annotated[str, typer.Argument(help="Name of the preset.")]
ForAll = Annotated[bool, typer.Option("--for-all", help="The installation's, for everybody; for administrators.")]


def scope_of(*, for_all: bool) -> dict[str, str]:
    """The query that says whose preset is meant."""
    return {"scope": "installation" if for_all else "own"}
