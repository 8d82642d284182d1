"""The table of malformed requests again, byte by byte through the real servers."""

import pytest

from tests.scale import scaled
from tests.scheduling.malformed import Case
from tests.scheduling.test_malformed import (
    GROUPS,
    Answer,
    body_of,
    count_rows,
    failures_of,
    filled,
    headers_of,
    make_world,
)
from tests.web import chunked, exchange, request_bytes, serving

# What the server's own parser refuses or mends before the application sees anything.
OWN_WORDS = {"Host", "Content-Length"}
# What is wrong with the values in a body is nothing to a server: of those groups it is one in so many.
STEP = 10 // scaled(10)


def goes_through(case: Case) -> bool:
    """Whether a server hands this request on as it is."""
    texts = [case.path, *case.headers.values()]
    printable = all(text.isascii() and (text.isprintable() or not text) for text in texts)
    return printable and not OWN_WORDS & set(case.headers) and max(map(len, texts)) < 4000


def chosen(name: str) -> list[Case]:
    return GROUPS[name][::STEP] if name.endswith("values") else GROUPS[name]


def sender(port: int):
    def send(case: Case, world: dict[str, str]) -> Answer:
        headers, body = headers_of(case, world), body_of(case, world)
        if "Transfer-Encoding" in headers:
            body = chunked(body or b"{}")
        elif body or case.method not in {"GET", "HEAD"}:
            headers = {"Content-Length": str(len(body)), **headers}
        path = filled(case.path, world).replace(" ", "%20")
        request = request_bytes(case.method, path, {"Connection": "close", **headers}, body)
        return Answer(*exchange(port, request, case.method))

    return send


@pytest.mark.soak
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["granian", "runserver"])
def test_through(server):
    world = make_world()
    cases = [case for name in GROUPS for case in chosen(name) if goes_through(case)]
    with serving(server) as port:
        failures = failures_of(cases, world, sender(port))
    if failures:
        pytest.fail("\n".join(failures), pytrace=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("server", ["granian", "runserver"])
def test_what_the_server_itself_refuses(server):
    """In whose words is its own affair; never by a 5xx, and nothing is written."""
    world, before = make_world(), count_rows()
    cases = [case for group in GROUPS.values() for case in group if not goes_through(case)]
    with serving(server) as port:
        answers = [(case, sender(port)(case, world)) for case in cases]
    assert [(str(case), answer.status) for case, answer in answers if answer.status >= 500] == []
    assert count_rows() == before
