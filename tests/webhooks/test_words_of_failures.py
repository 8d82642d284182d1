"""Why nothing arrived, in words for people; the error's own name is in the log alone."""

import errno
import logging
from datetime import timedelta

import pytest

from core import outbound
from core.call_failures import words_for
from core.models import Webhook, WebhookDelivery
from core.webhooks import sending
from core.webhooks.services import create_webhook
from tests.dns import hosts
from tests.receiver import Receiver
from tests.tls import certificate
from tests.web import free_port
from tests.webhooks.wire import RECEIVER, happen, only_delivery

pytestmark = pytest.mark.django_db


def sent(organization, port: int, scheme: str = "http") -> WebhookDelivery:
    create_webhook(organization, {"url": f"{scheme}://{RECEIVER}:{port}/", "types": ["*"]})
    happen(organization, "close.closed")
    sending.drain()
    return only_delivery()


@pytest.fixture
def names(settings):
    settings.OUTBOUND_PRIVATE_HOSTS = [RECEIVER]
    with hosts({RECEIVER: [["127.0.0.1"]]}) as server:
        yield server


@pytest.mark.parametrize(
    ("reply", "words", "name"),
    [
        (b"", "hooks.test closed the connection before it had answered", "RemoteDisconnected"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "The answer of hooks.test is no HTTP that can be read", "BadStatusLine"),
        (b"HTTP/1.1 200 " + b"x" * 70000, "The answer of hooks.test is no HTTP that can be read", "LineTooLong"),
    ],
)
def test_an_answer_that_is_none(organization, names, caplog, reply, words, name):
    caplog.set_level(logging.INFO)
    with Receiver(reply=lambda handler: handler.wfile.write(reply)) as server:
        assert sent(organization, server.port).error == words
    assert f"hooks.test could not be called: {name}" in caplog.text


def test_a_port_at_which_nobody_listens(organization, names):
    assert sent(organization, free_port()).error == "hooks.test cannot be reached: it refuses connections at this port"


def test_a_name_that_is_nobodys(organization, names):
    names.addresses.clear()
    assert sent(organization, 9).error == "hooks.test cannot be reached: its name could not be resolved"


@pytest.mark.parametrize(
    ("host", "ends", "is_known", "words"),
    [
        (RECEIVER, timedelta(days=1), False, "is not trusted"),
        (RECEIVER, timedelta(hours=-1), True, "has expired"),
        ("other.test", timedelta(days=1), True, "is for another name"),
    ],
)
def test_a_certificate_that_does_not_hold(organization, names, tmp_path, monkeypatch, host, ends, is_known, words):
    context, authority = certificate(host, tmp_path, ends)
    if is_known:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    outbound._tls.cache_clear()
    try:
        with Receiver(tls=context) as server:
            assert sent(organization, server.port, "https").error == f"The certificate of hooks.test {words}"
    finally:
        outbound._tls.cache_clear()


def test_https_to_a_server_that_speaks_plain_http(organization, names):
    with Receiver() as server:
        error = sent(organization, server.port, "https").error
    assert error == "No TLS connection (https) could be made with hooks.test"


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), "cannot be reached: the network knows no way to it"),
        (OSError(errno.EMFILE, "Too many open files"), "cannot be reached; the server's log says why"),
    ],
)
def test_what_no_server_of_a_test_can_do(error, words):
    assert words_for(error, "hooks.test") == f"hooks.test {words}"


def test_a_secret_that_no_key_reads(organization, names, caplog):
    webhook, _secret = create_webhook(organization, {"url": f"http://{RECEIVER}:9/", "types": ["*"]})
    Webhook.objects.filter(pk=webhook.pk).update(secret=b"of another key")
    happen(organization, "close.closed")
    sending.drain()
    assert only_delivery().error == "Its secret cannot be decrypted with the present keys"
    assert "InvalidToken" in caplog.text
