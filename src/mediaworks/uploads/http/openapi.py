"""How the OpenAPI document describes a body that the framework does not read for us."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.openapi.spec import (
    Example,
    OpenAPIFormat,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Reference,
    RequestBody,
    Schema,
)

from mediaworks.media import Visibility

_TEXT = Schema(type=OpenAPIType.STRING)

FORM = Schema(
    type=OpenAPIType.OBJECT,
    required=["file"],
    properties={
        "file": Schema(
            type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, description="The file; may be there more than once"
        ),
        "tags": Schema(
            type=OpenAPIType.STRING, description="A JSON list, or separated by commas", examples=["sea,sun"]
        ),
        "visibility": Schema(type=OpenAPIType.STRING, enum=[visibility.value for visibility in Visibility]),
        "metadata": Schema(type=OpenAPIType.STRING, description="A JSON object", examples=['{"trip": 2026}']),
    },
)


@dataclass
class UploadOperation(Operation):
    """An operation whose body is the form of an upload."""

    def __post_init__(self) -> None:
        example: dict[str, Example | Reference] = {
            "form": Example(summary="A photo with tags", value={"file": "(binary)", "tags": "sea,sun"})
        }
        content = {"multipart/form-data": OpenAPIMediaType(schema=FORM, examples=example)}
        self.request_body = RequestBody(
            content=content, required=True, description="Fields may stand before or after the file"
        )


STREAMING_FORM = Schema(
    type=OpenAPIType.OBJECT,
    required=["file"],
    properties={
        **(FORM.properties or {}),
        "request_number": Schema(type=OpenAPIType.STRING, description="Found again by", examples=["250926-001"]),
        "category": _TEXT,
        "description": _TEXT,
        "uploaded_by": _TEXT,
    },
)


@dataclass
class StreamingOperation(Operation):
    """An operation whose body is the form of the first contract's streaming endpoints."""

    def __post_init__(self) -> None:
        content = {"multipart/form-data": OpenAPIMediaType(schema=STREAMING_FORM)}
        self.request_body = RequestBody(content=content, required=True, description="Fields may stand before the file")
