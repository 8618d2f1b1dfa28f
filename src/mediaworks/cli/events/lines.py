"""Events as people read them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Types = Annotated[str | None, typer.Option(help="Only these, such as media.*,upload.failed.")]
Subject = Annotated[str | None, typer.Option(help="Only what this object is the subject of.")]
Everybody = Annotated[bool, typer.Option("--all", help="Of all users, for administrators and services.")]


def query_of(types: str | None, subject: str | None, everybody: bool) -> dict[str, str]:
    given = {"types": types, "subject": subject, "scope": "all" if everybody else None}
    return {field: value for field, value in given.items() if value is not None}


def row(event: dict[str, Any]) -> tuple[str, ...]:
    """When, what, about what, and the data in short."""
    told = ", ".join(f"{name}={value}" for name, value in event["data"].items())
    return event["occurred_at"][:19].replace("T", " "), event["type"], event["subject"], told
