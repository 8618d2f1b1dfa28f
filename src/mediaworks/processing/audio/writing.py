"""The last pass over a sound: the file, with what stands in it beside the sound."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.heard import Heard
from mediaworks.processing.audio.operations import AudioOperation
from mediaworks.processing.audio.outputs import AudioOutput
from mediaworks.processing.model import Facts
from mediaworks.processing.recorded import Recorded
from mediaworks.processing.types import Kind

NOT_TAGS = ("major_brand", "minor_version", "compatible_brands", "encoder")


@dataclass(frozen=True, slots=True)
class Beside:
    """Arguments that put something into the file beside the sound, and those that make it an input behind the others."""

    arguments: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()


async def written(
    heard: Heard, operations: Sequence[AudioOperation], output: AudioOutput, beside: Beside, out: int
) -> Recorded:
    """What the steps have made, in the file behind `out`. Raises InvalidRecipe when nothing is left of the sound."""
    graph = f"{heard.graph(*output.filters(heard.sound))}[out]"
    arguments = (
        *beside.inputs, "-filter_complex", graph, "-map", "[out]",
        *_tags(heard, operations, output), *beside.arguments, *output.encoder(heard.sound),
        "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact",
    )  # fmt: skip
    lasted = await heard.write(arguments, out)
    if lasted <= 0:
        raise InvalidRecipe("operations: nothing is left of the sound", field="operations")
    size = os.fstat(out).st_size
    return Recorded(descriptor=out, type=output.type, size_bytes=size, facts=Facts(Kind.AUDIO, duration=lasted))


def _tags(heard: Heard, operations: Sequence[AudioOperation], output: AudioOutput) -> tuple[str, ...]:
    """Those of the file and of its sound, which is where Ogg has them; then those that steps write. Warns of what the format
    has no place for."""
    kept = ("0:g", f"0:s:{heard.sound.stream}") if "tags" in output.keep else ("-1",)
    arguments = [part for where in kept for part in ("-map_metadata:g" if where != "-1" else "-map_metadata", where)]
    set_by_steps = {name: text for operation in operations for name, text in operation.tags().items()}
    if lost := sorted(name for name in output.unknown_tags if set_by_steps.get(name)):
        heard.warn(f"set_tags: {', '.join(lost)} left out, for the format cannot hold them")
    written = dict.fromkeys(NOT_TAGS, "") | set_by_steps
    return (*arguments, *(part for name, text in written.items() for part in ("-metadata", f"{name}={text}")))
