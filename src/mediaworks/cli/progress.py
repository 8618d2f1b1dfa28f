"""Progress on standard error, where standard error is a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mediaworks.cli.output import errors

if TYPE_CHECKING:
    from rich.progress import Progress


def transfer_progress() -> Progress:
    """Bars with size, speed and time left."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(binary_units=True),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=errors(),
        disable=not errors().is_terminal,
        transient=True,
    )
