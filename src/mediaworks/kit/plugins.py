"""What installed packages bring for addresses: entry points that are named as the schemes."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Any

from mediaworks.errors import SetupError


def brought(group: str, scheme: str, *, setting: str, own: Iterable[str] = ()) -> Any:
    """What the entry point `scheme` of `group` names. `own`: schemes that need none, for the message.

    Raises SetupError, which names the `setting`, for a scheme that nobody brings and when a package is missing.
    """
    installed = {point.name: point for point in entry_points(group=group)}
    if scheme not in installed:
        known = ", ".join(f"{name}://" for name in sorted({*own, *installed})) or "none"
        raise SetupError(f"{setting}: unknown scheme {scheme}://; known are {known}")
    point = installed[scheme]
    try:
        return point.load()
    except ImportError as error:
        package = point.dist.name if point.dist else point.value
        raise SetupError(
            f"{setting}: {scheme}:// needs a package that is missing ({error.name}): pip install '{package}[{scheme}]'"
        ) from error
