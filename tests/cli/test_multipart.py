from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multipart import MultipartParser, parse_options_header

from mediaworks.cli.multipart import Body, multipart_body
from mediaworks.cli.sources import CHUNK_BYTES, Changed, Source


@given(
    content=st.binary(max_size=2000),
    fields=st.dictionaries(st.sampled_from(["tags", "metadata"]), st.text(st.characters(codec="utf-8"), max_size=50)),
)
def test_a_body_is_as_long_as_it_says_and_reads_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, fields: dict[str, str]
) -> None:
    source = written(tmp_path_factory.mktemp("body"), content)
    sent: list[int] = []
    body = multipart_body(source, fields, sent.append)
    whole = b"".join(body.stream)
    assert len(whole) == body.length == int(body.headers["content-length"])
    assert sum(sent) == len(content)
    assert parsed(body, whole) == {name: value.encode() for name, value in fields.items()} | {"file": content}


def test_a_large_file_goes_out_in_small_pieces(tmp_path: Path) -> None:
    source = written(tmp_path, bytes(10 * CHUNK_BYTES))
    assert max(len(piece) for piece in multipart_body(source, {}, lambda _: None).stream) == CHUNK_BYTES


def test_a_body_of_unknown_length_announces_none() -> None:
    assert "content-length" not in multipart_body(Source(None, "stdin", None), {}, lambda _: None).headers


@pytest.mark.parametrize("size", [9, 11])
def test_a_file_that_changed_since_is_not_sent_to_its_end(tmp_path: Path, size: int) -> None:
    written(tmp_path, bytes(size))
    with pytest.raises(Changed):
        list(multipart_body(Source(tmp_path / "a.bin", "a.bin", 10), {}, lambda _: None).stream)


def written(folder: Path, content: bytes) -> Source:
    path = folder / "a.bin"
    path.write_bytes(content)
    return Source(path, 'a "name".bin', len(content))


def parsed(body: Body, whole: bytes) -> dict[str, bytes]:
    import io

    boundary = parse_options_header(body.content_type)[1]["boundary"]
    return {part.name: part.raw for part in MultipartParser(io.BytesIO(whole), boundary)}
