"""Django's PostgreSQL, which asks a kept connection for its health without a statement."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """A server that goes away says so on the socket, so silence there is health; anything else is asked as ever."""
        if self.connection is None or self.connection.closed or self.errors_occurred or self._has_news():
            return super().is_usable()
        return True

    def _has_news(self) -> bool:
        # poll, as select knows no descriptor over 1023.
        poller = select.poll()
        poller.register(self.connection.fileno(), select.POLLIN)
        return bool(poller.poll(0))
