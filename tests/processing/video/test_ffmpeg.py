"""The ffmpeg in use is known by its version and its abilities; what it lacks is told before anything is begun."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.processing.video.builds import small_build

from mediaworks.cli.programs import ffmpeg as examined
from mediaworks.errors import NotInstalled, SetupError
from mediaworks.processing import FFMPEG_NEEDED, ProcessingConfig, ffmpeg, ffmpeg_missing
from mediaworks.processing.video.abilities import called_for, refuse_unable, require
from mediaworks.processing.video.ffmpeg import Ffmpeg, source_of


def test_each_ffmpeg_has_all_that_is_needed(each_ffmpeg: Ffmpeg) -> None:
    assert each_ffmpeg.version >= (5, 1)
    assert ffmpeg_missing(each_ffmpeg.path) == ()
    require(each_ffmpeg.path, *FFMPEG_NEEDED)


def test_the_names_of_its_abilities_are_the_real_ones(each_ffmpeg: Ffmpeg) -> None:
    with pytest.raises(NotInstalled):
        require(each_ffmpeg.path, "H.264")


def test_what_a_small_build_lacks_is_refused_by_name_and_not_by_a_message_of_ffmpeg(tmp_path: Path) -> None:
    small = ffmpeg(str(small_build(tmp_path))).path
    require(small, "libx264", "aac", "mp4", "webm")
    with pytest.raises(NotInstalled) as refusal:
        require(small, "libx264", "libx265")
    assert (refusal.value.status, refusal.value.code, refusal.value.facts) == (
        501,
        "ffmpeg_lacks",
        {"lacks": "libx265"},
    )
    assert "HEVC" in refusal.value.detail


def test_what_a_command_calls_for_is_known_before_it_runs(tmp_path: Path) -> None:
    graph = "[0:0]scale=64:64,zscale=t=linear,tonemap=hable[a];[a]drawtext=text=libopus\\,gif[b]"
    command = ["-f", "mov", "-i", "in", "-filter_complex", graph, "-c:v", "libx265", "-c:a", "copy", "-f", "mp4", "out"]
    assert called_for(command) == ["libx265", "zscale", "tonemap", "drawtext"]
    small = ffmpeg(str(small_build(tmp_path))).path
    with pytest.raises(NotInstalled, match="libx265"):
        asyncio.run(refuse_unable(small, command))
    asyncio.run(refuse_unable(small, ["-vf", "scale=2:2", "-c:v", "libx264", "-c:a", "aac"]))


def test_doctor_names_the_ffmpeg_in_use_and_what_does_not_work_with_it(tmp_path: Path) -> None:
    first, *others = examined(ProcessingConfig(ffmpeg=str(small_build(tmp_path))))
    assert (first.state, first.detail) == ("ok", f"7.1, {tmp_path}/ffmpeg (configured)")
    assert {finding.state for finding in others} == {"warning"}
    told = {finding.name: finding.detail for finding in others}
    assert told["ffmpeg: libsvtav1"] == "this ffmpeg lacks it: AV1 does not work"
    assert "ffmpeg: libx264" not in told


def test_doctor_says_that_the_ffmpeg_came_along() -> None:
    (only,) = examined(ProcessingConfig())
    assert only.detail.endswith("(came along)")


@pytest.mark.parametrize(
    ("name", "reason"), [("no-such-ffmpeg", "there is no program"), ("old", "is the oldest that works")]
)
def test_an_ffmpeg_that_cannot_be_used_is_named(tmp_path: Path, name: str, reason: str) -> None:
    configured = str(small_build(tmp_path, "4.4.2")) if name == "old" else name
    with pytest.raises(SetupError, match=reason):
        ffmpeg(configured)
    (only,) = examined(ProcessingConfig(ffmpeg=configured))
    assert only.state == "missing"
    assert reason in only.detail


@pytest.mark.parametrize(("mime", "demuxer"), [("video/mp4", "mov"), ("audio/ogg", "ogg"), ("video/webm", "matroska")])
def test_a_source_has_one_demuxer_and_every_guard_before_its_name(mime: str, demuxer: str) -> None:
    *options, into, name = source_of(7, mime)
    told = dict(zip(options[::2], options[1::2], strict=True))
    assert (into, name) == ("-i", "/proc/self/fd/7")
    assert (told["-f"], told["-format_whitelist"]) == (demuxer, demuxer)
    assert told["-protocol_whitelist"] == "file,pipe"
    assert {"-max_streams", "-max_pixels", "-codec_whitelist"} <= told.keys()
    assert "concat" not in told["-protocol_whitelist"]
    assert ("-enable_drefs" in told) == (demuxer == "mov")
