"""`mediaworks policy ls`"""

from __future__ import annotations

from mediaworks.cli.client import answer_of, connected
from mediaworks.cli.options import ServiceOptions
from mediaworks.cli.output import AsJson, print_json, print_table, wants_json


def ls(*, service: ServiceOptions, json: AsJson = False) -> None:
    """List the limits of each role that has any.

    Example: mediaworks policy ls
    """
    with connected(service) as client:
        found = answer_of(client.get("/api/v1/policies"))
    if wants_json(json):
        print_json(found)
        return
    rows = [(role, limit, _shown(value)) for role, policy in found.items() for limit, value in policy.items()]
    print_table(("role", "limit", "value"), rows)


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
