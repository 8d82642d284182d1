"""Another organization's rows do not exist: not in lists, forms, choices, exports or actions."""

import pytest

from core.models import Role
from scheduling.models import Close, CommunityService
from scheduling.services.contests import contest_close
from tests.back_office import browser, close_of, errors_of, organization, person, sent_form, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """Paris with mara, ben and lea; Lyon with leo and xav; a close with a service in each."""
    paris, lyon = organization("Paris"), organization("Lyon")
    people = {
        "mara": person("mara", Role.ADVANCED_STAFF, paris),
        "lea": person("lea", Role.STUDENT, paris),
        "leo": person("leo", Role.ADVANCED_STAFF, lyon),
        "xav": person("xav", Role.STUDENT, lyon),
    }
    nested = {"duration": 7200, "occupation": "Library"}
    ours = close_of(people["lea"], people["mara"], paris, nested)
    theirs = close_of(people["xav"], people["leo"], lyon, nested, reason="Lyon only")
    return {"paris": paris, "lyon": lyon, "ours": ours, "theirs": theirs, **people}


def test_lists_show_only_our_rows(world):
    client = browser(world["mara"])
    for model in ("scheduling_close", "scheduling_communityservice", "core_outboxmessage", "core_organization"):
        assert client.get(url(model, "changelist")).context["cl"].result_count == 1
    assert client.get(url("core_user", "changelist")).context["cl"].result_count == 2


def test_their_pages_do_not_exist(world):
    client = browser(world["mara"])
    theirs = world["theirs"]
    for page in ("change", "history", "delete"):
        response = client.get(url("scheduling_close", page, theirs.pk))
        assert response.status_code in (302, 403)
        assert "Lyon only" not in response.content.decode()
    assert client.post(url("scheduling_close", "do", theirs.pk, "unclose")).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == Close.State.CLOSE


def test_a_forged_post_changes_nothing(world):
    client = browser(world["mara"])
    service = world["theirs"].community_services.get()
    response = client.post(url("scheduling_communityservice", "change", service.pk), {"duration": "60", "version": "1"})
    assert response.status_code in (302, 403)
    service.refresh_from_db()
    assert service.duration == 7200


def test_their_people_and_closes_cannot_be_chosen(world):
    client = browser(world["mara"])
    service = world["ours"].community_services.get()
    address = url("scheduling_communityservice", "change", service.pk)
    form = sent_form(client, address)
    response = client.post(address, form | {"close": world["theirs"].pk, "supervisor": world["leo"].pk})
    assert set(errors_of(response)) == {"close", "supervisor"}
    never = client.post(address, form | {"close": 999999, "supervisor": 999999})
    assert errors_of(never) == errors_of(response)


SEARCHES = {
    "scheduling_close": ["Léa", "martin", "léa Martin", "lea@example.org", "lea"],
    "scheduling_communityservice": ["Léa", "martin", "léa Martin", "lea@example.org", "Mara", "Dupont", "mara@"],
    "scheduling_contest": ["Léa", "martin", "léa Martin", "lea@example.org", "lea", "#{contest}"],
    "core_outboxmessage": ["Léa", "martin", "léa Martin", "lea@example.org"],
    "core_user": ["Léa", "martin", "léa Martin", "lea@example.org", "lea"],
}


@pytest.mark.parametrize("model", SEARCHES)
def test_people_are_found_by_each_of_their_names_and_by_their_address(world, model):
    named(world["lea"], "Léa", "Martin")
    named(world["mara"], "Mara", "Dupont")
    service = world["ours"].community_services.get()
    service.changed(supervisor=world["mara"]).save()
    contest = contest_close(world["ours"], "I was ill.")
    client = browser(world["mara"])
    for words in SEARCHES[model]:
        asked = {"q": words.format(contest=contest.pk)}
        assert client.get(url(model, "changelist"), asked).context["cl"].result_count == 1, words
    assert client.get(url(model, "changelist"), {"q": "Zoé"}).context["cl"].result_count == 0


def named(user, first: str, last: str) -> None:
    user.first_name, user.last_name = first, last
    user.save()


@pytest.mark.parametrize("term", ["Léa", "martin", "léa Martin", "lea@example.org", "lea"])
def test_the_choice_of_a_student_and_of_a_close_finds_by_first_name_too(world, term):
    named(world["lea"], "Léa", "Martin")
    client = browser(world["mara"])
    ask = {"app_label": "scheduling", "term": term}
    people = client.get("/admin/autocomplete/", ask | {"model_name": "close", "field_name": "user"}).json()["results"]
    assert [entry["id"] for entry in people] == [str(world["lea"].pk)]
    which = {"model_name": "communityservice", "field_name": "close"}
    closes = client.get("/admin/autocomplete/", ask | which).json()["results"]
    assert [entry["id"] for entry in closes] == [str(world["ours"].pk)]


def test_autocomplete_knows_only_ours(world):
    client = browser(world["mara"])
    ask = {"app_label": "scheduling", "model_name": "communityservice", "term": ""}
    offered = client.get("/admin/autocomplete/", ask | {"field_name": "supervisor"}).json()["results"]
    assert [entry["text"] for entry in offered] == ["mara"]
    offered = client.get("/admin/autocomplete/", ask | {"field_name": "close"}).json()["results"]
    assert [entry["id"] for entry in offered] == [str(world["ours"].pk)]


def test_a_bulk_action_cannot_reach_them(world):
    service = world["theirs"].community_services.get()
    sent = {"action": "validate", "_selected_action": [service.pk], "confirmed": "yes"}
    browser(world["mara"]).post(url("scheduling_communityservice", "changelist"), sent)
    service.refresh_from_db()
    assert service.state == CommunityService.State.SCHEDULE


def test_filters_and_searches_do_not_name_them(world):
    client = browser(world["mara"])
    page = client.get(url("scheduling_close", "changelist"), {"q": "Lyon", "user": world["xav"].pk})
    assert page.context["cl"].result_count == 0
    assert "xav" not in page.content.decode()


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_exports_hold_only_ours(world, format_name):
    response = browser(world["mara"]).get(f"/admin/scheduling/close/export/{format_name}/")
    assert response.status_code == 200
    if format_name == "csv":
        text = response.content.decode()
        assert "lea" in text
        assert "xav" not in text


def test_a_row_names_its_organization_only_to_somebody_of_several(world):
    both = person("luc", Role.ADVANCED_STAFF, world["paris"], world["lyon"])
    add = url("scheduling_close", "add")
    assert "organization" not in browser(world["mara"]).get(add).context["adminform"].form.fields
    form = browser(both).get(add).context["adminform"].form
    assert [str(entry) for entry in form.fields["organization"].queryset] == ["Lyon", "Paris"]


def test_staff_elsewhere_have_only_a_students_rights_here(world):
    """leo is staff in Lyon and, from now on, a student in Paris: nothing of Paris opens to him."""
    world["leo"].memberships.create(organization=world["paris"], role=Role.STUDENT)
    client = browser(world["leo"])
    assert client.get(url("scheduling_close", "changelist")).context["cl"].result_count == 1
    assert client.get(url("scheduling_close", "change", world["ours"].pk)).status_code in (302, 403)
