"""Segments made just in time: the command of a run that encodes some of them, each exactly as one run over all would.

A video segment begins with a keyframe on a grid of whole frames; an audio segment on a grid of whole packets of 1,024
samples. So every run, wherever it begins, makes the same frames with the same time stamps and the same beginning (`init`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from mediaworks.processing.video.ladder import Rung
from mediaworks.processing.video.model import AudioTrack, VideoTrack

PACKET = 1024  # samples of an AAC packet
PRE_ROLL_PACKETS = 2  # what the decoder of a packet needs before it: without them a boundary clicks
MOST_PRE_ROLL_PACKETS = 16
AUDIO_LEAD_SECONDS = 1  # for what a decoder needs: the bit reservoir of MP3, 80 ms of Opus
PRE_ROLL_FRAMES = 2
NOMINAL_NITS = 203  # of the white of graphics in high dynamic range (ITU-R BT.2408)
PEAK = 10.0  # the brightest light that is told apart, by that white
SAMPLE_RATES = {44_100, 48_000}
USUAL_SAMPLE_RATE = 48_000
_WHOLE = "bwdif=mode=send_frame:deint=interlaced,"  # a picture of each two fields
FRAGMENTED = "+cmaf+frag_keyframe+empty_moov+default_base_moof+skip_trailer+frag_discont"


@dataclass(frozen=True, slots=True)
class VideoGrid:
    """`frames`: of a segment; it reaches from the frame `origin`, where segment 0 begins, to before the frame `total`."""

    rate: Fraction
    frames: int
    total: int
    pre_roll: int
    origin: int = 0

    @classmethod
    def of(cls, track: VideoTrack, seconds: float) -> VideoGrid:
        frames = max(1, round(track.frame_rate * Fraction(seconds)))
        return cls(track.frame_rate, frames, track.frames, max(PRE_ROLL_FRAMES, track.widest_gap))

    @property
    def segments(self) -> int:
        return -(-(self.total - self.origin) // self.frames)

    def begin(self, segment: int) -> int:
        """The frame with which it begins."""
        return self.origin + segment * self.frames

    @property
    def timescale(self) -> int:
        """Units of a second in which each frame takes a whole number of them."""
        return self.rate.numerator

    def start(self, segment: int) -> Fraction:
        return self.begin(segment) / self.rate

    def seconds(self, segment: int) -> Fraction:
        """How long it is, exactly."""
        return min(self.frames, self.total - self.begin(segment)) / self.rate

    def decode_time(self, segment: int) -> int:
        return self.begin(segment) * self.rate.denominator


@dataclass(frozen=True, slots=True)
class AudioGrid:
    """`packets`: of a segment; it reaches from the packet `origin`, where segment 0 begins, to before the sample `samples`."""

    sample_rate: int
    packets: int
    samples: int
    origin: int = 0

    @classmethod
    def of(cls, track: AudioTrack, seconds: float, duration: float) -> AudioGrid:
        rate = track.sample_rate if track.sample_rate in SAMPLE_RATES else USUAL_SAMPLE_RATE
        return cls(rate, max(1, round(rate * seconds / PACKET)), max(PACKET, round(duration * rate)))

    @property
    def total(self) -> int:
        """Packets of the whole."""
        return -(-self.samples // PACKET)

    @property
    def segments(self) -> int:
        return -(-(self.total - self.origin) // self.packets)

    def begin(self, segment: int) -> int:
        """The packet with which it begins."""
        return self.origin + segment * self.packets

    def decode_time(self, segment: int) -> int:
        return self.begin(segment) * PACKET

    def start(self, segment: int) -> Fraction:
        return Fraction(self.decode_time(segment), self.sample_rate)

    def seconds(self, segment: int) -> Fraction:
        return Fraction(min(self.packets * PACKET, self.samples - self.decode_time(segment)), self.sample_rate)


def video_arguments(
    track: VideoTrack, grid: VideoGrid, rung: Rung, *, first: int, count: int, source: Sequence[str]
) -> list[str]:
    """What makes `count` segments from number `first` on; `source`: the input's options and name."""
    begin = grid.begin(first)
    pre_roll = min(grid.pre_roll, begin)
    shift = f"setpts=PTS-{_number(Fraction(1, 2) / grid.rate)}/TB," if begin else ""
    seek = ["-ss", _number((begin - pre_roll - Fraction(1, 2)) / grid.rate)] if begin else []
    wanted = min(count * grid.frames, grid.total - begin)
    picture = (
        f"{shift}{_WHOLE if track.is_interlaced else ''}fps={grid.rate.numerator}/{grid.rate.denominator}:start_time=0,tpad=stop=-1:stop_mode=clone,"
        f"trim=start_frame={pre_roll},setpts=PTS-STARTPTS,scale={rung.width}:{rung.height},setsar=1,{to_sdr(track)}format=yuv420p"
    )
    return [
        "-nostdin", "-v", "error", *seek, *source, "-map", f"0:{track.stream}", "-an", "-sn", "-dn",
        "-map_metadata", "-1", "-map_chapters", "-1", "-vf", picture, "-frames:v", str(wanted),
        "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-profile:v", "high", "-level", f"{rung.level / 10}", "-maxrate", str(rung.bits), "-bufsize", str(rung.bits),
        "-g", str(grid.frames), "-keyint_min", str(grid.frames), "-sc_threshold", "0", "-x264-params", "open-gop=0",
        "-video_track_timescale", str(grid.timescale), "-output_ts_offset", _number(grid.start(first)),
        "-f", "mp4", "-movflags", FRAGMENTED, "pipe:1",
    ]  # fmt: skip


def to_sdr(track: VideoTrack) -> str:
    """What makes standard of high dynamic range (ITU-R BT.2100 to BT.709), in linear light."""
    transfer = {"hdr10": "smpte2084", "hlg": "arib-std-b67"}.get(track.hdr)
    if transfer is None:
        return ""
    told = (
        f"setparams=color_trc={transfer}:color_primaries=bt2020:colorspace=bt2020nc,zscale=t=linear:npl={NOMINAL_NITS}"
    )
    mapped = f"zscale=p=bt709,tonemap=hable:desat=0:peak={PEAK:g},zscale=t=bt709:m=bt709:r=tv"
    return f"{told},format=gbrpf32le,{mapped},"


def audio_arguments(track: AudioTrack, grid: AudioGrid, *, first: int, count: int, source: Sequence[str]) -> list[str]:
    """As `video_arguments`, for sound: AAC in two channels, silence where the track has nothing.

    It reads from a whole second on, at least one before what is wanted: decoders need what came before, and to cut at a
    sample, its distance from where reading began has to be a whole number of samples.
    """
    begin = grid.begin(first)
    packets = min(count * grid.packets, grid.total - begin)
    pre_roll = _pre_roll(begin, track.sample_rate, grid.sample_rate)
    start = Fraction((begin - pre_roll) * PACKET, grid.sample_rate)
    read_from = max(0, int(start) - AUDIO_LEAD_SECONDS)
    cut = round((start - read_from) * track.sample_rate)
    sound = [
        *_on_the_grid(track, read_from), f"atrim=start_pts={cut}", f"asetpts=PTS-{cut}",
        f"aresample={grid.sample_rate}:async=1:first_pts=0", "apad", "asetpts=NB_CONSUMED_SAMPLES",
    ]  # fmt: skip
    skipped = pre_roll + 1
    return [
        "-nostdin", "-v", "error", *(["-noaccurate_seek", "-ss", str(read_from)] if read_from else []), *source,
        "-map", f"0:{track.stream}", "-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1",
        "-af", ",".join(sound), "-c:a", "aac", "-b:a", "160k", "-ac", "2",
        "-t", _number(Fraction((packets + pre_roll + 2) * PACKET, grid.sample_rate)),
        "-bsf:a", f"noise=drop='lt(n,{skipped})+gte(n,{skipped + packets})'",
        "-output_ts_offset", _number(start), "-f", "mp4",
        "-movflags", "+cmaf+empty_moov+default_base_moof+skip_trailer+frag_discont",
        "-frag_duration", str(grid.packets * PACKET * 1_000_000 // grid.sample_rate), "pipe:1",
    ]  # fmt: skip


def _pre_roll(begin: int, source_rate: int, rate: int) -> int:
    """Packets to encode before packet `begin`: as many as are needed, and more until they begin at a sample of the source."""
    if begin <= PRE_ROLL_PACKETS:
        return begin
    candidates = range(PRE_ROLL_PACKETS, min(begin, MOST_PRE_ROLL_PACKETS) + 1)
    return next((n for n in candidates if (begin - n) * PACKET * source_rate % rate == 0), PRE_ROLL_PACKETS)


def _on_the_grid(track: AudioTrack, read_from: int) -> list[str]:
    """Where time stamps are rounded, put each packet where it exactly belongs: it ends on the grid, a last one begins there."""
    if not track.packet:
        return []
    size, origin = track.packet, (track.origin - read_from * track.sample_rate) % track.packet
    ending = f"round((PTS+S-{origin})/{size})*{size}+{origin}-S"
    beginning = f"round((PTS-{origin})/{size})*{size}+{origin}"
    return [f"asetpts='if(lt(S,{size})*gt(PTS,{2 * size}),{beginning},{ending})'"]


def _number(value: Fraction) -> str:
    return f"{float(value):.9f}"
