from __future__ import annotations

import pytest

from mediaworks.errors import SetupError
from mediaworks.events.sinks import Surroundings, open_sinks

NOWHERE = Surroundings(lambda media_id, name: "")


def test_an_address_of_an_unknown_scheme_names_those_that_are_installed() -> None:
    with pytest.raises(SetupError, match=r"amqp://.*nats://, redis://"):
        open_sinks(["amqp://127.0.0.1"], NOWHERE)


@pytest.mark.parametrize("address", ["nats://", "redis://127.0.0.1:no"])
def test_an_address_that_cannot_be_is_refused(address: str) -> None:
    with pytest.raises(SetupError, match=address.partition(":")[0]):
        open_sinks([address], NOWHERE)


def test_the_same_place_twice_is_refused() -> None:
    with pytest.raises(SetupError, match="2 times"):
        open_sinks(["nats://127.0.0.1", "nats://127.0.0.1:4222"], NOWHERE)


def test_a_password_in_an_address_is_in_no_name() -> None:
    (sink,) = open_sinks(["nats://user:secret@127.0.0.1"], NOWHERE)
    assert sink.name == "nats://127.0.0.1:4222"
