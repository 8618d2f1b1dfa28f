"""Understanding and transforming files; native code that reads them runs only in the sandbox."""

from mediaworks.processing.asking import DRAW_WAVEFORM, INDEX, LOOK, PROBE, REMUX, UNDERSTAND, WAVEFORM
from mediaworks.processing.audio.engine import AudioEngine
from mediaworks.processing.audio.model import Loudness
from mediaworks.processing.audio.operations import AudioOperation
from mediaworks.processing.audio.outputs import AudioOutput
from mediaworks.processing.audio.waveform.data import Bits, Waveform, read_dat, waveform_of
from mediaworks.processing.audio.waveform.model import BASE as WAVEFORM_BASE
from mediaworks.processing.audio.waveform.model import WaveformRequest
from mediaworks.processing.audio.waveform.picture import Look as WaveformLook
from mediaworks.processing.audio.waveform.picture import request_of as waveform_drawing
from mediaworks.processing.audio.waveform.picture import svg as waveform_svg
from mediaworks.processing.config import ProcessingConfig
from mediaworks.processing.faces import Face, Faces
from mediaworks.processing.faces.need import needs_faces
from mediaworks.processing.fonts import families as font_families
from mediaworks.processing.image.operations import INSTALLED as INSTALLED_OPERATIONS
from mediaworks.processing.image.operations import OPERATIONS, Operation
from mediaworks.processing.image.operations import read as read_operations
from mediaworks.processing.image.operations.base import Colour
from mediaworks.processing.image.operations.layers.assets import BUNDLED
from mediaworks.processing.image.outputs import OUTPUTS, Output
from mediaworks.processing.image.outputs import read as read_output
from mediaworks.processing.image.outputs import settled as settle_output
from mediaworks.processing.image.outputs import shaped as shape_output
from mediaworks.processing.model import (
    Appearance,
    Facts,
    Histogram,
    ProbeRequest,
    Rendered,
    Rendering,
    Rendition,
    Thumbnail,
    ThumbnailSize,
    Understanding,
    UnderstandRequest,
    master_name,
)
from mediaworks.processing.palette import merged as merged_swatches
from mediaworks.processing.recorded import Engine, Progress, Recorded, Recordings
from mediaworks.processing.rendering import Renderer, Results, Source, size_needed
from mediaworks.processing.sandbox import Sandbox, Task
from mediaworks.processing.sandbox.program import Limits
from mediaworks.processing.sniff import HEAD_BYTES, sniff
from mediaworks.processing.types import ISO_MEDIA, TYPES, FileType, Kind
from mediaworks.processing.types import MOVING as MOVING_PICTURES
from mediaworks.processing.video.abilities import NEEDED as FFMPEG_NEEDED
from mediaworks.processing.video.abilities import missing as ffmpeg_missing
from mediaworks.processing.video.config import TranscodingConfig
from mediaworks.processing.video.cues import Cue, between, webvtt
from mediaworks.processing.video.cues import escaped as escaped_cue
from mediaworks.processing.video.encoding import Beginning, Encoder, Fragment, encoding
from mediaworks.processing.video.extraction import captions_of
from mediaworks.processing.video.faststart import Layout, layout_of
from mediaworks.processing.video.faststart import moved as moved_index
from mediaworks.processing.video.ffmpeg import ffmpeg
from mediaworks.processing.video.model import Chapter, Index, IndexRequest, Remuxed, RemuxRequest, VideoTrack
from mediaworks.processing.video.operations import AnyOperation as VideoOperation
from mediaworks.processing.video.outputs import Output as VideoOutput
from mediaworks.processing.video.presentation import (
    AAC_LC,
    AUDIO_BITS,
    AnyRendition,
    AnyVideo,
    AudioRendition,
    CopiedRendition,
    PlayedRendition,
    Presentation,
    VideoRendition,
    presentation_of,
)
from mediaworks.processing.video.segments import PACKET as AUDIO_PACKET
from mediaworks.processing.video.sprites import GRID as STORYBOARD_GRID
from mediaworks.processing.video.sprites import Storyboard, sheet_of
from mediaworks.processing.video.subtitles import TEXT_CODECS, read_captions
from mediaworks.processing.video.transcoding import VideoEngine
from mediaworks.processing.vocabularies import VOCABULARIES, Vocabulary

__all__ = [
    "AAC_LC",
    "AUDIO_BITS",
    "AUDIO_PACKET",
    "BUNDLED",
    "DRAW_WAVEFORM",
    "FFMPEG_NEEDED",
    "HEAD_BYTES",
    "INDEX",
    "INSTALLED_OPERATIONS",
    "ISO_MEDIA",
    "LOOK",
    "MOVING_PICTURES",
    "OPERATIONS",
    "OUTPUTS",
    "PROBE",
    "REMUX",
    "STORYBOARD_GRID",
    "TEXT_CODECS",
    "TYPES",
    "UNDERSTAND",
    "VOCABULARIES",
    "WAVEFORM",
    "WAVEFORM_BASE",
    "AnyRendition",
    "AnyVideo",
    "Appearance",
    "AudioEngine",
    "AudioOperation",
    "AudioOutput",
    "AudioRendition",
    "Beginning",
    "Bits",
    "Chapter",
    "Colour",
    "CopiedRendition",
    "Cue",
    "Encoder",
    "Engine",
    "Face",
    "Faces",
    "Facts",
    "FileType",
    "Fragment",
    "Histogram",
    "Index",
    "IndexRequest",
    "Kind",
    "Layout",
    "Limits",
    "Loudness",
    "Operation",
    "Output",
    "PlayedRendition",
    "Presentation",
    "ProbeRequest",
    "ProcessingConfig",
    "Progress",
    "Recorded",
    "Recordings",
    "RemuxRequest",
    "Remuxed",
    "Rendered",
    "Renderer",
    "Rendering",
    "Rendition",
    "Results",
    "Sandbox",
    "Source",
    "Storyboard",
    "Task",
    "Thumbnail",
    "ThumbnailSize",
    "TranscodingConfig",
    "UnderstandRequest",
    "Understanding",
    "VideoEngine",
    "VideoOperation",
    "VideoOutput",
    "VideoRendition",
    "VideoTrack",
    "Vocabulary",
    "Waveform",
    "WaveformLook",
    "WaveformRequest",
    "between",
    "captions_of",
    "encoding",
    "escaped_cue",
    "ffmpeg",
    "ffmpeg_missing",
    "font_families",
    "layout_of",
    "master_name",
    "merged_swatches",
    "moved_index",
    "needs_faces",
    "presentation_of",
    "read_captions",
    "read_dat",
    "read_operations",
    "read_output",
    "settle_output",
    "shape_output",
    "sheet_of",
    "size_needed",
    "sniff",
    "waveform_drawing",
    "waveform_of",
    "waveform_svg",
    "webvtt",
]
