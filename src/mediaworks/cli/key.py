"""`mediaworks key create|ls|revoke` and `mediaworks user create|ls`"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import typer

from mediaworks.cli.client import Key, Server, answer_of, connected
from mediaworks.cli.output import AsJson, console, print_json, wants_json
from mediaworks.errors import SetupError
from mediaworks.kit.quantities import Bytes, readable_size

keys = typer.Typer(help="API keys.", no_args_is_help=True)
users = typer.Typer(help="Users.", no_args_is_help=True)
_SPAN = re.compile(r"(\d+)([hdwy])")
_HOURS = {"h": 1, "d": 24, "w": 24 * 7, "y": 24 * 365}


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    user: Annotated[str | None, typer.Option(help="Id of the user it belongs to; yours without one.")] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="media:read, media:write, accounts; may be given again.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option(help="A span (12h, 30d, 8w, 1y) or a moment (2027-01-01T00:00:00Z).")
    ] = None,
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Make a key; it is shown this once.

    Example: mediaworks key create "upload bot" --scope media:write --expires 90d
    """
    request = {"name": name, "user_id": user, "scopes": scope, "expires_at": parse_expiry(expires)}
    with connected(server, key) as client:
        made = answer_of(client.post("/api/v1/keys", json=request))
    if wants_json(json):
        print_json(made)
    else:
        console.print(
            f"{made['key']}\n[dim]It is not shown again; its id is {made['id']}[/]", highlight=False, soft_wrap=True
        )


@keys.command("ls")
def list_keys(server: Server = None, key: Key = None, json: AsJson = False) -> None:
    """List keys: yours, or everybody's for an administrator.

    Example: mediaworks key ls
    """
    with connected(server, key) as client:
        found = answer_of(client.get("/api/v1/keys"))
    columns = ("id", "prefix", "name", "scopes", "expires_at", "revoked_at", "last_used_at")
    _show(found, columns, json)


@keys.command("revoke")
def revoke_key(
    key_id: Annotated[str, typer.Argument(help="Id of the key.")],
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """End a key at once.

    Example: mediaworks key revoke 0190…
    """
    with connected(server, key) as client:
        revoked = answer_of(client.delete(f"/api/v1/keys/{key_id}"))
    if wants_json(json):
        print_json(revoked)
    else:
        console.print(f"[green]✓[/] {revoked['name']} ({revoked['prefix']}…) opens nothing any more", highlight=False)


@users.command("create")
def create_user(
    name: Annotated[str, typer.Argument(help="A name that nobody has yet.")],
    role: Annotated[str, typer.Option(help="user or admin.")] = "user",
    quota: Annotated[str | None, typer.Option(help="How much the user may keep, such as 10GiB.")] = None,
    server: Server = None,
    key: Key = None,
    json: AsJson = False,
) -> None:
    """Make a user.

    Example: mediaworks user create ada --quota 10GiB
    """
    try:
        quota_bytes = Bytes.parse(quota) if quota else None
    except ValueError as error:
        raise SetupError(f"--quota: {error}") from error
    with connected(server, key) as client:
        made = answer_of(client.post("/api/v1/users", json={"name": name, "role": role, "quota_bytes": quota_bytes}))
    if wants_json(json):
        print_json(made)
    else:
        console.print(f"[green]✓[/] {made['name']}  {made['id']}", highlight=False)


@users.command("ls")
def list_users(server: Server = None, key: Key = None, json: AsJson = False) -> None:
    """List users.

    Example: mediaworks user ls
    """
    with connected(server, key) as client:
        found = answer_of(client.get("/api/v1/users"))
    _show(found, ("id", "name", "role", "used_bytes", "quota_bytes"), json)


def parse_expiry(text: str | None) -> str | None:
    """The moment that a span from now (`30d`) or an ISO 8601 text means. Raises SetupError."""
    if text is None:
        return None
    if match := _SPAN.fullmatch(text):
        return (datetime.now(UTC) + timedelta(hours=int(match[1]) * _HOURS[match[2]])).isoformat()
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SetupError(
            f"--expires: {text!r} is neither a span such as 30d nor a moment such as 2027-01-01"
        ) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _show(found: dict[str, Any], columns: tuple[str, ...], json: bool) -> None:
    from rich.table import Table

    if wants_json(json):
        print_json(found)
        return
    table = Table(box=None, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=column in {"id", "prefix"}, overflow="fold")
    for item in found["items"]:
        table.add_row(*(_cell(name, item[name]) for name in columns))
    console.print(table)


def _cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if name.endswith("_bytes"):
        return readable_size(value)
    if name.endswith("_at"):
        return str(value)[:16].replace("T", " ")
    return ", ".join(value) if isinstance(value, list) else str(value)
