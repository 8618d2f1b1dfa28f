"""Figures for Prometheus."""

from prometheus_client import Counter, Gauge

segments = Counter(
    "mediaworks_stream_segments", "Segments that came to this disk: from the shared part, or an encoder", ["source"]
)
completed = Counter("mediaworks_stream_segments_completed", "Segments that were made while no encoder was wanted")
cache_bytes = Gauge(
    "mediaworks_stream_cache_bytes", "What segments take up: on this disk, in the shared part", ["part"],
    multiprocess_mode="mostrecent",
)  # fmt: skip
