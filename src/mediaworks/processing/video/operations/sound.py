"""Steps that change only what is heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, ClassVar

import msgspec

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.types import Kind
from mediaworks.processing.video.clip import Clip, Other
from mediaworks.processing.video.model import Index
from mediaworks.processing.video.operations.base import MediaId, Operation


class Mute(Operation, frozen=True, kw_only=True, tag="mute"):
    """Take the sound away."""

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        return replace(clip, sound=None)


class Volume(Operation, frozen=True, kw_only=True, tag="volume"):
    """Make the sound louder or softer by so many `decibels`."""

    decibels: Annotated[float, msgspec.Meta(ge=-60, le=30, description="dB")]

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        return clip.heard(f"volume={self.decibels}dB")


class ReplaceAudio(Operation, frozen=True, kw_only=True, tag="replace_audio"):
    """Put the sound of another object in place of its own: cut where the pictures end, silence when it ends before."""

    media_kinds: ClassVar[frozenset[Kind]] = frozenset({Kind.AUDIO, Kind.VIDEO})

    media: MediaId

    def after(self, clip: Clip, others: Mapping[str, Index]) -> Clip:
        other = others[self.media]
        if not other.audio:
            raise InvalidRecipe(f"media: {self.media} has no sound", field="media")
        number = len(clip.inputs) + 1
        taken = replace(clip, inputs=(*clip.inputs, Other(self.media)), sound=f"{number}:{other.audio[0].stream}")
        return replace(taken.heard(f"apad,atrim=end={clip.seconds:.6f}"), follows_source=False)
