"""What the children of the sandbox can be asked, beside rendering."""

from __future__ import annotations

from mediaworks.processing.audio.waveform.model import DrawRequest, Peaks, WaveformRequest
from mediaworks.processing.model import Appearance, Facts, ProbeRequest, Understanding, UnderstandRequest
from mediaworks.processing.sandbox import Task
from mediaworks.processing.video.model import Filmed, FilmRequest, Index, IndexRequest, Remuxed, RemuxRequest

LOOK = Task("look", ProbeRequest, Appearance)
PROBE = Task("probe", ProbeRequest, Facts)
INDEX = Task("index", IndexRequest, Index)
FILM = Task("film", FilmRequest, Filmed)
REMUX = Task("remux", RemuxRequest, Remuxed)
UNDERSTAND = Task("understand", UnderstandRequest, Understanding)
WAVEFORM = Task("waveform", WaveformRequest, Peaks)
DRAW_WAVEFORM = Task("draw_waveform", DrawRequest, bytes)
