"""tus-js-client, with every protocol that it has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conformance.checks import Check
from conformance.programs import answer_of, require_node_modules
from conformance.world import World

TUS = "tus-v1"
BOTH_WAYS = ("whole", "chunked", "with the creation", "with the creation, chunked", "resumed after an abort")
TUS_ONLY = ("length told last", "four parts at once", "parts resumed after an abort", "terminated")


def checks() -> Iterator[Check]:
    for protocol in (TUS, "ietf-draft-03", "ietf-draft-05"):
        for case in BOTH_WAYS + (TUS_ONLY if protocol == TUS else ()):
            yield Check("tus-js-client", f"{protocol}: {case}", partial(_upload, case, protocol))


def _upload(case: str, protocol: str, world: World) -> None:
    require_node_modules()
    file = world.file("größe tus-js.pdf")
    answer = answer_of("node", "tus_js/client.mjs", case, protocol, str(file), MW_URL=world.url, MW_KEY=world.key)
    if case != "terminated":
        world.require_same(world.media_of(answer["location"]), file)
