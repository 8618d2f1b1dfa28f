"""The `mediaworks` command. Exit codes: 0 done, 1 the service refused, 2 wrong use or a set-up that cannot work."""

from __future__ import annotations

import sys

from mediaworks.cli import (
    doctor,
    duplicates,
    get,
    import_,
    ls,
    migrate,
    operations,
    plugins,
    process,
    restore,
    rm,
    serve,
    signing_key,
    similar,
    upload,
    version,
    worker,
)
from mediaworks.cli.audit import audit
from mediaworks.cli.events import events
from mediaworks.cli.group import groups
from mediaworks.cli.jobs import jobs
from mediaworks.cli.key import keys
from mediaworks.cli.options import Commands
from mediaworks.cli.output import print_error
from mediaworks.cli.policy import policies
from mediaworks.cli.preset import presets
from mediaworks.cli.share import shares
from mediaworks.cli.storage import storage
from mediaworks.cli.uploads import uploads
from mediaworks.cli.user import users
from mediaworks.cli.webhooks import webhooks
from mediaworks.errors import MediaworksError, SetupError

app = Commands(
    "A self-hosted media service.", name="mediaworks", add_completion=False, rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)  # fmt: skip

COMMANDS = (
    serve.serve, worker.worker, upload.upload, ls.ls, get.get, rm.rm, restore.restore,
    process.process, operations.operations,
    similar.similar, duplicates.duplicates,
    doctor.doctor, migrate.migrate, plugins.plugins, version.version,
)  # fmt: skip

for command in COMMANDS:
    app.command()(command)
app.command("import")(import_.import_)
app.add_typer(uploads, name="uploads")
app.add_typer(events, name="events")
app.add_typer(jobs, name="jobs")
app.add_typer(keys, name="key")
app.add_typer(users, name="user")
app.add_typer(users, name="users", hidden=True)  # who writes the other one means the same
app.add_typer(groups, name="group")
app.add_typer(shares, name="share")
app.add_typer(policies, name="policy")
app.add_typer(presets, name="preset")
app.add_typer(storage, name="storage")
app.add_typer(audit, name="audit")
app.add_typer(webhooks, name="webhooks")
app.add_typer(signing_key.signing_keys, name="signing-key")


def main() -> None:
    try:
        app()
    except SetupError as error:
        print_error(error)
        sys.exit(2)
    except MediaworksError as error:
        print_error(error)
        sys.exit(1)
