"""`mediaworks preset delete`"""

from __future__ import annotations

from mediaworks.cli.client import connected, problem_of
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, console, plain, print_json, wants_json
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
        answer = client.delete(f"{PATH}/{name}", params=scope_of(for_all=for_all))
    if not answer.is_success:
        raise problem_of(answer)
    if wants_json(json):
        print_json({"deleted": name})
    else:
        console().print(f"[green]✓[/] {plain(name)} is deleted", soft_wrap=True)
