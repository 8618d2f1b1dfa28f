"""Prometheus figures, added up over all processes of the service."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

requests = Counter("mediaworks_http_requests", "Requests answered", ["method", "route", "status"])
seconds = Histogram("mediaworks_http_request_seconds", "Time to answer a request", ["route"])
in_progress = Gauge("mediaworks_http_requests_in_progress", "Requests under way", multiprocess_mode="livesum")


@get("/metrics", summary="Figures for Prometheus", sync_to_thread=True, security=[], tags=["operate"])
def metrics() -> Response[bytes]:
    registry = CollectorRegistry()
    collect: Any = MultiProcessCollector
    collect(registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
