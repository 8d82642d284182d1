"""What was deleted: who did it, when, through which door, and the whole history of what is no longer there."""

import pytest

from core.context import acting
from core.models import Application, Role, User
from scheduling.models import SchedulingSettings
from scheduling.services.closes import delete_close, update_close
from scheduling.services.community_services import delete_community_service
from scheduling.services.contests import contest_close
from tests.back_office import PASSWORD, browser, close_of, organization, person, press, url
from tests.factories import make_client

pytestmark = pytest.mark.django_db
CLOSE, SERVICE, CONTEST = "scheduling_close", "scheduling_communityservice", "scheduling_contest"
CLIENT, SETTINGS = "core_application", "scheduling_schedulingsettings"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def mara(paris):
    return person("mara", Role.ADMINISTRATOR, paris)


@pytest.fixture
def close(paris, mara):
    return close_of(person("lea", Role.STUDENT, paris), mara, paris, {"duration": 7200, "occupation": "Library"})


@pytest.fixture
def lyon():
    """Another organization, whose administrator deleted a close with its service and its contest."""
    lyon = organization("Lyon")
    leo = person("leo", Role.ADMINISTRATOR, lyon)
    theirs = close_of(person("xav", Role.STUDENT, lyon), leo, lyon, {"duration": 7200, "occupation": "Secret"})
    contest_close(theirs, "Not me.")
    with acting(door="admin", user_id=leo.pk):
        delete_close(theirs.pk)
    return lyon


def listed(user, model: str) -> list[tuple[str, str, str]]:
    rows = browser(user).get(url(model, "deleted")).context["rows"]
    return [(row.name, row.who, str(row.door)) for row in rows]


def test_a_deleted_row_is_listed_with_who_deleted_it_and_leads_to_its_history(mara, close, lyon):
    with acting(door="api", user_id=mara.pk):
        update_close(close.pk, {"reason": "Smoke"})
    client = browser(mara)
    press(client, CLOSE, close.pk, "delete")
    assert listed(mara, CLOSE) == [(f"#{close.pk} lea", "mara", "back office")]
    page = client.get(url(CLOSE, "deleted")).content.decode()
    assert f'href="{url(CLOSE, "history", close.pk)}"' in page
    entries = client.get(url(CLOSE, "history", close.pk)).context["entries"]
    assert [str(entry.kind) for entry in entries] == ["Deleted", "Changed", "Created"]
    assert [(change.before, change.after) for change in entries[1].changes] == [("Noise", "Smoke")]


def test_the_list_of_what_is_there_leads_to_what_was_deleted(mara, close):
    page = browser(mara).get(url(CLOSE, "changelist")).content.decode()
    assert f'href="{url(CLOSE, "deleted")}"' in page
    assert "/admin/core/user/deleted/" not in browser(mara).get(url("core_user", "changelist")).content.decode()


def test_what_went_with_a_close_is_listed_too(mara, close):
    contest_close(close, "I was ill.")
    service = close.community_services.get()
    press(browser(mara), CLOSE, close.pk, "delete")
    assert listed(mara, SERVICE) == [(f"#{service.pk} Library", "mara", "back office")]
    assert [who for _name, who, _door in listed(mara, CONTEST)] == ["mara"]


def test_other_organizations_deleted_rows_do_not_exist(mara, close, lyon):
    theirs = {CLOSE: "close", SERVICE: "communityservice", CONTEST: "contest"}
    client = browser(mara)
    for model in theirs:
        assert listed(mara, model) == []
    leo = User.objects.get(login="leo")
    assert len(listed(leo, CLOSE)) == 1
    (row,) = browser(leo).get(url(CLOSE, "deleted")).context["rows"]
    assert client.get(row.url).status_code == 302
    assert "Secret" not in client.get(row.url, follow=True).content.decode()
    root = User.objects.create_superuser("root", PASSWORD, email="root@example.org")
    assert len(listed(root, CLOSE)) == 1


def test_a_row_that_is_there_is_not_listed(mara, paris, close):
    assert listed(mara, CLOSE) == []
    SchedulingSettings.objects.create(organization=paris).delete()
    assert [name for name, _who, _door in listed(mara, SETTINGS)] == ["Paris"]
    SchedulingSettings.objects.create(organization=paris)
    assert listed(mara, SETTINGS) == []


def test_a_deleted_client_is_seen_by_those_who_could_see_it(mara, paris, lyon):
    ours, shared, theirs = make_client(paris), make_client(paris), make_client(lyon)
    shared.organizations.add(lyon)
    names = {client.pk: str(client) for client in (ours, shared, theirs)}
    ours_pk = ours.pk
    Application.objects.get(pk=ours.pk).delete()
    Application.objects.get(pk=shared.pk).delete()
    Application.objects.get(pk=theirs.pk).delete()
    rows = browser(mara).get(url(CLIENT, "deleted")).context["rows"]
    assert [(row.name, row.url) for row in rows] == [(names[ours_pk], url(CLIENT, "history", ours_pk))]
    assert browser(person("ben", Role.BASIC_STAFF, paris)).get(url(CLIENT, "deleted")).status_code == 403


def test_a_row_whose_student_is_gone_as_well_is_still_listed(mara, close):
    press(browser(mara), CLOSE, close.pk, "delete")
    User.objects.get(login="lea").delete()
    assert [name.strip() for name, _who, _door in listed(mara, CLOSE)] == [f"#{close.pk}"]
    assert browser(mara).get(url(CLOSE, "history", close.pk)).status_code == 200


@pytest.mark.parametrize("pk", ["999999", "x", "9" * 30, "0"])
def test_what_never_was_has_no_history(mara, pk):
    assert browser(mara).get(f"/admin/scheduling/close/{pk}/history/").status_code == 302


@pytest.mark.parametrize("model", ["core_user", "core_organization", "core_outboxmessage"])
def test_what_staff_cannot_delete_has_no_such_list(mara, model):
    assert browser(mara).get(url(model, "deleted")).status_code == 404


def test_long_lists_have_pages_and_ask_a_fixed_number_of_queries(mara, paris, django_assert_max_num_queries):
    for number in range(55):
        made = close_of(person(f"s{number}", Role.STUDENT, paris), mara, paris, {"duration": 7200})
        delete_community_service(made.community_services.get().pk)
        delete_close(made.pk)
    client = browser(mara)
    with django_assert_max_num_queries(12):
        first = client.get(url(CLOSE, "deleted"))
    assert len(first.context["rows"]) == 50
    assert "?p=2" in first.content.decode()
    assert len(client.get(url(CLOSE, "deleted"), {"p": "2"}).context["rows"]) == 5
    assert len(client.get(url(CLOSE, "deleted"), {"p": "x"}).context["rows"]) == 50
