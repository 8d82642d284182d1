"""A real SMTP server for tests, in a thread of the test's process: it keeps what it was given."""

import socket
import threading
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Catcher:
    """`with Catcher() as smtp:` listens on 127.0.0.1:`smtp.port`; `refuse(address)` may answer for a recipient."""

    def __init__(self, refuse: Callable[[str], str | None] = lambda address: None, port: int | None = None) -> None:
        self.port = port or free_port()
        self.refuse = refuse
        self.connections = 0
        # Called between taking a message and saying so: the moment in which a sender cannot know.
        self.before_reply: Callable[[], None] = lambda: None
        self._messages: list[EmailMessage] = []
        self._lock = threading.Lock()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        """As EMAIL_URL takes it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def messages(self) -> list[EmailMessage]:
        """All that were accepted so far, in order."""
        with self._lock:
            return list(self._messages)

    def wait_for(self, count: int, seconds: float) -> bool:
        """Whether at least so many messages are there within this time."""
        end = time.monotonic() + seconds
        while len(self._messages) < count and time.monotonic() < end:
            time.sleep(0.01)
        return len(self._messages) >= count

    def __enter__(self) -> "Catcher":
        self._controller.start()
        return self

    def __exit__(self, *exception) -> None:
        self._controller.stop()

    # What aiosmtpd calls.
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        refusal = self.refuse(address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message = message_from_bytes(envelope.content, policy=policy.default)
        with self._lock:
            self._messages.append(message)
        self.before_reply()
        return "250 OK"
