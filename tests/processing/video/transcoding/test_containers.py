"""Which codecs go into which container: what is allowed plays, what is not is named."""

from __future__ import annotations

from itertools import cycle, product
from typing import Any

import pytest
from tests.processing.video.transcoding.conftest import Studio, counting, filmed

from mediaworks.errors import InvalidRecipe
from mediaworks.processing import Kind
from mediaworks.transformations.recipe import read_recipe

PICTURES = ("h264", "hevc", "vp8", "vp9", "av1")
SOUNDS = ("aac", "opus", "vorbis")
GOES = {
    "mp4": (("h264", "hevc", "vp9", "av1"), ("aac", "opus")),
    "mov": (("h264", "hevc"), ("aac",)),
    "webm": (("vp8", "vp9", "av1"), ("opus", "vorbis")),
}
GOOD = {(name, codec, sound) for name, (codecs, sounds) in GOES.items() for codec in codecs for sound in sounds}
EACH = [(name, *pair) for name, (codecs, sounds) in GOES.items() for pair in zip(codecs, cycle(sounds), strict=False)]
"""Every codec of pictures and every one of sound, in each container that takes it."""


def output(name: str, codec: str, sound: str) -> dict[str, Any]:
    return {"format": name, "codec": codec, "audio": sound, "speed": "fast"}


@pytest.mark.parametrize(("name", "codec", "sound"), EACH)
def test_what_is_allowed_plays(each_studio: Studio, name: str, codec: str, sound: str) -> None:
    made = each_studio.one(counting(seconds=0.4), [], output(name, codec, sound))
    assert (made.type.extension, made.codecs()) == (name, [codec, sound])
    assert len(made.frames()) == 10
    assert made.heard() == pytest.approx(0.4, abs=0.06)


@pytest.mark.parametrize(
    ("name", "codec", "sound"), [one for one in product(GOES, PICTURES, SOUNDS) if one not in GOOD]
)
def test_what_does_not_go_into_it_is_refused_with_what_does(name: str, codec: str, sound: str) -> None:
    codecs, sounds = GOES[name]
    with pytest.raises(InvalidRecipe) as refused:
        read_recipe([], output(name, codec, sound), Kind.VIDEO)
    place, allowed = ("audio", sounds) if codec in codecs else ("codec", codecs)
    assert refused.value.facts["field"] == f"output.{place}"
    assert all(one in refused.value.facts["allowed"] for one in allowed)


def test_sound_is_copied_only_into_what_may_hold_it(studio: Studio) -> None:
    source = filmed("color=red:size=64x64:rate=10", seconds=0.4)
    with pytest.raises(InvalidRecipe) as refused:
        studio.one(source, [], {"format": "webm", "audio": "copy"})
    assert refused.value.facts == {"field": "output.audio", "allowed": ["opus", "vorbis"]}
    assert studio.one(source, [], {"format": "mov", "audio": "copy"}).codecs() == ["h264", "aac"]
