"""Filters by name. The first 26 are those that CSSgram names, with its figures; the others are our own."""

from __future__ import annotations

from mediaworks.processing.image.operations.filters.paint import Linear, Plain, Radial, Stop
from mediaworks.processing.image.operations.filters.recipe import Layer, Recipe

NOTHING = (0.0, 0.0, 0.0, 0.0)


def _colour(text: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16), alpha


def _plain(text: str, blend: str, alpha: float = 1.0, opacity: float = 1.0) -> Layer:
    return Layer(Plain(_colour(text, alpha)), blend, opacity)


def _circle(
    blend: str, *stops: tuple[float, tuple[float, float, float, float]], opacity: float = 1.0, at: float = 0.5
) -> Layer:
    return Layer(Radial(tuple(Stop(*stop) for stop in stops), (at, at)), blend, opacity)


def _css(**functions: float) -> tuple[tuple[str, float], ...]:
    return tuple((name.replace("_", "-"), amount) for name, amount in functions.items())


NAMED = {
    "1977": Recipe(_css(contrast=1.1, brightness=1.1, saturate=1.3), (_plain("#f36abc", "screen", 0.3),)),
    "aden": Recipe(
        _css(hue_rotate=-20, contrast=0.9, saturate=0.85, brightness=1.2),
        (Layer(Linear((Stop(0, _colour("#420a0e", 0.2)), Stop(1, NOTHING))), "darken"),),
    ),
    "brannan": Recipe(_css(sepia=0.5, contrast=1.4), (_plain("#a12cc7", "lighten", 0.31),)),
    "brooklyn": Recipe(
        _css(contrast=0.9, brightness=1.1),
        (_circle("overlay", (0.7, _colour("#a8dfc1", 0.4)), (1, _colour("#c4b7c8"))),),
    ),
    "clarendon": Recipe(_css(contrast=1.2, saturate=1.35), (_plain("#7fbbe3", "overlay", 0.2),)),
    "earlybird": Recipe(
        _css(contrast=0.9, sepia=0.2),
        (_circle("overlay", (0.2, _colour("#d0ba8e")), (0.85, _colour("#360309")), (1, _colour("#1d0210"))),),
    ),
    "gingham": Recipe(_css(brightness=1.05, hue_rotate=-10), (_plain("#e6e6fa", "soft-light"),)),
    "hudson": Recipe(
        _css(brightness=1.2, contrast=0.9, saturate=1.1),
        (_circle("multiply", (0.5, _colour("#a6b1ff")), (1, _colour("#342134")), opacity=0.5),),
    ),
    "inkwell": Recipe(_css(sepia=0.3, contrast=1.1, brightness=1.1, grayscale=1)),
    "kelvin": Recipe((), (_plain("#382c34", "color-dodge"), _plain("#b77d21", "overlay"))),
    "lark": Recipe(_css(contrast=0.9), (_plain("#22253f", "color-dodge"), _plain("#f2f2f2", "darken", 0.8))),
    "lofi": Recipe(_css(saturate=1.1, contrast=1.5), (_circle("multiply", (0.7, NOTHING), (1.5, _colour("#222222"))),)),
    "maven": Recipe(_css(sepia=0.25, brightness=0.95, contrast=0.95, saturate=1.5), (_plain("#03e61a", "hue", 0.2),)),
    "mayfair": Recipe(
        _css(contrast=1.1, saturate=1.1),
        (
            _circle(
                "overlay",
                (0, _colour("#ffffff", 0.8)),
                (0.3, _colour("#ffc8c8", 0.6)),
                (0.6, _colour("#111111")),
                opacity=0.4,
                at=0.4,
            ),
        ),
    ),
    "moon": Recipe(
        _css(grayscale=1, contrast=1.1, brightness=1.1),
        (_plain("#a0a0a0", "soft-light"), _plain("#383838", "lighten")),
    ),
    "nashville": Recipe(
        _css(sepia=0.2, contrast=1.2, brightness=1.05, saturate=1.2),
        (_plain("#f7b099", "darken", 0.56), _plain("#004696", "lighten", 0.4)),
    ),
    "perpetua": Recipe(
        (), (Layer(Linear((Stop(0, _colour("#005b9a")), Stop(1, _colour("#e6c13d"))), down=True), "soft-light", 0.5),)
    ),
    "reyes": Recipe(
        _css(sepia=0.22, brightness=1.1, contrast=0.85, saturate=0.75), (_plain("#efcdad", "soft-light", opacity=0.5),)
    ),
    "rise": Recipe(
        _css(brightness=1.05, sepia=0.2, contrast=0.9, saturate=0.9),
        (
            _circle("multiply", (0.55, _colour("#eccda9", 0.15)), (1, _colour("#321e07", 0.4))),
            _circle("overlay", (0, _colour("#e8c598", 0.8)), (0.9, NOTHING), opacity=0.6),
        ),
    ),
    "slumber": Recipe(
        _css(saturate=0.66, brightness=1.05),
        (_plain("#45290c", "lighten", 0.4), _plain("#7d6918", "soft-light", 0.5)),
    ),
    "stinson": Recipe(_css(contrast=0.75, saturate=0.85, brightness=1.15), (_plain("#f09580", "soft-light", 0.2),)),
    "toaster": Recipe(
        _css(contrast=1.5, brightness=0.9), (_circle("screen", (0, _colour("#804e0f")), (1, _colour("#3b003b"))),)
    ),
    "valencia": Recipe(
        _css(contrast=1.08, brightness=1.08, sepia=0.08), (_plain("#3a0339", "exclusion", opacity=0.5),)
    ),
    "walden": Recipe(
        _css(brightness=1.1, hue_rotate=-10, sepia=0.3, saturate=1.6), (_plain("#0044cc", "screen", opacity=0.3),)
    ),
    "willow": Recipe(_css(grayscale=0.5, contrast=0.95, brightness=0.9), (_plain("#d8cdcb", "color"),)),
    "xpro2": Recipe(
        _css(sepia=0.3), (_circle("color-burn", (0.4, _colour("#e6e7e0")), (1.1, _colour("#2b2aa1", 0.6))),)
    ),
    "juno": Recipe(_css(contrast=1.15, saturate=1.4, brightness=1.05), (_plain("#ffd27f", "soft-light", 0.3),)),
    "crema": Recipe(_css(saturate=0.8, contrast=0.92, brightness=1.06), (_plain("#d9c7a8", "soft-light", 0.35),)),
    "ludwig": Recipe(_css(contrast=1.08, saturate=1.15, brightness=1.06), (_plain("#ff9e80", "soft-light", 0.15),)),
    "amaro": Recipe(
        _css(saturate=1.3, contrast=0.95, brightness=1.12, hue_rotate=-6),
        (_circle("multiply", (0.55, NOTHING), (1, _colour("#1b2a4a", 0.45))),),
    ),
    "hefe": Recipe(
        _css(contrast=1.25, saturate=1.25, sepia=0.12),
        (_circle("multiply", (0.5, NOTHING), (1.05, _colour("#1a0d02", 0.75))),),
    ),
    "sierra": Recipe(
        _css(contrast=0.88, saturate=0.9, brightness=1.08, sepia=0.1),
        (_circle("soft-light", (0.2, _colour("#ffe9c4", 0.45)), (1, _colour("#3b2f45", 0.5))),),
    ),
    "sutro": Recipe(
        _css(sepia=0.35, contrast=1.12, brightness=0.92, saturate=0.9),
        (_circle("multiply", (0.45, NOTHING), (1, _colour("#241332", 0.7))),),
    ),
}
