"""The presets that come with the service."""

from __future__ import annotations

from typing import Any

from mediaworks.processing import Kind
from mediaworks.transformations.presets.model import Preset, Scope


def _bundled(name: str, description: str, resize: dict[str, Any], output: dict[str, Any]) -> Preset:
    recipe = {"operations": [{"type": "resize", **resize}], "output": output}
    return Preset(name=name, scope=Scope.BUNDLED, kind=Kind.IMAGE, description=description, recipe=recipe)


_WEBP = {"format": "webp", "quality": 75}
_CUT = {"fit": "cover", "gravity": "attention"}

BUNDLED = {
    preset.name: preset
    for preset in (
        _bundled("avatar", "A face or logo, 256 pixels square", {"width": 256, "height": 256, "fit": "cover", "gravity": "face"}, _WEBP),
        _bundled("hero", "Across a page, 1920×820", {"width": 1920, "height": 820, **_CUT}, _WEBP),
        _bundled("social", "For previews of links, 1200×630", {"width": 1200, "height": 630, **_CUT}, {"format": "jpeg", "quality": 82}),
        _bundled("square", "For feeds, 1080 pixels square", {"width": 1080, "height": 1080, **_CUT}, {"format": "jpeg", "quality": 82}),
        _bundled("thumbnail", "For lists, within 320 pixels", {"width": 320, "height": 320}, _WEBP),
        _bundled("web", "For pages, within 1600 pixels", {"width": 1600, "height": 1600}, _WEBP),
    )
}  # fmt: skip
