"""`mediaworks user limit`"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from mediaworks.cli.client import DataDir, Key, Server, connected
from mediaworks.cli.limits import (
    Allow,
    AllowType,
    MaxFileSize,
    Quota,
    Rate,
    Retention,
    UploadsAtOnce,
    policy_of,
    put_limits,
)
from mediaworks.cli.output import AsJson


def limit(
    user_id: Annotated[UUID, typer.Argument(help="Id of the user.")],
    max_file_size: MaxFileSize = None,
    allow_type: AllowType = None,
    quota: Quota = None,
    uploads_at_once: UploadsAtOnce = None,
    rate: Rate = None,
    retention: Retention = None,
    allow: Allow = None,
    server: Server = None,
    key: Key = None,
    data_dir: DataDir = None,
    json: AsJson = False,
) -> None:
    """Limit what a user may do, in place of the limits before; without options only the role's hold.

    Example: mediaworks user limit 0190… --allow requests=600/1m --allow bytes=10GiB/1d
    """
    policy = policy_of(
        max_file_size=max_file_size, allow_type=allow_type, quota=quota, uploads_at_once=uploads_at_once, rate=rate,
        retention=retention, allow=allow,
    )  # fmt: skip
    with connected(server, key, data_dir) as client:
        put_limits(client, f"/api/v1/users/{user_id}/policy", str(user_id), policy, json=json)
