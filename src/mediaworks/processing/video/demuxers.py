"""Which demuxer reads which type of file; no other is ever tried."""

from __future__ import annotations

from mediaworks.processing import types

DEMUXERS = {  # none of them reads a list of other files
    types.MP4.mime: "mov", types.MOV.mime: "mov", types.M4A.mime: "mov", types.MKV.mime: "matroska",
    types.WEBM.mime: "matroska", types.AVI.mime: "avi", types.MP3.mime: "mp3", types.AAC.mime: "aac",
    types.FLAC.mime: "flac", types.WAV.mime: "wav", types.OGG.mime: "ogg", types.OPUS.mime: "ogg",
}  # fmt: skip
