"""`mediaworks group limit`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import DataDir, Key, Server, answer_of, connected
from mediaworks.cli.limits import AllowType, MaxFileSize, Quota, Rate, Retention, UploadsAtOnce, policy_of
from mediaworks.cli.output import AsJson, console, plain, print_json, wants_json


def limit(
    group_id: Annotated[UUID, typer.Argument(help="Id of the group.")],
    max_file_size: MaxFileSize = None,
    allow_type: AllowType = None,
    quota: Quota = None,
    uploads_at_once: UploadsAtOnce = None,
    rate: Rate = None,
    retention: Retention = None,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Limit what the members of a group may upload, in place of the limits before; without options nothing limits them.

    Example: mediaworks group limit 0190… --max-file-size 2GiB
    """
    policy = policy_of(
        max_file_size=max_file_size, allow_type=allow_type, quota=quota, uploads_at_once=uploads_at_once, rate=rate,
        retention=retention,
    )  # fmt: skip
    with connected(server, key, data_dir) as client:
        made = answer_of(client.patch(f"/api/v1/groups/{group_id}", json={"policy": policy}))
    if wants_json(json):
        print_json(made)
    else:
        console().print(f"[green]✓[/] {plain(made['name'])}: {len(made['policy'])} limits")
