"""The parts of mediapipe that find faces, without those that draw, train or read cameras.

Its packages import all of that when they are imported (OpenCV, matplotlib, jax, PortAudio). With an empty package in
place of the outermost the modules inside can be imported one by one, and need numpy and protobuf only.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

VERSION = importlib.metadata.version("mediapipe")
_OPTIONS = (
    "calculators.tensor.image_to_tensor_calculator_pb2",
    "calculators.tensor.inference_calculator_pb2",
    "calculators.tensor.tensors_to_detections_calculator_pb2",
    "calculators.tflite.ssd_anchors_calculator_pb2",
    "calculators.util.non_max_suppression_calculator_pb2",
    "framework.formats.detection_pb2",
)
"""What the nodes of our graphs are set by: options that nobody has imported are lost without a word."""


def _folder() -> Path:
    found = importlib.util.find_spec("mediapipe")
    if found is None or not found.submodule_search_locations:
        raise ImportError("mediapipe is not installed")
    return Path(found.submodule_search_locations[0])


def _put_empty_package() -> None:
    package = ModuleType("mediapipe")
    package.__path__ = [str(FOLDER)]
    sys.modules["mediapipe"] = package


def _part(name: str) -> Any:
    return importlib.import_module(f"mediapipe.{name}")


FOLDER = _folder()
_put_empty_package()
for _options in _OPTIONS:
    _part(_options)

packet_creator = _part("python.packet_creator")
packet_getter = _part("python.packet_getter")
CalculatorGraph = _part("python._framework_bindings.calculator_graph").CalculatorGraph
CalculatorGraphConfig = _part("framework.calculator_pb2").CalculatorGraphConfig
ImageFormat = _part("python._framework_bindings.image_frame").ImageFormat
ValidatedGraphConfig = _part("python._framework_bindings.validated_graph_config").ValidatedGraphConfig
_part("python._framework_bindings.resource_util").set_resource_dir(str(FOLDER.parent))
