"""One step of a recipe after another, on every frame, with what operations may know beside the picture kept true."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image import reading, vips
from mediaworks.processing.image.animation import Frames
from mediaworks.processing.image.operations import Operation, Scene
from mediaworks.processing.image.operations.base import Box, Size


@dataclass(frozen=True, slots=True)
class State:
    """A picture on its way. `size`: what it would have here if it had not been shrunk while it was decoded."""

    frames: Frames
    scene: Scene
    size: Size

    def in_memory(self, place: str) -> State:
        """With its pixels made; `place`: the step that made them. Raises InvalidRecipe."""
        try:
            return replace(self, frames=self.frames.in_memory())
        except vips.Error as error:
            raise InvalidRecipe(f"{place}: {reading.first_line(error)}", field=place) from error


def taken(state: State, operation: Operation, place: str, max_pixels: int) -> State:
    """The picture after a step. Raises InvalidRecipe that names the parameter (`place` and the operation's own name for it),
    also for one that makes more than `max_pixels`, counting all frames."""
    try:
        frames, size = _stepped(state, operation)
    except InvalidRecipe as refusal:
        facts = {**refusal.facts, "field": f"{place}.{refusal.facts['field']}"}
        raise InvalidRecipe(f"{place}.{refusal.detail}", **facts) from refusal
    except vips.Error as error:
        raise InvalidRecipe(f"{place}: {reading.first_line(error)}", field=place) from error
    _refuse_too_many_pixels(frames, place, max_pixels)
    return State(frames, _moved(state.scene, operation, state.frames.first, frames.first), size)


def _stepped(state: State, operation: Operation) -> tuple[Frames, Size]:
    first, *others = (image.copy(xoffset=0, yoffset=0) for image in state.frames.images)
    after = operation.of_original(first, state.size, state.scene)
    pinned = operation.pinned(first, after) if others else operation
    rest = (pinned.of_original(image, state.size, state.scene) for image in others)
    return replace(state.frames, images=(after, *rest)), operation.size_after(state.size) or (after.width, after.height)


def _refuse_too_many_pixels(frames: Frames, place: str, limit: int) -> None:
    if frames.pixels <= limit:
        return
    shape = f"{frames.first.width}×{frames.first.height}"
    raise InvalidRecipe(
        f"{place}: makes {shape} pixels{f' in {len(frames.images)} frames' if len(frames.images) > 1 else ''}, "
        f"{frames.pixels / 1e6:.4g} million; {limit / 1e6:.4g} million are allowed",
        field=place,
        limit=limit,
    )


def _moved(scene: Scene, operation: Operation, before: vips.Image, after: vips.Image) -> Scene:
    boxes = (_within(operation.carried(face, before, after), after) for face in scene.faces)
    return replace(scene, faces=tuple(box for box in boxes if box[2] > 0 and box[3] > 0))


def _within(box: Box, image: vips.Image) -> Box:
    """What of an area lies in the picture."""
    left, top = max(0, box[0]), max(0, box[1])
    right, bottom = min(image.width, box[0] + box[2]), min(image.height, box[1] + box[3])
    return left, top, right - left, bottom - top
