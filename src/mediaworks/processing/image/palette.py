"""The colours that a picture consists of: k-means in Oklab over a few hundred pixels."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mediaworks.processing.palette import Lab, Swatch, mean_of, squared_distance

if TYPE_CHECKING:
    from mediaworks.processing.image.vips import Image

MOST = 16
ROUNDS = 1
LEAST_SPREAD = 1e-4  # of a cluster that is still divided: a just noticeable difference in Oklab is some 0.02
Cluster = list[Lab]


def palette_of(tiny: Image) -> tuple[Swatch, ...]:
    """At most 16 colours and their shares of the visible pixels of `tiny` (8-bit sRGB with alpha), the commonest first.

    Begins with clusters cut where they spread most, then moves each pixel to the nearest mean.
    """
    clusters = _cut(_visible(tiny))
    for _ in range(ROUNDS if len(clusters) > 1 else 0):
        clusters = _gathered(clusters)
    total = sum(map(len, clusters))
    swatches = (Swatch(mean_of(cluster), round(len(cluster) / total, 4)) for cluster in clusters)
    return tuple(sorted(swatches, key=lambda swatch: -swatch.share))


def _visible(tiny: Image) -> Cluster:
    """Pixels that are at least half opaque."""
    colours = tiny.extract_band(0, n=3).colourspace("oklab")
    points: list[Lab] = list(struct.iter_unpack("fff", bytes(colours.cast("float").write_to_memory())))
    alphas = bytes(tiny[3].write_to_memory())
    return [point for point, alpha in zip(points, alphas, strict=True) if alpha >= 128]


def _cut(points: Cluster) -> list[Cluster]:
    """Halve the cluster that spreads most, at the mean of its longest axis, until there are enough."""
    done: list[Cluster] = []
    waiting = [_measured(points)] if points else []
    while waiting and len(waiting) + len(done) < MOST:
        waiting.sort(key=lambda measured: measured[0])
        spread, axis, middle, cluster = waiting.pop()
        if spread < LEAST_SPREAD * len(cluster):
            done.append(cluster)
            continue
        low = [point for point in cluster if point[axis] < middle]
        high = [point for point in cluster if point[axis] >= middle]
        waiting += [_measured(half) for half in (low, high) if half]
    return done + [cluster for *_, cluster in waiting]


def _measured(cluster: Cluster) -> tuple[float, int, float, Cluster]:
    """The sum of squares along the axis on which the cluster spreads most, that axis, and its mean there."""
    count = len(cluster)
    middle = mean_of(cluster)
    spreads = [
        sum(value * value for value in axis) - count * middle[i] ** 2
        for i, axis in enumerate(zip(*cluster, strict=True))
    ]
    axis = spreads.index(max(spreads))
    return spreads[axis], axis, middle[axis], cluster


def _gathered(clusters: Sequence[Cluster]) -> list[Cluster]:
    means = [mean_of(cluster) for cluster in clusters]
    gathered: list[Cluster] = [[] for _ in means]
    for cluster in clusters:
        for point in cluster:
            distances = [squared_distance(point, mean) for mean in means]
            gathered[distances.index(min(distances))].append(point)
    return [cluster for cluster in gathered if cluster]
