"""A request that is refused before its body is read leaves the connection to the next one."""

import http.client
import socket
import time

import pytest

from tests.web import exchange, request_bytes, serving

HEADERS = {"Host": "localhost", "Content-Type": "application/json", "Content-Length": "13"}
BODY = b'{"title": ""}'
HEAD = request_bytes("POST", "/interventions/v2/rs/curative", HEADERS, b"")
NEXT = request_bytes("GET", "/livez", {"Host": "localhost"}, b"")


def status_of(connection: socket.socket) -> int:
    response = http.client.HTTPResponse(connection)
    response.begin()
    response.read()
    return response.status


@pytest.mark.django_db(transaction=True)
def test_the_next_request_is_answered_where_a_body_came_after_its_refusal():
    with serving("granian") as port:
        # The first request of a server takes long.
        assert exchange(port, HEAD + BODY, "POST")[0] == 401
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(HEAD)
            # A server that does not wait for the body answers now, and closes.
            time.sleep(1)
            connection.sendall(BODY)
            assert status_of(connection) == 401
            connection.sendall(NEXT)
            assert status_of(connection) == 200
