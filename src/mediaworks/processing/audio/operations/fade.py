from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import msgspec

from mediaworks.processing.audio.operations.base import AudioOperation

if TYPE_CHECKING:
    from mediaworks.processing.audio.heard import Heard

FadeSeconds = Annotated[float, msgspec.Meta(ge=0, le=600, description="seconds")]
CURVES = {"linear": "tri", "sine": "qsin", "logarithmic": "log", "exponential": "exp"}


class Fade(AudioOperation, frozen=True, kw_only=True, tag="fade"):
    """Let the sound come from silence in `into` seconds and go into silence in `out` seconds at its end, or in all
    of it where it is shorter. `curve`: how the
    amplitude grows with time."""

    into: FadeSeconds = 0.0
    out: FadeSeconds = 0.0
    curve: Literal["linear", "sine", "logarithmic", "exponential"] = "linear"

    async def filters(self, heard: Heard) -> tuple[str, ...]:
        curve, made = CURVES[self.curve], []
        if self.into:
            made.append(f"afade=type=in:duration={self.into:.6f}:curve={curve}")
        if self.out:
            seconds = await heard.seconds()
            length = min(self.out, seconds)
            made.append(f"afade=type=out:start_time={seconds - length:.6f}:duration={length:.6f}:curve={curve}")
        return tuple(made)
