"""Videos made of videos, behind the walls: looked at frame by frame."""

from __future__ import annotations

import asyncio
import io
import time
from typing import Any

import av
import numpy as np
import pytest
import pyvips
from tests.processing.conftest import as_descriptor, children
from tests.processing.video.transcoding.conftest import MP4, MadeFile, Studio, counting, filmed, quarters

from mediaworks.errors import InvalidRecipe, Unprocessable
from mediaworks.processing import Kind, Source
from mediaworks.testing import media
from mediaworks.transformations.recipe import read_recipe

NAMES = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white", (0, 0, 0): "black"}


def numbers(made: MadeFile) -> list[int]:
    """Which frames of `counting` these are."""
    levels = [frame.mean() * 219 / 255 + 16 for frame in made.frames()]
    return [round((level - 20) / 8) for level in levels]


def corners(frame: Any) -> list[str]:
    height, width = frame.shape[:2]
    places = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    levels = [[int(value > 127) for value in frame[place]] for place in places]
    return [NAMES.get((red, green, blue), "?") for red, green, blue in levels]


def tone(made: MadeFile) -> float:
    """The strongest frequency of its sound, in hertz."""
    with av.open(io.BytesIO(made.content), "r") as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
        strength = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
        return float(strength.argmax() * 48_000 / len(sound))


def packets(content: bytes, stream: int) -> list[bytes]:
    with av.open(io.BytesIO(content), "r") as container:
        return [bytes(packet) for packet in container.demux(container.streams[stream]) if packet.size]


@pytest.mark.parametrize(
    ("operations", "frames"),
    [
        ([{"type": "trim", "start": 0.2, "end": 0.6}], list(range(5, 15))),
        ([{"type": "trim", "start": 0.48, "duration": 0.2}], list(range(12, 17))),
        ([{"type": "trim", "end": 0.2}], list(range(5))),
        ([{"type": "reverse"}, {"type": "trim", "end": 0.2}], [24, 23, 22, 21, 20]),
        ([{"type": "speed", "factor": 2}, {"type": "trim", "start": 0.2, "end": 0.4}], [10, 12, 14, 16, 18]),
    ],
)
def test_a_trim_keeps_just_the_frames_between(each_studio: Studio, operations: list[Any], frames: list[int]) -> None:
    assert numbers(each_studio.one(counting(tone=None), operations)) == frames


def test_what_does_not_change_is_copied_and_its_index_stands_in_front(each_studio: Studio) -> None:
    source = counting()
    made = each_studio.one(source, [], {"format": "mp4"})
    assert [packets(made.content, stream) for stream in (0, 1)] == [packets(source, stream) for stream in (0, 1)]
    assert made.content.index(b"moov") < made.content.index(b"mdat")
    muted = each_studio.one(source, [{"type": "mute"}], {"format": "mp4"})
    assert muted.codecs() == ["h264"]
    assert packets(muted.content, 0) == packets(source, 0)


@pytest.mark.parametrize(
    ("operation", "seen", "size"),
    [
        ({"type": "rotate", "angle": 90}, ["blue", "red", "white", "green"], (64, 96)),
        ({"type": "flip", "direction": "vertical"}, ["blue", "white", "red", "green"], (96, 64)),
        ({"type": "crop", "x": 48, "y": 0, "width": 48, "height": 32}, ["green"] * 4, (48, 32)),
        ({"type": "crop", "ratio": "1:1", "gravity": "west"}, ["red", "green", "blue", "white"], (64, 64)),
        ({"type": "resize", "width": 32, "height": 32, "fit": "cover"}, ["red", "green", "blue", "white"], (32, 32)),
        ({"type": "resize", "height": 32}, ["red", "green", "blue", "white"], (48, 32)),
        ({"type": "grayscale"}, ["black", "white", "black", "white"], (96, 64)),
        ({"type": "invert"}, ["?", "?", "?", "black"], (96, 64)),
    ],
)
def test_pictures_are_as_asked_for(each_studio: Studio, operation: Any, seen: list[str], size: tuple[int, int]) -> None:
    made = each_studio.one(quarters(tone=None), [operation])
    assert (made.facts.width, made.facts.height) == size
    assert corners(made.frames()[3]) == seen


def test_colours_are_those_that_the_engine_for_pictures_makes(studio: Studio) -> None:
    steps = [{"type": "filter", "name": "clarendon"}, {"type": "brightness", "amount": 0.8}]
    video = studio.one(quarters(tone=None), steps, {**MP4, "crf": 0})
    plain = studio.one(quarters(tone=None), [], {"format": "frame", "picture": {"format": "png"}})
    assert plain.type.mime == "image/png"
    same = studio.one(quarters(tone=None), steps, {"format": "frame", "picture": {"format": "png"}})
    shown, wanted = video.frames()[0].astype(int), same.frames()[0].astype(int)
    assert abs(shown[8:24, 8:40] - wanted[8:24, 8:40]).max() <= 6
    assert abs(wanted[8:24, 8:40] - plain.frames()[0].astype(int)[8:24, 8:40]).max() > 20


def test_speed_keeps_the_pitch(each_studio: Studio) -> None:
    made = each_studio.one(counting(), [{"type": "speed", "factor": 2}])
    assert made.facts.duration == pytest.approx(0.5, abs=0.06)
    assert tone(made) == pytest.approx(1000, abs=15)


def test_videos_follow_one_another_whole_with_silence_where_one_has_no_sound(each_studio: Studio) -> None:
    step = {"type": "concat", "media": ["second"]}
    made = each_studio.one(
        counting(tone=None), [step], others={"second": (filmed("color=red:size=64x64:rate=10"), "video/mp4")}
    )
    frames = made.frames()
    assert len(frames) == 50
    assert made.codecs() == ["h264", "aac"]
    assert frames[10].std() < 2
    assert (frames[40][32, 48][0] > 200, frames[40][32, 4].max() < 40) == (True, True)


def test_videos_without_sound_follow_one_another_without_sound_at_odd_sizes(studio: Studio) -> None:
    steps = [
        {"type": "crop", "x": 1, "y": 1, "width": 51, "height": 33},
        {"type": "concat", "media": ["second"]},
        {"type": "filter", "name": "perpetua", "strength": 1},
    ]
    red = filmed("color=red:size=64x64:rate=10", tone=None, encoder=FULL_RANGE)
    made = studio.one(counting(tone=None), steps, others={"second": (red, "video/mp4")})
    assert (made.codecs(), made.facts.width, made.facts.height) == (["h264"], 50, 32)
    frames = made.frames()
    assert len(frames) == 50
    assert frames[40][16, 25] == pytest.approx([254, 0, 0], abs=8)
    assert frames[40][16, 4].max() < 8


def test_the_sound_of_another_file_takes_the_place_of_its_own(each_studio: Studio) -> None:
    step = {"type": "replace_audio", "media": "song"}
    made = each_studio.one(
        counting(), [step], others={"song": (filmed("color=red:size=64x64", tone=440, seconds=2), "video/mp4")}
    )
    assert made.facts.duration == pytest.approx(1, abs=0.06)
    assert tone(made) == pytest.approx(440, abs=15)


def test_a_layer_shows_in_its_place_and_in_its_time(each_studio: Studio) -> None:
    step = {"type": "watermark", "media": "mark", "gravity": "north_west", "ratio": 0.25, "start": 0.4}
    mark = media.image(".png", 24, 24)
    made = each_studio.one(
        filmed("color=black:size=96x64:rate=10", tone=None), [step], others={"mark": (mark, "image/png")}
    )
    before, after = made.frames()[2], made.frames()[6]
    assert before.max() < 30
    assert after[:20, :20].max() > 100
    assert after[32:, 48:].max() < 30


def test_letters_are_set_and_fades_begin_in_black(each_studio: Studio) -> None:
    steps = [{"type": "text", "text": "Mw", "size": 30, "gravity": "center"}, {"type": "fade", "start": 0.5}]
    frames = each_studio.one(filmed("color=blue:size=96x64:rate=10", tone=None), steps).frames()
    assert frames[0].max() < 20
    assert (frames[9].min(axis=2) > 180).sum() > 50


def test_several_files_come_from_one_decode(each_studio: Studio) -> None:
    output = {"format": "renditions", "renditions": [{"height": 32}, {"output": {"format": "webm", "speed": "fast"}}]}
    small, large = each_studio.make(counting(), [{"type": "volume", "decibels": -6}], output)
    assert (small.type.mime, small.facts.width, small.facts.height) == ("video/mp4", 48, 32)
    assert (large.type.mime, large.facts.width, large.facts.height) == ("video/webm", 96, 64)
    assert (small.codecs(), large.codecs()) == (["h264", "aac"], ["vp9", "opus"])


@pytest.mark.parametrize("codec", ["hevc", "av1"])
def test_other_codecs_are_written(each_studio: Studio, codec: str) -> None:
    assert each_studio.one(counting(), [], {**MP4, "codec": codec}).codecs() == [codec, "aac"]


def test_what_is_for_the_web_is_small_enough_and_plays_everywhere(each_studio: Studio) -> None:
    source = filmed("testsrc2=size=2001x301:rate=2", encoder=("-c:v", "libx264", "-pix_fmt", "yuv444p"))
    made = each_studio.one(source, [], {"format": "optimize_for_web"})
    assert (made.facts.width, made.facts.height) == (1920, 288)
    with av.open(io.BytesIO(made.content), "r") as container:
        codec = container.streams.video[0].codec_context
        assert (codec.name, codec.pix_fmt, container.streams.video[0].profile) == ("h264", "yuv420p", "High")


def test_a_file_is_no_larger_than_it_may_be(each_studio: Studio) -> None:
    source = filmed("testsrc2=size=160x90:rate=25,noise=alls=40:allf=t", seconds=2)
    made = each_studio.one(source, [], {**MP4, "max_bytes": 60_000, "audio_bitrate": 32_000})
    assert 0.85 * 60_000 <= len(made.content) <= 60_000
    with pytest.raises(InvalidRecipe) as refused:
        each_studio.one(source, [], {**MP4, "max_bytes": 10_000})
    assert refused.value.facts["field"] == "output.max_bytes"


FULL_RANGE = (
    "-vf", "scale=out_color_matrix=bt709:out_range=pc,format=yuv420p", "-c:v", "libx264", "-qp", "0", "-colorspace", "bt709",
    "-color_range", "pc",
)  # fmt: skip
HDR = ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params",
       "log-level=error:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc", "-tag:v", "hvc1")  # fmt: skip


@pytest.mark.parametrize(
    ("output", "pixels", "transfer"),
    [(MP4, "yuv420p", 1), ({**MP4, "codec": "hevc", "range": "source"}, "yuv420p10le", 16)],
)
def test_high_dynamic_range_is_mapped_or_kept(each_studio: Studio, output: Any, pixels: str, transfer: int) -> None:
    picture = "testsrc2=size=96x64:rate=5,setparams=color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc"
    made = each_studio.one(filmed(picture, tone=None, encoder=HDR), [{"type": "resize", "width": 64}], output)
    with av.open(io.BytesIO(made.content), "r") as container:
        codec = container.streams.video[0].codec_context
        assert (codec.pix_fmt, int(codec.color_trc)) == (pixels, transfer)


@pytest.mark.parametrize(("at", "number"), [(0, 0), (0.4, 10), (0.96, 24), (0.999, 24)])
def test_a_frame_is_the_one_of_its_time(each_studio: Studio, at: float, number: int) -> None:
    made = each_studio.one(counting(), [], {"format": "frame", "at": at, "picture": {"format": "png"}})
    assert (made.type.mime, numbers(made)) == ("image/png", [number])


def test_pictures_are_spread_over_the_whole(each_studio: Studio) -> None:
    made = each_studio.make(
        counting(), [], {"format": "thumbnails", "count": 3, "picture": {"format": "png"}, "width": 48}
    )
    assert [numbers(one)[0] for one in made] == pytest.approx([4, 12, 21], abs=1)
    sprite = each_studio.one(counting(), [], {"format": "sprite", "count": 6, "columns": 3, "width": 24})
    assert (sprite.facts.width, sprite.facts.height) == (72, 32)
    levels = [sprite.frames()[0][y + 8, x + 12].mean() for y in (0, 16) for x in (0, 24, 48)]
    assert levels == sorted(levels)


@pytest.mark.parametrize("output", [{"format": "gif"}, {"format": "preview", "type": "mp4", "seconds": 0.5}])
def test_animations_move(each_studio: Studio, output: dict[str, Any]) -> None:
    frames = each_studio.one(counting(), [], {**output, "width": 48}).frames()
    assert frames[-1].mean() > frames[0].mean() + 60


def test_an_animated_webp_has_every_frame_that_was_asked_for(each_studio: Studio) -> None:
    made = each_studio.one(counting(), [], {"format": "webp", "fps": 5, "width": 48})
    strip = pyvips.Image.new_from_buffer(made.content, "", n=-1)
    assert (made.type.mime, strip.get("n-pages"), strip.get("page-height")) == ("image/webp", 5, 32)
    assert strip.crop(0, 128, 48, 32).avg() > strip.crop(0, 0, 48, 32).avg() + 60


def test_progress_rises(each_studio: Studio) -> None:
    told: list[float] = []

    async def note(share: float) -> None:
        told.append(share)

    each_studio.one(counting(), [], {**MP4, "crf": 30}, progress=note)
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("operations", "output", "field"),
    [
        ([{"type": "trim", "start": 9}], MP4, "operations[0].start"),
        ([{"type": "mute"}, {"type": "crop", "width": 500, "height": 20}], MP4, "operations[1].width"),
        ([{"type": "resize", "width": 9000, "enlarge": True}], MP4, "operations[0]"),
        ([{"type": "mute"}, {"type": "text", "text": " "}], MP4, "operations[1].text"),
        (
            [{"type": "flip"}, {"type": "pixelate", "areas": [{"x": 99, "y": 0, "width": 9, "height": 9}]}],
            MP4,
            "operations[1].areas[0].x",
        ),
        ([{"type": "volume", "decibels": 3}], {**MP4, "audio": "copy"}, "output.audio"),
        ([], {"format": "thumbnails", "at": [0.1, 7]}, "output.at[1]"),
        ([], {"format": "sprite", "count": 400, "columns": 50, "width": 640}, "output"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_place(studio: Studio, operations: Any, output: Any, field: str) -> None:
    with pytest.raises(InvalidRecipe) as refused:
        studio.one(counting(), operations, output)
    assert refused.value.facts["field"] == field


def test_a_file_of_nonsense_and_a_file_that_grows_too_large_are_refused(studio: Studio) -> None:
    before = children()
    broken = bytearray(counting())
    broken[-3000:-100] = bytes(2900)
    for content in (bytes(broken[:900]), b"\x00\x00\x00\x18ftypisom" + bytes(500)):
        with pytest.raises(Unprocessable):
            studio.one(content, [{"type": "grayscale"}])
    noisy = filmed("testsrc2=size=160x90:rate=25,noise=alls=60:allf=t")
    with pytest.raises(Unprocessable) as refused:
        studio.one(noisy, [], {**MP4, "crf": 0}, output_bytes=100_000)
    assert refused.value.code == "output_too_large"
    assert children() <= before


def test_what_takes_too_long_is_ended(studio: Studio) -> None:
    before, slow = children(), {**MP4, "codec": "hevc", "speed": "slow"}
    with pytest.raises(Unprocessable) as refused:
        studio.one(
            filmed("testsrc2=size=320x180:rate=25", seconds=4), [{"type": "speed", "factor": 0.25}], slow, seconds=0.3
        )
    assert refused.value.code == "program_timeout"
    assert children() <= before


def test_who_cancels_leaves_no_process(studio: Studio) -> None:
    before = children()
    source = filmed("testsrc2=size=320x180:rate=25", seconds=4)
    recipe = read_recipe([{"type": "speed", "factor": 0.25}], {**MP4, "codec": "hevc", "speed": "slow"}, Kind.VIDEO)
    begun = asyncio.Event()

    async def note(share: float) -> None:
        begun.set()

    async def make() -> None:
        with as_descriptor(source) as descriptor:
            video = Source(descriptor=descriptor, mime="video/mp4")
            engine = studio.engine()
            async with engine.make(video, recipe.operations, recipe.output, others={}, progress=note):
                pytest.fail("it was not cancelled")

    async def steps() -> float:
        work = asyncio.create_task(make())
        await begun.wait()
        assert children() - before
        struck = time.monotonic()
        work.cancel()
        await asyncio.wait([work])
        return time.monotonic() - struck

    assert studio.run(steps()) < 1
    assert children() <= before
