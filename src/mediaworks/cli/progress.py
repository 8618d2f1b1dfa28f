"""Progress on the terminal, where there is one: on standard output, else on standard error."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mediaworks.cli.output import console, errors

if TYPE_CHECKING:
    from rich.progress import Progress


def transfer_progress() -> Progress:
    """Bars with size, speed and time left; what `console` and `errors` print meanwhile appears above them."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    screen = console() if console().is_terminal else errors()
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=screen,
        disable=not screen.is_terminal,
        redirect_stdout=False,
        redirect_stderr=sys.stderr.isatty(),
        transient=True,
    )
