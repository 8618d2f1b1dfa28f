"""The oracle of the filters: what a browser paints for the same recipe, written as CSS."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pyvips

from mediaworks.processing.image.operations.filters.paint import Linear, Paint, Plain, Radial, Stop
from mediaworks.processing.image.operations.filters.recipe import Layer, Recipe

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-device-scale-factor=1",
]
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
* { margin: 0; padding: 0 } body { background: #fff }
figure { position: absolute; overflow: hidden; isolation: isolate }
figure, img { display: block; width: WIDTHpx; height: HEIGHTpx }
figure::before, figure::after { position: absolute; inset: 0; content: none; pointer-events: none }
RULES</style>FIGURES"""


Seen = dict[tuple[str, str], Any]


def painted(recipes: dict[str, Recipe], pictures: dict[str, Any], folder: Path) -> Seen:
    """Each picture (all of one size) under each recipe as Chromium shows it, from one page: a row a recipe, a column a picture."""
    width, height = next(iter(pictures.values())).width, next(iter(pictures.values())).height
    places = {
        (name, picture): (column * width, row * height)
        for row, name in enumerate(recipes)
        for column, picture in enumerate(pictures)
    }
    rules = [_rules(f"f{number}", recipe) for number, recipe in enumerate(recipes.values())]
    sources = {name: f"data:image/png;base64,{_encoded(picture)}" for name, picture in pictures.items()}
    figures = [
        f'<figure class="f{y // height}" style="left:{x}px;top:{y}px"><img src="{sources[picture]}"></figure>'
        for (_, picture), (x, y) in places.items()
    ]
    page = PAGE.replace("WIDTH", str(width)).replace("HEIGHT", str(height))
    (folder / "page.html").write_text(page.replace("RULES", "\n".join(rules)).replace("FIGURES", "".join(figures)))
    shot = shown(folder / "page.html", width * len(pictures), height * len(recipes), folder)
    return {key: shot.crop(x, y, width, height) for key, (x, y) in places.items()}


def _encoded(picture: Any) -> str:
    return base64.b64encode(bytes(picture.pngsave_buffer())).decode()


def shown(page: Path, width: int, height: int, folder: Path) -> Any:
    """A page as Chromium shows it in a window of this size, in pixels."""
    picture = folder / "shot.png"
    command = [
        str(PROGRAM), *FLAGS, f"--user-data-dir={folder / 'profile'}", f"--window-size={width},{height}",
        f"--screenshot={picture}", page.as_uri(),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return pyvips.Image.new_from_buffer(picture.read_bytes(), "").extract_band(0, n=3)


def _rules(name: str, recipe: Recipe) -> str:
    functions = " ".join(f"{function}({_amount(function, amount)})" for function, amount in recipe.functions)
    layers = [
        _layer(f".{name}::{place}", layer) for place, layer in zip(("before", "after"), recipe.layers, strict=False)
    ]
    return f".{name} {{ filter: {functions or 'none'} }} {' '.join(layers)}"


def _amount(function: str, amount: float) -> str:
    return f"{amount}deg" if function == "hue-rotate" else f"{amount}"


def _layer(selector: str, layer: Layer) -> str:
    return f'{selector} {{ content: ""; background: {_paint(layer.paint)}; mix-blend-mode: {layer.blend}; opacity: {layer.opacity} }}'


def _paint(paint: Paint) -> str:
    match paint:
        case Plain(colour):
            return _colour(colour)
        case Radial(stops, centre):
            return f"radial-gradient(circle at {centre[0] * 100}% {centre[1] * 100}%, {_stops(stops)})"
        case Linear(stops, down):
            return f"linear-gradient(to {'bottom' if down else 'right'}, {_stops(stops)})"


def _stops(stops: tuple[Stop, ...]) -> str:
    return ", ".join(f"{_colour(stop.colour)} {stop.at * 100}%" for stop in stops)


def _colour(colour: tuple[float, float, float, float]) -> str:
    red, green, blue, alpha = colour
    return f"rgba({red:.0f}, {green:.0f}, {blue:.0f}, {alpha})"
