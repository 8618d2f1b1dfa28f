from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest

from mediaworks.kit.webhooks import StandardWebhook

AT = datetime.fromtimestamp(1614265330, UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_published_example_of_standard_webhooks_comes_out() -> None:
    headers = StandardWebhook(SECRET).headers("msg_p5jXN8AQM9LWM0D4loKWxJek", AT, b'{"test": 2432232314}')
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_secrets_change_both_sign() -> None:
    new = "whsec_" + base64.b64encode(b"n" * 32).decode()
    both = StandardWebhook(new, SECRET).headers("m", AT, b"{}")["webhook-signature"].split(" ")
    each = [StandardWebhook(secret).headers("m", AT, b"{}")["webhook-signature"] for secret in (new, SECRET)]
    assert both == each


@pytest.mark.parametrize(
    "secret", ["", "whsec_", SECRET.removeprefix("whsec_"), "whsec_!!", "whsec_" + "A" * 20, "whsec_" + "A" * 100]
)
def test_a_secret_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_ and 24 to 64") as refused:
        StandardWebhook(secret)
    assert len(secret) < 8 or secret not in str(refused.value)


def test_there_is_no_signing_without_a_secret() -> None:
    with pytest.raises(ValueError, match="a secret"):
        StandardWebhook()
