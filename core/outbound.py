"""Calls to other people's servers: signed, to allowed hosts alone, bounded in time and in size [contracts 50, 60]."""

import base64
import hashlib
import hmac
import http.client
import json
import logging
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from secrets import token_bytes as random_bytes
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import validate_host
from django.utils.translation import gettext as _

from core.call_failures import words_for
from core.callable_addresses import may_be_called
from core.changes import refuse
from core.service_scripts import Run

logger = logging.getLogger("dutyboard.outbound")
SECONDS = 10.0
LONGEST_ANSWER = 64 * 1024
LONGEST_URL = 2000
SCHEME = re.compile(r"https?://", re.IGNORECASE)
CHARACTERS = re.compile(r"[!-\[\]-~]+")
NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
# The hosts that may be called, as OUTBOUND_HOSTS has them, which None stands for.
Hosts = Sequence[str] | None
ANY_HOST = ("*",)
# As the Standard Webhooks write a secret; 32 random bytes.
SECRET_PREFIX = "whsec_"  # noqa: S105  (its prefix alone)


class CallFailed(Exception):
    """The call was refused or had no answer; the text, for people, names the host and nothing else of the address."""


@dataclass(frozen=True)
class Answer:
    """`text`: the first 64 KiB."""

    status: int
    text: str

    @property
    def is_success(self) -> bool:
        """A redirect is none, as it is not followed."""
        return 200 <= self.status < 300


@dataclass(frozen=True)
class Target:
    is_tls: bool
    host: str
    port: int
    path: str


def check_url(field: str, url: object, hosts: Hosts = None) -> Target:
    """Raises ValidationError where a call would be refused for its address as it is written."""
    try:
        return target_of(url, hosts)
    except CallFailed as error:
        refuse(field, "url", str(error))


def post_json(url: str, body: Any, *, key: str, secrets: Sequence[bytes], hosts: Hosts = None) -> Answer:
    """POST the body as JSON, signed by each of the secrets as the Standard Webhooks say; raises CallFailed.

    `key` names the message, and is the same whenever it is sent again.
    """
    target = target_of(url, hosts)
    if not secrets:
        raise CallFailed(_("There is no secret to sign with"))
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Dutyboard", "Connection": "close"}
    return _Exchange(target, content, headers | signed(key, content, secrets)).answer()


def post_to(run: Run, url: str, body: Any) -> Answer:
    """The same for a service script; raises CallFailed also where the answer is no success."""
    answer = post_json(url, body, key=run.key, secrets=[run.secret] if run.secret else [])
    if not answer.is_success:
        host = target_of(url).host
        raise CallFailed(_("%(host)s answered %(status)d") % {"host": host, "status": answer.status})
    return answer


def new_secret() -> tuple[bytes, str]:
    """The key that signs, and how it is shown to whoever verifies."""
    key = random_bytes(32)
    return key, SECRET_PREFIX + base64.b64encode(key).decode()


def signed(key: str, content: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    moment = str(int(time.time()))
    message = f"{key}.{moment}.".encode() + content
    signatures = [base64.b64encode(hmac.digest(secret, message, hashlib.sha256)).decode() for secret in secrets]
    return {
        "webhook-id": key,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


# -- where to -------------------------------------------------------------------------------------------------


def target_of(url: object, hosts: Hosts = None) -> Target:
    """Raises CallFailed for what is no plain address of an allowed host."""
    try:
        parts = urlsplit(_written(url))
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise CallFailed(_("The address has no valid host or port")) from None
    if "@" in parts.netloc:
        raise CallFailed(_("The address may hold no name and password"))
    host = (parts.hostname or "").removesuffix(".")
    if not _is_host(host):
        raise CallFailed(_("The address names no host"))
    if not _is_listed(host, settings.OUTBOUND_HOSTS if hosts is None else hosts):
        raise CallFailed(_("%(host)s is not among the hosts that may be called") % {"host": host})
    query = f"?{parts.query}" if parts.query else ""
    return Target(parts.scheme == "https", host, port, (parts.path or "/") + query)


def _written(url: object) -> str:
    if not isinstance(url, str) or not SCHEME.match(url):
        raise CallFailed(_("The address must begin with http:// or https://"))
    if len(url) > LONGEST_URL:
        raise CallFailed(_("The address may have %(most)d characters at most") % {"most": LONGEST_URL})
    if not url.isascii():
        raise CallFailed(_("The address must be ASCII: its host in the form xn--…, all else percent-encoded"))
    if not CHARACTERS.fullmatch(url):
        raise CallFailed(_("The address may have no spaces, line breaks or backslashes"))
    return url


def _is_host(host: str) -> bool:
    """A name, or an IP address in its usual form: what ends in a number is no name, though resolvers take it."""
    try:
        return "%" not in str(ip_address(host))
    except ValueError:
        last = host.rpartition(".")[2]
        return bool(NAME.fullmatch(host)) and not re.fullmatch(r"\d+|0x[0-9a-f]*", last)


def is_of_own_network(host: str) -> bool:
    """The operator opened it: it may have private addresses, and be called without TLS by webhooks."""
    return _is_listed(host, settings.OUTBOUND_PRIVATE_HOSTS)


def _is_listed(host: str, hosts: Sequence[str]) -> bool:
    """As ALLOWED_HOSTS is read, where IPv6 stands in its brackets; here it may also stand without."""
    return validate_host(host, hosts) or validate_host(f"[{host}]", hosts)


def addresses_of(target: Target) -> list[str]:
    """Resolved once: the connection goes to one of these. Raises CallFailed unless each of them may be called."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    is_private = is_of_own_network(target.host)
    if not addresses or not all(may_be_called(address, is_private) for address in addresses):
        raise CallFailed(_("%(host)s has an address that may not be called") % {"host": target.host})
    return addresses


# -- the call itself ------------------------------------------------------------------------------------------


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


class _Connection(http.client.HTTPConnection):
    """To an address that was checked, with the host's name in `Host` and in TLS."""

    def __init__(self, target: Target, opened: Callable[[socket.socket], None]) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self.target, self.opened = target, opened
        self.default_port = 443 if target.is_tls else 80

    def connect(self) -> None:
        self.sock = self._reached(addresses_of(self.target))
        self.opened(self.sock)
        if self.target.is_tls:
            host = self.target.host
            self.sock = _tls().wrap_socket(self.sock, server_hostname=host, do_handshake_on_connect=False)
            self.opened(self.sock)
            self.sock.do_handshake()

    def _reached(self, addresses: list[str]) -> socket.socket:
        *others, last = addresses
        for address in others:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError:
                continue
        return socket.create_connection((last, self.port), self.timeout)


class _Exchange:
    """In a thread of its own, left alone when the time is over: no answer and no resolver holds the caller longer."""

    def __init__(self, target: Target, content: bytes, headers: dict[str, str]) -> None:
        self.target, self.content, self.headers = target, content, headers
        self.socket: socket.socket | None = None
        self.is_over = False
        self.guard = threading.Lock()
        self.outcome: Answer | Exception | None = None

    def answer(self) -> Answer:
        thread = threading.Thread(target=self._run, name="outbound", daemon=True)
        thread.start()
        try:
            thread.join(SECONDS)
        finally:
            self._end()
        if self.outcome is None:
            raise CallFailed(words_for(TimeoutError(), self.target.host))
        if isinstance(self.outcome, Exception):
            raise self._failure(self.outcome)
        return self.outcome

    def _failure(self, error: Exception) -> Exception:
        """What went wrong between the two, in words; whatever else it is, it is the caller's."""
        if not isinstance(error, OSError | UnicodeError | http.client.HTTPException):
            return error
        logger.info("%s could not be called: %s", self.target.host, type(error).__name__)
        return CallFailed(words_for(error, self.target.host))

    def _end(self) -> None:
        with self.guard:
            self.is_over = True
            _shut(self.socket)

    def _opened(self, opened: socket.socket) -> None:
        with self.guard:
            self.socket = opened
            if self.is_over:
                _shut(opened)

    def _run(self) -> None:
        connection = _Connection(self.target, self._opened)
        try:
            outcome: Answer | Exception = self._spoken(connection)
        except Exception as error:
            outcome = error
        finally:
            connection.close()
        with self.guard:
            if not self.is_over:
                self.outcome = outcome

    def _spoken(self, connection: _Connection) -> Answer:
        connection.request("POST", self.target.path, self.content, self.headers)
        response = connection.getresponse()
        return Answer(response.status, response.read(LONGEST_ANSWER).decode("utf-8", "replace"))


def _shut(opened: socket.socket | None) -> None:
    """Whoever waits for it is woken. Not by TLS's own method, which must not be called by another thread."""
    if opened is not None:
        try:
            socket.socket.shutdown(opened, socket.SHUT_RDWR)
        except OSError:
            return
