"""`mediaworks preset delete`"""

from __future__ import annotations

from mediaworks.cli.client import connected, require_success
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, plain, print_outcome
from mediaworks.cli.preset.arguments import PATH, ForAll, Name, scope_of


def delete(
    name: Name,
    *,
    for_all: ForAll = False,
    service: ServiceOptions,
    json: AsJson = False,
) -> None:
    """Delete a preset; what its name meant before, it means again.

    Example: mediaworks preset delete card
    """
    with connected(service) as client:
        require_success(client.delete(f"{PATH}/{name}", params=scope_of(for_all=for_all)))
    print_outcome({"deleted": name}, f"[green]✓[/] {plain(name)} is deleted", json=json)
