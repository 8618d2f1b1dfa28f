from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import pyvips

from mediaworks.errors import MediaworksError, Unprocessable
from mediaworks.processing import PROBE, sniff
from mediaworks.testing import media

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
FILES = sorted(CORPUS.glob("*/*.*")) if CORPUS.exists() else []
Understood = Callable[[bytes, str], Any]
REFUSED = {
    "65536-uint32-limit.png": "too_many_pixels",
    "corrupt-header.jpg": "unreadable_media",
    "sample_malformed_free_box.mp4": "unreadable_media",
}


def test_a_video_tells_size_duration_and_exact_rate(ask: Any) -> None:
    facts = ask(PROBE, media.video(seconds=2, rate=30, width=160, height=90), "video/mp4")
    assert (facts.kind, facts.width, facts.height, facts.fps) == ("video", 160, 90, 30.0)
    assert facts.duration == pytest.approx(2, abs=0.1)


def test_sound_in_a_video_container_is_audio(ask: Any) -> None:
    assert ask(PROBE, media.audio("ipod"), "video/mp4").kind == "audio"


def test_the_poster_is_not_the_first_frame(understood: Understood) -> None:
    """The grey of the test video grows with time; a tenth of the way in it is lighter than at the beginning."""
    found = understood(media.video(seconds=4, rate=25, width=640, height=360), "video/mp4")
    poster = pyvips.Image.new_from_buffer(found.thumbnails[-1].data, "")
    assert poster.avg() > 0
    assert found.blurhash


@pytest.mark.parametrize("container", ["mp3", "adts", "flac", "wav", "ogg", "opus", "ipod"])
def test_audio_tells_its_streams(understood: Understood, container: str) -> None:
    content = media.audio(container)
    file_type = sniff(content[:4096])
    assert file_type is not None
    found = understood(content, file_type.mime)
    stream = found.details["streams"][0]
    assert (found.facts.kind, stream["type"], stream["sample_rate"], stream["channels"]) == (
        "audio",
        "audio",
        48_000,
        2,
    )
    assert found.facts.duration == pytest.approx(1, abs=0.15)
    assert found.thumbnails == ()


def test_a_playlist_in_disguise_opens_no_other_file(understood: Understood, tmp_path: Path) -> None:
    (tmp_path / "secret.ts").write_bytes(media.video("mp4"))
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{tmp_path}/secret.ts\n#EXT-X-ENDLIST\n".encode()
    for mime in ("video/mp4", "video/x-matroska", "audio/mpeg"):
        with pytest.raises(Unprocessable):
            understood(playlist, mime)


@pytest.mark.skipif(not FILES, reason="the corpus of real media is not beside this checkout")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_real_file_is_understood_or_refused_with_a_reason(understood: Understood, path: Path) -> None:
    content = path.read_bytes()
    file_type = sniff(content[:4096])
    if file_type is None:
        assert path.name == "100kB-garbage-prefix.mp3"
        return
    if path.name in REFUSED:
        with pytest.raises(MediaworksError) as refusal:
            understood(content, file_type.mime)
        assert refusal.value.code == REFUSED[path.name]
        return
    found = understood(content, file_type.mime)
    assert found.facts.kind == ("audio" if path.parent.name == "audio" else path.parent.name.rstrip("s"))
    if path.parent.name != "audio":
        assert found.thumbnails


@pytest.mark.skipif(not FILES, reason="the corpus of real media is not beside this checkout")
@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("portrait_4k60.mp4", (2160, 3840)),
        ("internal_emulator_transformer_output_270_rotated.mp4", (720, 1280)),
        ("sample_edit_list.mp4", (1080, 1920)),
        ("bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4", (1137, 640)),
    ],
)
def test_rotation_and_pixel_shape_are_counted(understood: Understood, name: str, size: tuple[int, int]) -> None:
    found = understood((CORPUS / "video" / name).read_bytes(), "video/mp4")
    assert (found.facts.width, found.facts.height) == size
    poster = found.thumbnails[0]
    assert (poster.width > poster.height) == (size[0] > size[1])
