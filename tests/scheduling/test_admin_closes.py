import pytest

from core.models import OutboxMessage, Role
from scheduling.models import Close, CommunityService, Contest, SchedulingSettings
from scheduling.services.contests import contest_close
from tests.back_office import browser, close_of, errors_of, messages_of, organization, person, press, sent_form, url

pytestmark = pytest.mark.django_db
MODEL = "scheduling_close"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def staff(paris):
    return person("mara", Role.ADVANCED_STAFF, paris)


@pytest.fixture
def student(paris):
    return person("lea", Role.STUDENT, paris)


def close_form(student, staff, *nested: dict, **values) -> dict:
    """An add form with these rows in its inline."""
    data = {"user": student.pk, "closer": staff.pk, "kind": "agu", "reason": "Absent", "end_at_0": "", "end_at_1": ""}
    prefix = "community_services"
    data |= {f"{prefix}-TOTAL_FORMS": len(nested), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(nested):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data | values


def test_one_form_makes_the_close_and_its_services(staff, student):
    rows = [{"duration": "7200", "occupation": "Library"}, {"duration": "28800", "occupation": ""}]
    response = browser(staff).post(url(MODEL, "add"), close_form(student, staff, *rows), follow=True)
    close = Close.objects.get()
    assert "was added successfully" in messages_of(response)
    assert sorted(close.community_services.values_list("duration", flat=True)) == [7200, 28800]
    assert OutboxMessage.objects.filter(recipient=student).count() == 2


@pytest.mark.parametrize("row", [{"duration": "60"}, {"duration": "7200", "occupation": "x" * 256}])
def test_a_bad_inline_leaves_nothing_written(staff, student, row):
    good = {"duration": "7200", "occupation": "Library"}
    response = browser(staff).post(url(MODEL, "add"), close_form(student, staff, good, row))
    assert response.status_code == 200
    assert messages_of(response) == ""
    assert Close.objects.count() == CommunityService.objects.count() == OutboxMessage.objects.count() == 0


def test_what_the_service_refuses_undoes_the_whole_form(staff, student, paris):
    stranger = person("xav", Role.STUDENT, paris)
    stranger.memberships.all().delete()
    data = close_form(
        student, staff, {"duration": "7200", "occupation": "Library"}, end_at_0="2001-01-01", end_at_1="10:00"
    )
    response = browser(staff).post(url(MODEL, "add"), data)
    assert errors_of(response) == {"end_at": ["must be in the future"]}
    assert Close.objects.count() == CommunityService.objects.count() == 0


def test_a_closes_form_changes_adds_and_removes_its_services(staff, student, paris):
    close = close_of(
        student, staff, paris, {"duration": 7200, "occupation": "A"}, {"duration": 7200, "occupation": "B"}
    )
    first, second = close.community_services.order_by("pk")
    client = browser(staff)
    address = url(MODEL, "change", close.pk)
    prefix = "community_services"
    data = sent_form(client, address) | {
        f"{prefix}-TOTAL_FORMS": 3,
        f"{prefix}-0-occupation": "A changed",
        f"{prefix}-1-DELETE": "on",
        f"{prefix}-2-duration": "14400",
        f"{prefix}-2-occupation": "C",
    }
    response = client.post(address, data, follow=True)
    assert "was changed successfully" in messages_of(response)
    assert list(close.community_services.order_by("pk").values_list("occupation", flat=True)) == ["A changed", "C"]
    first.refresh_from_db()
    assert first.history.first().history_user == staff
    assert not CommunityService.objects.filter(pk=second.pk).exists()


def test_basic_staff_can_neither_delete_a_close_nor_its_services(student, paris, staff):
    basic = person("ben", Role.BASIC_STAFF, paris)
    close = close_of(student, staff, paris, {"duration": 7200, "occupation": "A"})
    client = browser(basic)
    assert client.post(url(MODEL, "delete", close.pk), {"post": "yes"}).status_code == 403
    address = url(MODEL, "change", close.pk)
    client.post(address, sent_form(client, address) | {"community_services-0-DELETE": "on"})
    assert CommunityService.objects.count() == 1


def test_advanced_staff_deletes_it_with_its_services(student, paris, staff):
    close = close_of(student, staff, paris, {"duration": 7200, "occupation": "A"})
    press(browser(staff), MODEL, close.pk, "delete")
    assert Close.objects.count() == CommunityService.objects.count() == 0


def test_a_contested_close_is_deleted_with_its_contest(student, paris, staff):
    close = close_of(student, staff, paris)
    contest_close(close, "I was ill.")
    press(browser(staff), MODEL, close.pk, "delete")
    assert Close.objects.count() == Contest.objects.count() == 0


def test_close_and_unclose_from_the_form_and_from_the_list(student, paris, staff):
    close = close_of(student, staff, paris)
    client = browser(staff)
    press(client, MODEL, close.pk, "unclose")
    close.refresh_from_db()
    assert close.state == Close.State.UNCLOSE
    sent = {"action": "unclose", "_selected_action": [close.pk], "confirmed": "yes"}
    report = client.post(url(MODEL, "changelist"), sent, follow=True)
    assert messages_of(report).endswith(f"Unclose: 0 done; 1 skipped:\n#{close.pk}: is already unclosed")
    assert close.history.count() == 2


def test_a_student_cannot_be_the_closer(staff, student):
    response = browser(staff).post(url(MODEL, "add"), close_form(student, student))
    assert errors_of(response) == {"closer": ["must be a member of staff"]}


def test_autocomplete_offers_staff_as_closers_and_everybody_as_student(staff, student):
    client = browser(staff)
    ask = {"app_label": "scheduling", "model_name": "close", "term": ""}
    offered = client.get("/admin/autocomplete/", ask | {"field_name": "closer"}).json()["results"]
    assert [entry["text"] for entry in offered] == ["mara"]
    offered = client.get("/admin/autocomplete/", ask | {"field_name": "user"}).json()["results"]
    assert [entry["text"] for entry in offered] == ["lea", "mara"]


def test_settings_of_an_organization_are_its_administrators(paris, staff):
    administrator = person("ada", Role.ADMINISTRATOR, paris)
    model = "scheduling_schedulingsettings"
    data = {"organization": paris.pk, "community_service_start": "07:00", "country": ""}
    assert browser(staff).post(url(model, "add"), data).status_code == 403
    browser(administrator).post(url(model, "add"), data)
    assert SchedulingSettings.objects.get().community_service_start.hour == 7
    unknown = browser(administrator).post(url(model, "change", paris.pk), data | {"country": "XX", "version": 1})
    assert "country" in errors_of(unknown)


def test_a_form_with_many_services_asks_a_fixed_number_of_queries(staff, student, paris, django_assert_max_num_queries):
    close = close_of(student, staff, paris, *[{"duration": 7200}] * 15)
    client = browser(staff)
    with django_assert_max_num_queries(18):
        assert client.get(url(MODEL, "change", close.pk)).status_code == 200


def test_the_choice_of_a_close_asks_a_fixed_number_of_queries(staff, paris, django_assert_max_num_queries):
    for number in range(12):
        close_of(person(f"s{number}", Role.STUDENT, paris), staff, paris)
    client = browser(staff)
    ask = {"app_label": "scheduling", "model_name": "communityservice", "field_name": "close", "term": ""}
    with django_assert_max_num_queries(10):
        assert len(client.get("/admin/autocomplete/", ask).json()["results"]) == 12
