"""Who had which role, when, and who took it away."""

import pytest

from core.models import Membership, Role
from tests.back_office import browser, organization, person, sent_form, url

pytestmark = pytest.mark.django_db
MODEL = "core_membership"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def ada(paris):
    return person("ada", Role.ADMINISTRATOR, paris)


@pytest.fixture
def lea(paris):
    return person("lea", Role.STUDENT, paris, organization("Lyon"), first_name="Lea", last_name="Martin")


def take_away(ada, lea) -> int:
    """By the person's form; the number that the membership had."""
    membership = lea.memberships.get(organization__name="Paris")
    client, address = browser(ada), url("core_user", "change", lea.pk)
    client.post(address, sent_form(client, address) | {"memberships-0-DELETE": "on"})
    return membership.pk


def test_a_membership_that_was_removed_is_listed_with_who_did_it_and_has_its_history(ada, lea):
    pk = take_away(ada, lea)
    assert not Membership.objects.filter(pk=pk).exists()
    client = browser(ada)
    (row,) = client.get(url(MODEL, "deleted")).context["rows"]
    assert (row.name, row.who, row.url) == ("lea · Paris · Student", "ada", url(MODEL, "history", pk))
    entries = client.get(row.url).context["entries"]
    assert [(str(entry.kind), entry.who) for entry in entries] == [("Deleted", "ada"), ("Created", "The system")]


def test_the_list_shows_people_by_name_and_is_only_read(ada, lea, paris):
    client = browser(ada)
    page = client.get(url(MODEL, "changelist"))
    assert {str(row) for row in page.context["cl"].queryset} == {"ada · Paris · Administrator", "lea · Paris · Student"}
    text = page.content.decode()
    assert "Lea Martin" in text
    assert f'href="{url(MODEL, "deleted")}"' in text
    membership = lea.memberships.get(organization=paris)
    assert client.get(url(MODEL, "change", membership.pk)).status_code == 200
    for name, args in (("add", ()), ("delete", (membership.pk,))):
        assert client.post(url(MODEL, name, *args), {"post": "yes"}).status_code == 403
    assert client.post(url(MODEL, "change", membership.pk), {"role": "administrator"}).status_code == 403


def test_another_organizations_memberships_do_not_exist(ada, lea):
    theirs = lea.memberships.get(organization__name="Lyon")
    client = browser(ada)
    assert client.get(url(MODEL, "change", theirs.pk)).status_code == 302
    pk = theirs.pk
    theirs.delete()
    assert client.get(url(MODEL, "deleted")).context["rows"] == []
    assert client.get(url(MODEL, "history", pk)).status_code == 302


def test_it_is_for_administrators(lea, paris):
    client = browser(person("mara", Role.ADVANCED_STAFF, paris))
    for name in ("changelist", "deleted"):
        assert client.get(url(MODEL, name)).status_code == 403
    assert "Memberships" not in client.get("/admin/").content.decode()
