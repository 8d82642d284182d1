"""Calls to other people's servers, made over real sockets and a real name server."""

import json
import logging
import socket
import threading

import pytest
from django.core.exceptions import ValidationError
from standardwebhooks import Webhook

from core import outbound
from core.callable_addresses import may_be_called
from core.outbound import CallFailed, check_url, post_json
from tests.dns import hosts
from tests.receiver import Receiver, answer
from tests.tls import certificate

KEY, SECRET = "run-1", b"0123456789abcdef0123456789abcdef"
PUBLIC = "93.184.216.34"


@pytest.fixture
def dialer(settings):
    """dialer.test, a host on the operator's own network."""
    settings.OUTBOUND_HOSTS = settings.OUTBOUND_PRIVATE_HOSTS = ["dialer.test"]
    with hosts({"dialer.test": [["127.0.0.1"]]}), Receiver() as server:
        yield server


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(outbound, "SECONDS", 0.5)


def post(port: int, path: str = "/", host: str = "dialer.test", scheme: str = "http") -> outbound.Answer:
    return post_json(f"{scheme}://{host}:{port}{path}", {"name": "Zoé"}, key=KEY, secrets=[SECRET])


def test_the_receiver_gets_json_that_it_can_verify(dialer):
    assert post(dialer.port, "/calls?list=1") == outbound.Answer(200, "ok")
    [call] = dialer.received
    assert call.path == "/calls?list=1"
    assert call.headers["host"] == f"dialer.test:{dialer.port}"
    assert call.headers["content-type"] == "application/json; charset=utf-8"
    assert call.headers["webhook-id"] == KEY
    assert Webhook(SECRET).verify(call.body, call.headers) == {"name": "Zoé"} == json.loads(call.body)


def test_a_body_that_was_changed_is_not_verified(dialer):
    post(dialer.port)
    [call] = dialer.received
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(call.body + b" ", call.headers)


def test_during_a_rotation_either_secret_verifies(dialer):
    old, new = b"old-" * 8, b"new-" * 8
    post_json(f"http://dialer.test:{dialer.port}/", {}, key=KEY, secrets=[new, old])
    [call] = dialer.received
    assert Webhook(old).verify(call.body, call.headers) == Webhook(new).verify(call.body, call.headers) == {}


def test_nothing_is_sent_unsigned(dialer):
    with pytest.raises(CallFailed, match="no secret"):
        post_json(f"http://dialer.test:{dialer.port}/", {}, key=KEY, secrets=[])
    assert dialer.received == []


@pytest.mark.parametrize(
    "url",
    [
        *("", "dialer.test", "//dialer.test/", "ftp://dialer.test/", "file:///etc/passwd", "javascript:alert(1)", None),
        *("http://", "http:///path", "http://:80/", "http://user@dialer.test/", "http://user:word@dialer.test/"),
        *(
            "http://dialer.test:99999/",
            "http://dialer.test:x/",
            "http://dialer.test/a b",
            "http://dialer.test/\r\nX: y",
        ),
        *("http://dialer.test\\@other.test/", "http://dialér.test/", "http://dialer.test%2eother.test/"),
        *("http://other.test/", "http://sub.dialer.test/", "http://dialer.test.other.test/", f"http://{PUBLIC}/"),
        # This machine, as resolvers take it, though listed by nobody.
        *("http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/", "http://127.0.0.1.:80/"),
        *("http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[fe80::1%25eth0]/", "http://" + "a" * 2000),
    ],
)
def test_an_address_that_may_not_be_called_is_refused_as_it_is_written(settings, url):
    settings.OUTBOUND_HOSTS = ["dialer.test"]
    with pytest.raises(ValidationError) as refused:
        check_url("params", url)
    assert list(refused.value.message_dict) == ["params"]
    with pytest.raises(CallFailed):
        post_json(url, {}, key=KEY, secrets=[SECRET])


@pytest.mark.parametrize("url", ["http://2130706433/", "http://0177.0.0.1/", "http://0x7f.1/", "http://127.1/"])
def test_numbers_are_no_names_even_where_every_host_may_be_called(settings, url):
    settings.OUTBOUND_HOSTS = ["*"]
    with pytest.raises(ValidationError):
        check_url("params", url)


@pytest.mark.parametrize(
    "url", ["https://Dialer.Test/x?y=z#w", "http://dialer.test:8080", "http://sub.below.test/", "https://dialer.test./"]
)
def test_an_allowed_host_is_compared_as_hosts_are(settings, url):
    settings.OUTBOUND_HOSTS = ["DIALER.test", ".below.test"]
    check_url("params", url)


@pytest.mark.parametrize(
    ("address", "public", "private"),
    [
        *((PUBLIC, True, True), ("2606:2800:220:1::1", True, True), ("64:ff9b::5db8:d822", True, True)),
        *(("127.0.0.1", False, True), ("::1", False, True), ("::ffff:127.0.0.1", False, True)),
        *(("10.0.0.1", False, True), ("172.16.9.9", False, True), ("192.168.1.1", False, True)),
        *(("fd00::1", False, True), ("100.64.0.1", False, True), ("64:ff9b::a00:1", False, True)),
        # Link-local is where clouds keep the machine's own secrets; never.
        *(("169.254.169.254", False, False), ("fe80::1", False, False), ("::ffff:169.254.169.254", False, False)),
        *(("0.0.0.0", False, False), ("::", False, False), ("224.0.0.1", False, False), ("ff02::1", False, False)),
        *(("240.0.0.1", False, False), ("255.255.255.255", False, False), ("::7f00:1", False, False)),
        *(("2002:7f00:1::1", False, False), ("2001:0:7f00:1::1", False, False), ("fec0::1", False, False)),
    ],
)
def test_which_addresses_may_be_called(address, public, private):
    assert (may_be_called(address, False), may_be_called(address, True)) == (public, private)


@pytest.mark.parametrize("found", [["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], [PUBLIC, "127.0.0.1"], ["::1"]])
def test_a_host_with_a_private_address_is_refused_unless_it_is_listed_as_such(settings, found):
    settings.OUTBOUND_HOSTS = ["dialer.test"]
    with (
        hosts({"dialer.test": [found]}),
        Receiver() as server,
        pytest.raises(CallFailed, match=r"dialer.test has an address that may not be called"),
    ):
        post(server.port)
    assert server.received == []


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2"])
def test_the_address_that_was_checked_is_the_one_that_is_connected_to(settings):
    settings.OUTBOUND_HOSTS = settings.OUTBOUND_PRIVATE_HOSTS = ["dialer.test"]
    turns = [["127.0.0.1"], ["127.0.0.2"]]
    with (
        Receiver() as checked,
        Receiver(address="127.0.0.2", port=checked.port) as other,
        hosts({"dialer.test": turns}) as names,
    ):
        post(checked.port)
    assert (len(checked.received), len(other.received)) == (1, 0)
    assert names.asked == ["dialer.test"] * 2, "once for each family"


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_a_name_that_turns_to_this_machine_after_the_check_leads_nobody_there(settings):
    settings.OUTBOUND_HOSTS = ["dialer.test"]
    with (
        Receiver() as server,
        hosts({"dialer.test": [[PUBLIC], ["127.0.0.1"]]}),
        # The tests' own guard names whom it was connected to.
        pytest.raises(RuntimeError, match=PUBLIC),
    ):
        post(server.port)
    assert server.received == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_no_success(dialer, status):
    with Receiver() as inner:
        dialer.reply = lambda handler: answer(handler, status, Location=f"http://127.0.0.1:{inner.port}/secret")
        found = post(dialer.port)
    assert (found.status, found.is_success) == (status, False)
    assert inner.received == []
    assert len(dialer.received) == 1


def test_no_proxy_of_the_environment_is_asked(dialer, monkeypatch):
    with Receiver() as proxy:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
        post(dialer.port)
    assert (len(dialer.received), proxy.received) == (1, [])


def test_cookies_are_not_kept(dialer):
    dialer.reply = lambda handler: answer(handler, **{"Set-Cookie": "session=1"})
    post(dialer.port)
    post(dialer.port)
    assert [call.headers.get("cookie") for call in dialer.received] == [None, None]


def test_of_a_huge_answer_64_kib_are_read(dialer):
    dialer.reply = lambda handler: answer(handler, body=b"x" * 5_000_000)
    assert post(dialer.port).text == "x" * 65536


def test_of_an_endless_answer_64_kib_are_read(dialer):
    def drown(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    dialer.reply = drown
    assert post(dialer.port).text == "x" * 65536


def drip(handler, line: bytes, stop: threading.Event) -> None:
    while not stop.wait(0.05):
        handler.wfile.write(line)


@pytest.mark.parametrize(
    ("begin", "line"),
    [
        (b"", b""),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["silence", "dripping headers", "a dripping body", "endless interim answers"],
)
def test_who_answers_slowly_holds_nobody_beyond_the_time_out(dialer, impatient, begin, line):
    stop = threading.Event()

    def slowly(handler) -> None:
        handler.wfile.write(begin)
        drip(handler, line, stop)

    dialer.reply = slowly
    try:
        with pytest.raises(CallFailed, match=r"dialer.test (did not answer in time|is no HTTP)"):
            post(dialer.port)
    finally:
        stop.set()


def test_a_name_server_that_does_not_answer_holds_nobody(dialer, settings, impatient):
    settings.OUTBOUND_HOSTS = ["silent.test"]
    with hosts({}) as names:
        names.records["silent.test"] = None
        with pytest.raises(CallFailed, match=r"silent.test did not answer in time"):
            post(dialer.port, host="silent.test")


@pytest.mark.parametrize("reply", [b"nonsense\r\n\r\n", b"HTTP/1.1 99999 OK\r\n\r\n", b"\x16\x03\x01"])
def test_who_speaks_no_http_fails_the_call(dialer, reply):
    dialer.reply = lambda handler: handler.wfile.write(reply)
    with pytest.raises(CallFailed, match=r"^The answer of dialer.test is no HTTP that can be read$"):
        post(dialer.port)


def test_a_host_that_is_not_there_fails_the_call(dialer, settings):
    settings.OUTBOUND_HOSTS = ["gone.test"]
    with pytest.raises(CallFailed, match=r"gone.test cannot be reached"):
        post(dialer.port, host="gone.test")


def test_what_fails_tells_nothing_secret(dialer, caplog):
    caplog.set_level(logging.DEBUG)
    port = dialer.port
    dialer.__exit__()
    with pytest.raises(CallFailed) as failed:
        post(port, "/hidden-path?token=hidden-token")
    dialer.__enter__()
    told = f"{failed.value} {caplog.text}"
    assert "hidden" not in told
    assert SECRET.decode() not in told


def test_tls_goes_to_the_checked_address_and_is_judged_by_the_name(settings, tmp_path, monkeypatch):
    context, authority = certificate("dialer.test", tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    outbound._tls.cache_clear()
    settings.OUTBOUND_HOSTS = settings.OUTBOUND_PRIVATE_HOSTS = ["dialer.test", "other.test"]
    try:
        with Receiver(tls=context) as server, hosts({"dialer.test": [["127.0.0.1"]], "other.test": [["127.0.0.1"]]}):
            assert post(server.port, scheme="https").is_success
            with pytest.raises(CallFailed, match=r"^The certificate of other.test is for another name$"):
                post(server.port, host="other.test", scheme="https")
    finally:
        outbound._tls.cache_clear()
    assert [call.headers["host"] for call in server.received] == [f"dialer.test:{server.port}"]


def test_a_tls_handshake_that_never_ends_is_given_up(dialer, impatient):
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(CallFailed, match="not answer in time"):
        post(silent.getsockname()[1], scheme="https")


def test_a_tls_call_to_a_plain_server_fails(dialer):
    with pytest.raises(CallFailed, match=r"^No TLS connection \(https\) could be made with dialer.test$"):
        post(dialer.port, scheme="https")
