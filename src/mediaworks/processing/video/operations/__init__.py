"""Everything that can be done to a video: one line in this table for each operation.

Operations on pictures are good for videos as well. Those that treat every place alike need no more than their line here: they
change a table of colours, which is then applied to every frame. How others work is told in `EFFECTS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.image.operations import Operation as PictureOperation
from mediaworks.processing.image.operations.colour.brightness import Brightness
from mediaworks.processing.image.operations.colour.colourise import Colourise
from mediaworks.processing.image.operations.colour.contrast import Contrast
from mediaworks.processing.image.operations.colour.duotone import Duotone
from mediaworks.processing.image.operations.colour.exposure import Exposure
from mediaworks.processing.image.operations.colour.gamma import Gamma
from mediaworks.processing.image.operations.colour.grayscale import Grayscale
from mediaworks.processing.image.operations.colour.hue import Hue
from mediaworks.processing.image.operations.colour.invert import Invert
from mediaworks.processing.image.operations.colour.posterise import Posterise
from mediaworks.processing.image.operations.colour.saturation import Saturation
from mediaworks.processing.image.operations.colour.sepia import Sepia
from mediaworks.processing.image.operations.colour.temperature import Temperature
from mediaworks.processing.image.operations.colour.tint import Tint
from mediaworks.processing.image.operations.colour.tones import Tones
from mediaworks.processing.image.operations.colour.vibrance import Vibrance
from mediaworks.processing.image.operations.effects.blur import Blur
from mediaworks.processing.image.operations.effects.gradient import Gradient
from mediaworks.processing.image.operations.effects.median import Median
from mediaworks.processing.image.operations.effects.sharpen import Sharpen
from mediaworks.processing.image.operations.effects.vignette import Vignette
from mediaworks.processing.video.clip import Clip, Overlay
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import Operation
from mediaworks.processing.video.operations.concat import Concat
from mediaworks.processing.video.operations.crop import Crop
from mediaworks.processing.video.operations.effects import EFFECTS, BlurAreas, Levels, Pixelate
from mediaworks.processing.video.operations.fade import Fade
from mediaworks.processing.video.operations.filter import Filter
from mediaworks.processing.video.operations.flip import Flip
from mediaworks.processing.video.operations.frame_rate import FrameRate
from mediaworks.processing.video.operations.layers import Text, Watermark
from mediaworks.processing.video.operations.resize import Resize
from mediaworks.processing.video.operations.reverse import Reverse
from mediaworks.processing.video.operations.rotate import Rotate
from mediaworks.processing.video.operations.sound import Mute, ReplaceAudio, Volume
from mediaworks.processing.video.operations.speed import Speed
from mediaworks.processing.video.operations.trim import Trim
from mediaworks.processing.video.painting import coloured

AnyOperation = Operation | PictureOperation
OPERATIONS: tuple[type[AnyOperation], ...] = (
    Trim, Concat, Resize, Crop, Rotate, Flip, Speed, FrameRate, Reverse, Fade,
    Mute, Volume, ReplaceAudio,
    Watermark, Text, Filter,
    Brightness, Contrast, Exposure, Gamma, Saturation, Hue, Sepia, Grayscale, Invert, Temperature, Tint, Vibrance,
    Tones, Levels, Posterise, Duotone, Colourise,
    Blur, Sharpen, Median, BlurAreas, Pixelate, Vignette, Gradient,
)  # fmt: skip


def after(clip: Clip, operations: Sequence[AnyOperation], others: Mapping[str, Index], *, longest_side: int) -> Clip:
    """The clip after all steps. Raises InvalidRecipe, whose `field` is the place in the recipe."""
    for number, operation in enumerate(operations):
        place = f"operations[{number}]"
        clip = _placed(_stepped(clip, operation, others, place), place)
        if max(clip.size) > max(longest_side, clip.track.width, clip.track.height):
            told = f"{place}: makes {clip.size[0]}×{clip.size[1]} pixels; {longest_side} a side are allowed"
            raise InvalidRecipe(told, field=place, limit=longest_side)
    return clip


def _stepped(clip: Clip, operation: AnyOperation, others: Mapping[str, Index], place: str) -> Clip:
    if isinstance(operation, PictureOperation):
        return EFFECTS.get(type(operation), coloured)(clip, operation)
    try:
        return operation.after(clip, others)
    except InvalidRecipe as refusal:
        facts = {**refusal.facts, "field": f"{place}.{refusal.facts['field']}"}
        raise InvalidRecipe(f"{place}.{refusal.detail}", **facts) from refusal


def _placed(clip: Clip, place: str) -> Clip:
    """With every new layer knowing which step it is for."""
    layers = (replace(one, place=place) if isinstance(one, Overlay) and not one.place else one for one in clip.inputs)
    return replace(clip, inputs=tuple(layers))


__all__ = ["OPERATIONS", "AnyOperation", "Operation", "after"]
