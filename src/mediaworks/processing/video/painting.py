"""What is done to colours and laid over frames, by pictures that the engine for pictures makes: tables and layers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mediaworks.processing.image.operations import Operation as PictureOperation
from mediaworks.processing.video.clip import Clip, Colours, Overlay, Size
from mediaworks.processing.video.space import Space

_LOWER = "ld(0)-(1-2*ld(1))*ld(0)*(1-ld(0))"
_CURVE = "if(lte(ld(0),0.25),((16*ld(0)-12)*ld(0)+4)*ld(0),sqrt(ld(0)))"
BLENDS = {
    "multiply": "x*y/255",
    "screen": "x+y-x*y/255",
    "overlay": "if(lte(x,127),2*x*y/255,2*x-255+y-(2*x-255)*y/255)",
    "darken": "min(x,y)",
    "color-burn": "if(gte(x,255),255,if(lte(y,0),0,max(0,255-(255-x)*255/y)))",
    "soft-light": f"st(0,x/255);st(1,y/255);255*if(lte(ld(1),0.5),{_LOWER},ld(0)+(2*ld(1)-1)*({_CURVE}-ld(0)))",
}
"""Compositing and Blending Level 1, section 9.1, of one colour from 0 to 255: `x` lies under `y`, both opaque."""


def coloured(clip: Clip, operation: PictureOperation) -> Clip:
    """With every colour changed as the operation changes it; what follows at once shares its table."""
    if clip.statements and "haldclut" in clip.statements[-1] and isinstance(clip.inputs[-1], Colours):
        table = Colours((*clip.inputs[-1].operations, operation))
        return replace(clip, inputs=(*clip.inputs[:-1], table))
    return looked_up(clip, operation, then=f",{clip.space.written}")


def looked_up(clip: Clip, operation: PictureOperation, *, then: str = "") -> Clip:
    """With every colour changed as the operation changes it; red, green and blue come of it, without further filters."""
    table = f"[{{seen}}]format={clip.space.packed}[u{{own}}];[u{{own}}][{{beside}}]haldclut=clut=first"
    return clip.woven(f"{table}{then}[{{made}}]", beside=Colours((operation,)))


def overlaid(clip: Clip, operation: PictureOperation, *, window: str = "") -> Clip:
    """With what the operation lays on a transparent picture; `window`: an expression of ffmpeg's that says when."""
    space, shown = clip.space, f":enable='{window}'" if window else ""
    return clip.woven(
        f"[{{seen}}]{space.written}[u{{own}}];[{{beside}}]{space.written_with_alpha}[v{{own}}];"
        f"[u{{own}}][v{{own}}]overlay=format={space.overlay}{shown}[{{made}}]",
        beside=Overlay(clip.size, operation),
    )


def blended(clip: Clip, operation: PictureOperation, blend: str) -> Clip:
    """With the layer that the operation paints mixed in; red, green and blue come of it."""
    colours = ":".join(f"c{plane}='0.5+({BLENDS[blend]})'" for plane in range(3))
    return clip.woven(
        f"[{{seen}}]format=gbrap,split[u{{own}}][v{{own}}];[{{beside}}]format=gbrap[w{{own}}];"
        f"[v{{own}}][w{{own}}]lut2={colours}:c3=y[m{{own}}];[u{{own}}][m{{own}}]overlay=format=gbrp[{{made}}]",
        beside=Overlay(clip.size, operation),
    )


def padded(size: Size, place: tuple[int, int], space: Space, *, colour: str = "black") -> str:
    """The filters that put a picture at a place of a larger one: where chroma is halved, pad takes even numbers alone."""
    return f"format={space.planes},pad={size[0]}:{size[1]}:{place[0]}:{place[1]}:{colour},{space.written}"


def mixed(clip: Clip, change: Callable[[Clip], Clip], share: float) -> Clip:
    """With a change to red, green and blue, of which so much shows and of the pictures before it the rest."""
    if share == 1:
        return change(clip).seen(clip.space.written)
    before = clip.woven("[{seen}]format=gbrp,split[{made}][o{own}]")
    own = len(before.statements) - 1
    mixture = f"[{{seen}}][o{own}]blend=all_mode=normal:all_opacity={share}"
    return change(before).woven(f"{mixture},{clip.space.written}[{{made}}]")
