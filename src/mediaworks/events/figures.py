"""Figures for Prometheus."""

from prometheus_client import Counter

delivered = Counter("mediaworks_events_delivered", "Events delivered", ["sink"])
failures = Counter("mediaworks_events_delivery_failures", "Deliveries that failed and are tried again", ["sink"])
