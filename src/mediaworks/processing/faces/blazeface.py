"""BlazeFace (arXiv:1907.05047) as mediapipe ships it: `short_range` knows faces that fill a picture, `full_range` those
further away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mediaworks.processing.faces import mediapipe_core as core

Share = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A box and six key points, in pixels of the picture that was looked at; it may reach over its edges."""

    left: float
    top: float
    width: float
    height: float
    score: float
    points: tuple[Share, ...]

    def moved(self, right: float, down: float) -> Sighting:
        """The same in a picture of which this one is a part that begins there."""
        points = tuple((x + right, y + down) for x, y in self.points)
        return Sighting(self.left + right, self.top + down, self.width, self.height, self.score, points)


class BlazeFace:
    """A model in memory. It runs in the thread that calls it and starts no other: walls bind only what comes after them."""

    def __init__(self, name: str) -> None:
        self._graph = core.CalculatorGraph(graph_config=_config(name))
        self._answers: list[Any] = []
        self._graph.observe_output_stream("detections", lambda _stream, packet: self._answers.append(packet))
        self._graph.start_run({})
        self._graph.wait_until_idle()
        self._pictures = 0

    def look(self, pixels: Any) -> list[Sighting]:
        """What is seen in an array of height × width × 3 bytes of sRGB."""
        self._answers.clear()
        self._pictures += 1
        frame = core.packet_creator.create_image_frame(image_format=core.ImageFormat.SRGB, data=pixels)
        self._graph.add_packet_to_input_stream("image", frame.at(self._pictures))
        self._graph.wait_until_idle()
        height, width = pixels.shape[:2]
        seen = [found for answer in self._answers for found in core.packet_getter.get_proto_list(answer)]
        return [_sighting(found, width, height) for found in seen]


def _config(name: str) -> Any:
    shipped = core.ValidatedGraphConfig()
    path = core.FOLDER / "modules" / "face_detection" / f"face_detection_{name}_cpu.binarypb"
    shipped.initialize(binary_graph_path=str(path))
    config = core.CalculatorGraphConfig()
    config.ParseFromString(shipped.binary_config)
    del config.executor[:]
    config.executor.add(type="ApplicationThreadExecutor")
    return config


def _sighting(found: Any, width: int, height: int) -> Sighting:
    box = found.location_data.relative_bounding_box
    points = tuple((point.x * width, point.y * height) for point in found.location_data.relative_keypoints)
    return Sighting(box.xmin * width, box.ymin * height, box.width * width, box.height * height, found.score[0], points)
