"""Prometheus figures, added up over all processes of the service."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from litestar import Response, get
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

requests = Counter("mediaworks_http_requests", "Requests answered", ["method", "route", "status"])
seconds = Histogram("mediaworks_http_request_seconds", "Time to answer a request", ["route"])


def count_request(method: str, route: str, status: int, took: float) -> None:
    """Note one request; `took` in seconds."""
    counter, histogram = _children(method, route, status)
    counter.inc()
    histogram.observe(took)


@lru_cache(maxsize=4096)
def _children(method: str, route: str, status: int) -> tuple[Counter, Histogram]:
    return requests.labels(method, route, str(status)), seconds.labels(route)


@get("/metrics", summary="Figures for Prometheus", sync_to_thread=True, security=[], tags=["operate"])
def metrics() -> Response[bytes]:
    registry = CollectorRegistry()
    collect: Any = MultiProcessCollector
    collect(registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
