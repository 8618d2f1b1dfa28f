"""What every operation made of one picture when somebody last looked at it: `golden.json`.

`python -m tests.processing.image.golden SHEET.png` writes the table anew, and a sheet of all results to look at.
"""

from __future__ import annotations

import json
import os
import sys
from html import escape
from pathlib import Path
from typing import Any

import pyvips

from mediaworks.processing import fonts
from mediaworks.processing.image import operations
from mediaworks.processing.image.operations import Scene
from mediaworks.processing.image.operations.canvas import drawn
from mediaworks.processing.image.operations.filters.named import NAMED

TABLE = Path(__file__).with_name("golden.json")
WIDTH, HEIGHT = 240, 160
MARK = "<svg xmlns='http://www.w3.org/2000/svg' width='60' height='40'><ellipse cx='30' cy='20' rx='28' ry='18' fill='#fc0'/></svg>"
AREAS = [{"x": 20, "y": 30, "width": 90, "height": 70}]
RECIPES: tuple[dict[str, Any], ...] = (
    {"type": "resize", "width": 120},
    {"type": "resize", "width": 100, "height": 100, "fit": "cover", "gravity": "east"},
    {"type": "resize", "width": 120, "height": 120, "fit": "pad", "background": "navy"},
    {"type": "resize", "width": 90, "height": 140, "fit": "force", "kernel": "nearest"},
    {"type": "resize", "width": 360, "enlarge": True, "kernel": "cubic"},
    {"type": "crop", "x": 30, "y": 20, "width": 90, "height": 60},
    {"type": "crop", "ratio": "1:1", "gravity": "attention"},
    {"type": "crop", "ratio": "9:16", "gravity": "entropy"},
    {"type": "crop", "width": 80, "height": 80, "gravity": "face"},
    {"type": "crop", "ratio": "1:1", "focus": [0.1, 0.5]},
    {"type": "rotate", "angle": 90},
    {"type": "rotate", "angle": -20, "background": "teal"},
    {"type": "flip", "direction": "horizontal"},
    {"type": "flip", "direction": "vertical"},
    {"type": "trim", "threshold": 60},
    {"type": "pad", "top": 10, "right": 20, "bottom": 30, "left": 40, "background": "orange"},
    {"type": "extend", "width": 300, "height": 200, "gravity": "north_west", "background": "#336"},
    {"type": "round_corners", "radius": 40},
    {"type": "circle"},
    {"type": "mask", "media": "mark"},
    {"type": "brightness", "amount": 1.4},
    {"type": "contrast", "amount": 1.6},
    {"type": "exposure", "stops": -1},
    {"type": "gamma", "value": 1.8},
    {"type": "saturation", "amount": 2},
    {"type": "hue", "degrees": 120},
    {"type": "sepia"},
    {"type": "grayscale"},
    {"type": "invert"},
    {"type": "temperature", "amount": 60},
    {"type": "tint", "amount": 60},
    {"type": "vibrance", "amount": 80},
    {"type": "tones", "shadows": 80, "highlights": -60},
    {"type": "levels", "black": 40, "white": 210, "gamma": 1.2},
    {"type": "levels", "auto": True},
    {"type": "posterise", "levels": 3},
    {"type": "duotone"},
    {"type": "colourise", "colour": "purple", "opacity": 0.5},
    {"type": "flatten", "background": "lime"},
    {"type": "blur", "sigma": 5},
    {"type": "sharpen", "sigma": 2, "amount": 3},
    {"type": "median", "size": 7},
    {"type": "noise", "amount": 40},
    {"type": "blur_areas", "areas": AREAS, "sigma": 8},
    {"type": "pixelate", "size": 12, "areas": AREAS},
    {"type": "vignette", "strength": 0.9},
    {"type": "gradient", "colour": "red", "opacity": 0.9, "angle": 90},
    {"type": "watermark", "media": "mark", "offset_x": 8, "offset_y": 8, "opacity": 0.7},
    {"type": "watermark", "media": "bundled:copyright", "tile": True, "ratio": 0.15, "gap": 10, "blend": "overlay"},
    {"type": "text", "text": "Größe Ωя", "font": "DejaVu Sans", "stroke": 2, "shadow": 3},
    {"type": "svg", "svg": MARK, "gravity": "north_west", "ratio": 0.5, "blend": "multiply"},
    {"type": "compress"},
    *({"type": "filter", "name": name} for name in NAMED),
    {"type": "filter", "name": "toaster", "strength": 40},
)


def picture() -> Any:
    """A scene with smooth and sharp parts, dark and light ones, and colours of all kinds."""
    shades = pyvips.Image.xyz(WIDTH, HEIGHT)
    sky = (shades[1] * 0.6 + 90).bandjoin([shades[1] * 0.5 + 130, 235 - shades[1] * 0.3])
    shapes = drawn(
        f"""<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}">
        <circle cx="190" cy="36" r="22" fill="#ffe36b"/><path d="M0 120L60 50L110 110L150 70L240 130V160H0z" fill="#3d6b43"/>
        <rect x="24" y="92" width="52" height="44" fill="#b23a2e"/><path d="M18 94L50 64L82 94z" fill="#5a2d1b"/>
        <rect x="42" y="110" width="14" height="26" fill="#f3e2c0"/><circle cx="150" cy="120" r="17" fill="#e8b896"/>
        <path d="M96 150h130" stroke="#111" stroke-width="5"/><path d="M100 156h120" stroke="#fff" stroke-width="3"/></svg>"""
    )
    return sky.cast("uchar").copy(interpretation="srgb").composite2(shapes, "over").extract_band(0, n=3).copy_memory()


def made(recipe: dict[str, Any]) -> Any:
    """The picture after one operation."""
    mark = drawn(MARK)
    (operation,) = operations.read([recipe])
    base = (
        operations.read([{"type": "circle"}])[0].apply(picture(), Scene()) if recipe["type"] == "flatten" else picture()
    )
    return operation.apply(base, Scene({"mark": mark}, ((133, 103, 34, 34),))).copy_memory()


def measured(image: Any) -> dict[str, Any]:
    """Its size, a difference hash of 64 bits (each set where brightness falls to the right), and the mean of each band."""
    flat = image.flatten(background=128) if image.hasalpha() else image
    small = flat.colourspace("b-w").thumbnail_image(9, height=8, size="force")
    grey = bytes(small.write_to_memory())
    falls = [grey[9 * y + x] > grey[9 * y + x + 1] for y in range(8) for x in range(8)]
    means = [round(image[band].avg(), 1) for band in range(image.bands)]
    return {
        "size": [image.width, image.height],
        "hash": f"{sum(bit << place for place, bit in enumerate(falls)):016x}",
        "means": means,
    }


def main() -> None:
    results = [(recipe, made(recipe)) for recipe in RECIPES]
    lines = [
        f"{json.dumps(json.dumps(recipe, ensure_ascii=False), ensure_ascii=False)}: {json.dumps(measured(image))}"
        for recipe, image in results
    ]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    pyvips.operation_block_set("VipsForeign", False)
    tiles = [_tile(image, " ".join(map(str, list(recipe.values())[:2]))[:30]) for recipe, image in results]
    pyvips.Image.arrayjoin(tiles, across=9).write_to_file(sys.argv[1])


def _tile(image: Any, name: str) -> Any:
    fitted = image.thumbnail_image(200, height=140, size="both")
    fitted = fitted if fitted.hasalpha() else fitted.bandjoin(255)
    tile = fitted.flatten(background=[200, 255, 200]).embed(0, 0, 206, 166, extend="white")
    label = pyvips.Image.text(escape(name), font="DejaVu Sans 12px", dpi=72, rgba=True)
    return tile.composite2(label.copy(interpretation="srgb"), "over", x=2, y=146).flatten()


if __name__ == "__main__":
    os.environ["FONTCONFIG_FILE"] = str(fonts.CONFIGURATION)
    main()
