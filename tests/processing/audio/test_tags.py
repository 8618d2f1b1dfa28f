"""Tags and cover art: kept, written anew, or left out with a warning."""

from __future__ import annotations

from typing import Any

import pytest
from tests.processing.audio.conftest import sine
from tests.processing.audio.songs import cover_of, tags_of, with_cover

from mediaworks.errors import InvalidRecipe
from mediaworks.processing.audio.operations.set_tags import SetTags
from mediaworks.testing import media

MP3 = "audio/mpeg"
FORMATS = ("mp3", "aac", "flac", "vorbis", "opus")
OTHER = media.image(".png", 64, 48)
LARGE = media.photo(1600, 1200)
WITHOUT_PLACE = "set_tags: album_artist, composer left out, for the format cannot hold them"
LEFT_OUT = "cover: left out, for the format cannot hold it"


@pytest.mark.parametrize("output", FORMATS)
def test_tags_and_cover_stay_in_every_format_that_can_hold_them(bench: Any, output: str) -> None:
    made = bench.make(with_cover("mp3"), mime=MP3, format=output)
    assert (tags_of(made.content)["title"], tags_of(made.content)["artist"]) == ("Song", "Ann")
    assert cover_of(made.content) == (media.image(), (320, 200))
    assert made.warnings == ()


@pytest.mark.parametrize("between", ["aac", "opus"])
def test_they_survive_the_way_there_and_back(bench: Any, between: str) -> None:
    there = bench.make(with_cover("mp3"), mime=MP3, format=between)
    back = bench.make(there.content, mime=there.mime, format="mp3")
    assert tags_of(back.content)["title"] == "Song"
    assert cover_of(back.content) == (media.image(), (320, 200))


def test_wav_keeps_tags_and_says_that_it_holds_no_cover(bench: Any) -> None:
    made = bench.make(with_cover("mp3"), mime=MP3, format="wav")
    assert (tags_of(made.content)["title"], tags_of(made.content)["artist"]) == ("Song", "Ann")
    assert made.warnings == (LEFT_OUT,)


def test_every_tag_can_be_written_but_two_that_wav_has_no_place_for(bench: Any) -> None:
    texts = {name: f"{name} 1" for name in SetTags.__struct_fields__} | {"track": "3/12"}
    for output in (*FORMATS, "wav"):
        made = bench.make(sine(), {"type": "set_tags", **texts}, format=output)
        missing = {name for name, text in texts.items() if tags_of(made.content).get(name) != text}
        lost = {"album_artist", "composer"} if output == "wav" else set()
        assert missing == lost, output
        assert made.warnings == (WITHOUT_PLACE,) * (output == "wav")


def test_a_cover_larger_than_pages_of_ogg_stays(bench: Any) -> None:
    """A page has at most 65,307 bytes."""
    song = bench.make(
        sine(),
        {"type": "set_cover", "media": "a"},
        {"type": "set_tags", "title": "ä=b"},
        others={"a": LARGE},
        format="opus",
    )
    assert len(LARGE) > 2 * 65_307
    assert cover_of(song.content) == (LARGE, (1600, 1200))
    assert tags_of(song.content)["title"] == "ä=b"


@pytest.mark.parametrize("output", ["mp3", "vorbis"])
def test_another_picture_becomes_the_cover(bench: Any, output: str) -> None:
    steps = {"type": "set_cover", "media": "a"}, {"type": "normalize"}
    made = bench.make(with_cover("flac"), *steps, mime="audio/flac", others={"a": OTHER}, format=output)
    assert cover_of(made.content) == (OTHER, (64, 48))
    assert tags_of(made.content)["title"] == "Song"


@pytest.mark.parametrize("output", ["mp3", "vorbis"])
def test_a_cover_can_be_taken_away(bench: Any, output: str) -> None:
    made = bench.make(with_cover("mp3"), {"type": "set_cover"}, mime=MP3, format=output)
    assert (cover_of(made.content), made.warnings) == (None, ())
    assert tags_of(made.content)["title"] == "Song"


def test_what_is_no_usual_picture_is_no_cover(bench: Any) -> None:
    for other in (media.image(".webp"), sine()):
        with pytest.raises(InvalidRecipe) as refused:
            bench.make(sine(), {"type": "set_cover", "media": "a"}, others={"a": other}, format="mp3")
        assert refused.value.facts["field"] == "operations[0].media"
        assert refused.value.facts["allowed"] == ["image/jpeg", "image/png"]


def test_a_cover_has_so_many_bytes_at_most(bench: Any) -> None:
    huge = OTHER + bytes(10 << 20)
    with pytest.raises(InvalidRecipe) as refused:
        bench.make(sine(), {"type": "set_cover", "media": "a"}, others={"a": huge}, format="mp3")
    assert refused.value.facts == {"field": "operations[0].media", "limit": 10 << 20}


def test_a_picture_follows_no_sound(bench: Any) -> None:
    with pytest.raises(InvalidRecipe) as refused:
        bench.make(sine(), {"type": "concat", "media": ["a"]}, others={"a": OTHER})
    assert refused.value.facts["field"] == "operations[0].media"


def test_nothing_stays_that_is_not_to_be_kept(bench: Any) -> None:
    for output in ("mp3", "opus"):
        made = bench.make(with_cover("mp3"), mime=MP3, format=output, keep=[])
        assert "title" not in tags_of(made.content)
        assert cover_of(made.content) is None
    only_cover = bench.make(with_cover("mp3"), mime=MP3, format="vorbis", keep=["cover"]).content
    assert (cover_of(only_cover) is None, "title" in tags_of(only_cover)) == (False, False)


def test_tags_can_be_set_and_taken_away(bench: Any) -> None:
    tricky = "Ön=e; #two\\ 'three'"
    made = bench.make(with_cover("mp3"), {"type": "set_tags", "title": tricky, "artist": ""}, mime=MP3, format="flac")
    assert tags_of(made.content)["title"] == tricky
    assert "artist" not in tags_of(made.content)
