"""The addresses in a list's Link header: whatever the caller sent comes back as one value, and nothing else."""

import re
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.scheduling.calls import SERVICES

pytestmark = pytest.mark.django_db
LINK = re.compile(r'<(http://testserver/v2/community_services\?[!-;=?-~]*)>; rel="(first|last)"')


def first_link(response) -> list[tuple[str, str]]:
    """The query of the first page's address, after a look at the whole header."""
    assert response.status_code == 200
    parts = response["Link"].split(", ")
    assert [LINK.fullmatch(part)[2] for part in parts] == ["first", "last"]
    return parse_qsl(urlsplit(LINK.fullmatch(parts[0])[1]).query, keep_blank_values=True)


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("a%26page%5Bnumber%5D%3D9", "a&page[number]=9"),
        ("a%3E%3B+rel%3D%22next%22%2C+%3Chttp%3A%2F%2Fevil", 'a>; rel="next", <http://evil'),
        ("a%0D%0ASet-Cookie%3A+x%3Dy", "a\r\nSet-Cookie: x=y"),
        ("100%25", "100%"),
        ("a%2Bb", "a+b"),
        ("%C3%89t%C3%A9", "Été"),
        ("%23top", "#top"),
        ("", ""),
    ],
)
def test_a_value_comes_back_whole(staff, sent, value):
    pairs = first_link(staff.get(f"{SERVICES}?filter[occupation]={sent}&page[size]=10"))
    assert pairs == [("filter[occupation]", value), ("page[size]", "10"), ("page[number]", "1")]
