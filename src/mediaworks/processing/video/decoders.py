"""Which codecs are read; a file that uses any other is refused before its decoder has seen a byte."""

from __future__ import annotations

PICTURES = {
    "av1", "dnxhd", "ffv1", "flv1", "h263", "h264", "hevc", "huffyuv", "mjpeg", "mpeg1video", "mpeg2video", "mpeg4",
    "msmpeg4v2", "msmpeg4v3", "png", "prores", "rawvideo", "theora", "vc1", "vp8", "vp9", "wmv3",
}  # fmt: skip
SOUND = {
    "aac", "ac3", "adpcm_ima_wav", "adpcm_ms", "alac", "amr_nb", "amr_wb", "dts", "eac3", "flac", "gsm_ms", "mp2", "mp3",
    "opus", "speex", "truehd", "vorbis", "wmav2",
    *(f"pcm_{form}" for form in (
        "alaw", "mulaw", "u8", "s8", "s16le", "s16be", "s24le", "s24be", "s32le", "s32be", "f32le", "f32be", "f64le", "f64be",
    )),
}  # fmt: skip
TEXTS = {"ass", "mov_text", "ssa", "srt", "subrip", "text", "webvtt"}
_OTHER_NAMES = {
    "amrnb", "amrwb", "dca", "flv", "libdav1d", "libgsm_ms", "libopencore_amrnb", "libopencore_amrwb", "libopus",
    "libspeex", "libvorbis", "libvpx", "libvpx-vp9", "mp1", "mp1float", "mp2float", "mp3float", "msmpeg4",
}  # fmt: skip
ALLOWED = ",".join(sorted(PICTURES | SOUND | TEXTS | _OTHER_NAMES))
"""Names of decoders, as the option `codec_whitelist` of ffmpeg takes them."""
