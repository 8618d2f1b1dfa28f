"""A rendering: one decode, the operations, and each output."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing.image import gain_map, keeping, reading, vips, writing
from mediaworks.processing.image.animation import together
from mediaworks.processing.image.appearance import placeholders_of
from mediaworks.processing.image.decoding import assets, decode, moves
from mediaworks.processing.image.gain_map import GainMap
from mediaworks.processing.image.keeping import Metadata
from mediaworks.processing.image.operations import Operation, Scene
from mediaworks.processing.image.operations.compress import Compress
from mediaworks.processing.image.outputs import settled, shaped
from mediaworks.processing.image.reading import Space
from mediaworks.processing.image.steps import State, taken
from mediaworks.processing.model import Rendered, Rendering, RenderRequest, Rendition


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What every rendition of a request is made with: `scene` of the original, `space` of its pixels once decoded."""

    request: RenderRequest
    scene: Scene
    space: Space
    metadata: Metadata
    gains: GainMap | None


def render(descriptor: int, request: RenderRequest, out: int, others: Sequence[int] = ()) -> Rendering:
    """Write every rendition into `out`, one after another.

    Raises TooManyPixels, InvalidRecipe, Unprocessable, UnsupportedType for a format that libvips was built without.
    """
    began = time.monotonic()
    _refuse_too_many_operations(request)
    request = _planned(request)
    bench = _bench(descriptor, request, others)
    found = decode(descriptor, request, bench.space)
    first = found.frames.first
    scene = bench.scene.scaled(first.width / found.size[0], first.height / found.size[1])
    state = _after(State(found.frames, scene, found.size), request.operations, request, "operations")
    if request.operations and len(request.renditions) > 1:
        state = state.in_memory(f"operations[{len(request.operations) - 1}]")
    made = [_rendered(state, number, bench, out) for number in range(len(request.renditions))]
    warnings = (*found.warnings, *scene.warnings, *(note for _, notes in made for note in notes))
    return Rendering(tuple(rendered for rendered, _ in made), warnings, time.monotonic() - began)


def _refuse_too_many_operations(request: RenderRequest) -> None:
    count = len(request.operations) + sum(len(rendition.operations) for rendition in request.renditions)
    if count > request.max_operations:
        raise InvalidRecipe(
            f"operations: {count} steps; {request.max_operations} are allowed, counting those of all renditions",
            field="operations",
            limit=request.max_operations,
        )


def _planned(request: RenderRequest) -> RenderRequest:
    """Each output in a format of its own and as the operations shape it."""
    renditions = []
    for rendition in request.renditions:
        output = shaped(settled(rendition.output, request.mime), (*request.operations, *rendition.operations))
        writing.refuse_unwritable(output)
        renditions.append(msgspec.structs.replace(rendition, output=output))
    return msgspec.structs.replace(request, renditions=tuple(renditions))


def _bench(descriptor: int, request: RenderRequest, others: Sequence[int]) -> Bench:
    outputs = [rendition.output for rendition in request.renditions]
    return Bench(
        request=request,
        scene=Scene(assets(request, others), request.faces),
        space=_space(request),
        metadata=keeping.found_in(descriptor, outputs, request.mime),
        gains=gain_map.wanted_from(descriptor, outputs, request.mime),
    )


def _space(request: RenderRequest) -> Space:
    """Operations work in eight bits; where there are none, outputs of more bits get all that the source has."""
    outputs = [rendition.output for rendition in request.renditions]
    steps = [*request.operations, *(step for rendition in request.renditions for step in rendition.operations)]
    deep = any(output.bits > 8 for output in outputs) and all(isinstance(step, Compress) for step in steps)
    profile = "p3" if any(output.profile == "p3" for output in outputs) else "srgb"
    return Space(profile, 16 if deep else 8)


def _after(state: State, operations: Sequence[Operation], request: RenderRequest, name: str) -> State:
    for number, operation in enumerate(operations):
        if number:
            state = state.in_memory(f"{name}[{number - 1}]")
        state = taken(state, operation, f"{name}[{number}]", request.max_output_pixels)
    return state


def _rendered(state: State, number: int, bench: Bench, out: int) -> tuple[Rendered, tuple[str, ...]]:
    request, rendition = bench.request, bench.request.renditions[number]
    name = "operations" if len(request.renditions) == 1 else f"renditions[{number}].operations"
    frames, output = _after(state, rendition.operations, request, name).frames, rendition.output
    frames = frames if moves(output) else frames.still()
    gains, notes = _gains(rendition, bench)
    try:
        file = writing.written(together(frames), output, bench.metadata, gains=gains, space=bench.space.profile)
    except vips.Error as error:
        raise Unprocessable(f"The picture cannot be written: {reading.first_line(error)}") from error
    offset = os.lseek(out, 0, os.SEEK_END)
    _write(out, file.data)
    blurhash, thumbhash = placeholders_of(frames.first) if rendition.hashed else (None, None)
    return Rendered(
        width=file.width,
        height=file.height,
        mime=output.mime,
        extension=output.extension,
        offset=offset,
        size_bytes=len(file.data),
        frames=len(frames.images),
        quality=file.quality,
        score=file.score,
        blurhash=blurhash,
        thumbhash=thumbhash,
    ), notes


def _gains(rendition: Rendition, bench: Bench) -> tuple[GainMap | None, tuple[str, ...]]:
    """The gain map of what the operations have made, or a warning that there is none any more."""
    if bench.gains is None or not gain_map.is_wanted(rendition.output):
        return None, ()
    gains = bench.gains.after((*bench.request.operations, *rendition.operations), bench.scene)
    return gains, () if gains else ("gain_map: left out, for an operation changes what it belongs to",)


def _write(out: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(out, view) :]
