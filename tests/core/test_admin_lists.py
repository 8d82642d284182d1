"""Lists of the back office: what may be asked of them, what they hand out, what is kept of them."""

import io

import pytest
from openpyxl import load_workbook

from core.admin import export
from core.models import Role, SavedView
from tests.back_office import browser, close_of, messages_of, organization, person, url
from tests.factories import make_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def administrator(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


@pytest.fixture
def close(administrator, paris):
    student = person("lea", Role.STUDENT, paris)
    return close_of(student, administrator, paris, {"duration": 7200, "occupation": "Library"})


PROBES = [
    ("core_user", "password__startswith=a"),
    ("core_user", "password__regex=^argon2"),
    ("core_user", "memberships__organization__name__startswith=P"),
    ("core_application", "client_secret__startswith=a"),
    ("scheduling_close", "user__password__startswith=a"),
    ("scheduling_close", "user__exact=1"),
    ("scheduling_close", "organization__name=Paris"),
    ("scheduling_close", "kind__startswith=a"),
    ("scheduling_close", "nosuch=1"),
]


@pytest.mark.parametrize(("model", "query"), PROBES)
def test_a_list_is_filtered_only_by_what_it_offers(administrator, paris, close, model, query):
    make_client(paris)
    client = browser(administrator)
    for address in (url(model, "changelist"), url(model, "export", "csv")):
        assert client.get(f"{address}?{query}").status_code == 400


def test_every_filter_that_a_list_offers_works(administrator, close):
    client = browser(administrator)
    for model in ("scheduling_close", "scheduling_communityservice", "core_user", "core_outboxmessage"):
        address = url(model, "changelist")
        changelist = client.get(address).context["cl"]
        links = [choice["query_string"] for spec in changelist.filter_specs for choice in spec.choices(changelist)]
        assert len(links) > 5
        for link in links:
            assert client.get(address + link).status_code == 200


@pytest.mark.parametrize(
    "query", ["created_at__year=2026&created_at__month=1&created_at__day=2", "created_at__gte=2026-01-01T00:00Z"]
)
def test_the_date_line_works(administrator, close, query):
    assert browser(administrator).get(f"{url('scheduling_close', 'changelist')}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["created_at__gte=foo", "end_at__isempty=foo", "kind__exact=%00", "user=%00"])
def test_an_export_answers_a_wrong_filter_as_the_list_does(administrator, close, query):
    client = browser(administrator)
    listed = client.get(f"{url('scheduling_close', 'changelist')}?{query}")
    for name in ("csv", "xlsx"):
        exported = client.get(f"{url('scheduling_close', 'export', name)}?{query}")
        assert exported.status_code == listed.status_code
        assert exported.get("Location") == listed.get("Location")


def xlsx_rows(client, model: str) -> list[tuple]:
    response = client.get(url(model, "export", "xlsx"))
    return list(load_workbook(io.BytesIO(response.content)).active.values)


def test_what_a_spreadsheet_cannot_hold_is_left_out(administrator, close):
    close.community_services.update(occupation="Lib\x01rary\x0b\nshelves")
    rows = xlsx_rows(browser(administrator), "scheduling_communityservice")
    assert "Library\nshelves" in rows[1]


def test_an_export_that_was_cut_says_so(administrator, close, monkeypatch):
    client = browser(administrator)
    assert len(xlsx_rows(client, "core_user")) == 3
    monkeypatch.setattr(export, "MOST_ROWS", 1)
    _head, first, last = xlsx_rows(client, "core_user")
    assert first[1] == "ada"
    assert last[0] == "Only the first 1 rows: narrow the list for the others."


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "a\x00b", "query_string": ""},
        {"name": "ok", "query_string": "x=\x00"},
        {"name": "   "},
        {"name": "x" * 61},
        {"name": "ok", "query_string": "x" * 2001},
        {},
    ],
)
def test_a_view_that_cannot_be_kept_is_refused(administrator, sent):
    client = browser(administrator)
    response = client.post(url("scheduling_close", "keep_view"), sent, follow=True)
    assert response.status_code == 200
    assert messages_of(response)
    assert not SavedView.objects.exists()
