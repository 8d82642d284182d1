"""Why a call to somebody else's server had no answer, in words for people; the error's own name is for the log."""

import errno
import http.client
import socket
import ssl

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

CLOSED = (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError, http.client.IncompleteRead)
# The first that the error is one of holds.
SENTENCES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (ConnectionRefusedError, gettext_noop("%(host)s cannot be reached: it refuses connections at this port")),
    (CLOSED, gettext_noop("%(host)s closed the connection before it had answered")),
    (ssl.SSLCertVerificationError, gettext_noop("The certificate of %(host)s is not trusted")),
    (ssl.SSLError, gettext_noop("No TLS connection (https) could be made with %(host)s")),
    (http.client.HTTPException, gettext_noop("The answer of %(host)s is no HTTP that can be read")),
    ((socket.gaierror, UnicodeError), gettext_noop("%(host)s cannot be reached: its name could not be resolved")),
    (TimeoutError, gettext_noop("%(host)s did not answer in time")),
)
OTHER = gettext_noop("%(host)s cannot be reached; the server's log says why")
# By the numbers of OpenSSL and of the system.
EXPIRED, OTHER_NAME, OTHER_ADDRESS = 10, 62, 64
OF_ANOTHER = gettext_noop("The certificate of %(host)s is for another name")
CERTIFICATES = {
    EXPIRED: gettext_noop("The certificate of %(host)s has expired"),
    OTHER_NAME: OF_ANOTHER,
    OTHER_ADDRESS: OF_ANOTHER,
}
NO_WAY = (errno.ENETUNREACH, errno.EHOSTUNREACH)


def words_for(error: Exception, host: str) -> str:
    return _(_sentence(error)) % {"host": host}


def _sentence(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in CERTIFICATES:
        return CERTIFICATES[error.verify_code]
    if isinstance(error, OSError) and error.errno in NO_WAY:
        return gettext_noop("%(host)s cannot be reached: the network knows no way to it")
    return next((words for kinds, words in SENTENCES if isinstance(error, kinds)), OTHER)
