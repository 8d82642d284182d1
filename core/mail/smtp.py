"""One message as MIME, and one connection for a run of messages."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from core.mail.content import Rendered
from core.models import OutboxMessage

# Servers close a connection after some tens of messages; it is better to do so first.
MESSAGES_PER_CONNECTION = 50


class Mailer:
    """Opens at the first message, again after a failure, and every 50 messages."""

    def __init__(self) -> None:
        self._connection: BaseEmailBackend | None = None
        self._sent = 0
        self.is_down = False

    def deliver(self, message: EmailMultiAlternatives) -> None:
        """Raises what the mail server or the connection raises; `is_down` is set when there was no connection."""
        connection = self._open_connection()
        try:
            connection.send_messages([message])
        except Exception:
            self.close()
            raise
        self._sent += 1

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open_connection(self) -> BaseEmailBackend:
        if self._connection is not None and self._sent < MESSAGES_PER_CONNECTION:
            return self._connection
        self.close()
        connection = get_connection()
        self.is_down = True
        connection.open()
        self._connection, self._sent, self.is_down = connection, 0, False
        return connection


def build_message(row: OutboxMessage, rendered: Rendered) -> EmailMultiAlternatives:
    """The same Message-ID at every try, so that a repeated one can be told."""
    address = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=formataddr((" ".join(row.organization.name.split()), address)),
        to=[rendered.address or row.address],
        attachments=[(file.name, file.content, file.mimetype) for file in rendered.attachments],
        headers={
            "Message-ID": f"<{row.uuid}@{address.rpartition('@')[2]}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": row.language,
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    return message
