from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.models import OutboxMessage, Role
from scheduling.models import Close, CommunityService
from scheduling.services.community_services import update_community_service
from tests import api
from tests.back_office import browser, close_of, errors_of, messages_of, organization, person, press, sent_form, url

pytestmark = pytest.mark.django_db
MODEL = "scheduling_communityservice"


@pytest.fixture
def paris():
    return organization()


@pytest.fixture
def staff(paris):
    return person("mara", Role.ADVANCED_STAFF, paris)


@pytest.fixture
def close(paris, staff):
    student = person("lea", Role.STUDENT, paris)
    return close_of(student, staff, paris, {"duration": 7200, "occupation": "Library"})


@pytest.fixture
def service(close):
    return close.community_services.get()


def in_days(days: int) -> dict:
    moment = timezone.localtime(timezone.now() + timedelta(days=days))
    return {"schedule_at_0": f"{moment:%Y-%m-%d}", "schedule_at_1": "10:00:00"}


def test_saving_writes_through_the_service(staff, service):
    client = browser(staff)
    address = url(MODEL, "change", service.pk)
    response = client.post(address, sent_form(client, address) | in_days(3), follow=True)
    service.refresh_from_db()
    assert "was changed successfully" in messages_of(response)
    assert timezone.localtime(service.schedule_at, service.organization.zone).hour == 10
    # A date for the only service uncloses the account, by this door as by any other.
    assert Close.objects.get(pk=service.close_id).state == Close.State.UNCLOSE
    assert service.history.first().door == "admin"
    assert service.history.first().history_user == staff


@pytest.mark.parametrize(
    ("sent", "field", "values"),
    [
        ({"duration": "0"}, "duration", {"duration": 0}),
        ({"duration": "-5"}, "duration", {"duration": -5}),
        ({"duration": str(2**31)}, "duration", {"duration": 2**31}),
        ({"schedule_at_0": "2001-01-01", "schedule_at_1": "10:00"}, "schedule_at", {"schedule_at": -9000}),
        (in_days(40), "schedule_at", {"schedule_at": 40}),
        ({"occupation": "x" * 256}, "occupation", {"occupation": "x" * 256}),
    ],
)
def test_the_form_says_the_services_sentence_on_the_services_field(staff, service, sent, field, values):
    if "schedule_at" in values:
        values = {"schedule_at": timezone.now() + timedelta(days=values["schedule_at"])}
    with pytest.raises(ValidationError) as refusal:
        update_community_service(service.pk, values)
    client = browser(staff)
    address = url(MODEL, "change", service.pk)
    response = client.post(address, sent_form(client, address) | sent)
    assert errors_of(response)[field] == refusal.value.message_dict[field]
    assert list(errors_of(response)) == [field]
    service.refresh_from_db()
    assert service.version == 1


def test_a_refused_form_shows_no_success_and_leaves_no_history(staff, service):
    client = browser(staff)
    address = url(MODEL, "change", service.pk)
    response = client.post(address, sent_form(client, address) | {"duration": "0"})
    assert response.status_code == 200
    assert messages_of(response) == ""
    assert service.history.count() == 1


def test_adding_tells_the_student(staff, close):
    client = browser(staff)
    data = {"close": close.pk, "duration": "14400", "occupation": "Front desk"}
    client.post(url(MODEL, "add"), data | {"schedule_at_0": "", "schedule_at_1": "", "supervisor": staff.pk})
    made = CommunityService.objects.get(occupation="Front desk")
    assert made.organization == close.organization
    assert OutboxMessage.objects.filter(entity_id=made.pk, kind="community_service_assigned").count() == 1


def run_action(client, name: str, services, **more):
    """The two steps of a bulk action: choose, then confirm. Returns (confirmation page, report)."""
    chosen = {"action": name, "_selected_action": [service.pk for service in services]}
    page = client.post(url(MODEL, "changelist"), chosen | {"index": 0})
    return page, client.post(url(MODEL, "changelist"), chosen | more | {"confirmed": "yes"}, follow=True)


def test_a_bulk_action_confirms_then_reports_row_by_row(staff, close, service):
    others = [close.community_services.create(organization=close.organization, duration=60) for _ in range(3)]
    others[0].state = CommunityService.State.VALIDATED
    others[0].save()
    page, report = run_action(browser(staff), "validate", [service, *others])
    assert "will be skipped: is already validated" in page.content.decode()
    assert messages_of(report).splitlines() == [
        "Validate: 3 done; 1 skipped:",
        f"#{others[0].pk}: is already validated",
    ]
    assert set(close.community_services.values_list("state", flat=True)) == {"validated"}
    assert service.history.first().history_user == staff


def test_nothing_is_done_before_it_is_confirmed(staff, service):
    page = browser(staff).post(
        url(MODEL, "changelist"), {"action": "invalidate", "_selected_action": [service.pk], "index": 0}
    )
    assert page.status_code == 200
    service.refresh_from_db()
    assert service.state == CommunityService.State.SCHEDULE


def test_make_up_asks_for_the_reason(staff, service):
    client = browser(staff)
    _page, report = run_action(client, "make_up", [service])
    assert CommunityService.objects.count() == 1
    assert "reason" in report.context["form"].errors
    run_action(client, "make_up", [service], reason="Overslept")
    made = CommunityService.objects.get(makes_up=service)
    assert made.make_up_reason == "Overslept"
    service.refresh_from_db()
    assert service.state == CommunityService.State.INVALIDATED


def test_resending_queues_one_more_message(staff, service):
    _page, report = run_action(browser(staff), "resend", [service])
    assert "1 done" in messages_of(report)
    assert OutboxMessage.objects.filter(entity_id=service.pk).count() == 2


def test_bulk_delete_is_for_advanced_staff_and_reported(staff, service, paris):
    basic = person("ben", Role.BASIC_STAFF, paris)
    run_action(browser(basic), "delete_rows", [service])
    assert CommunityService.objects.count() == 1
    _page, report = run_action(browser(staff), "delete_rows", [service])
    assert "Delete: 1 done" in messages_of(report)
    assert CommunityService.objects.count() == 0


def test_the_form_offers_only_what_is_allowed_now(staff, service):
    client = browser(staff)
    labels = [button["label"] for button in client.get(url(MODEL, "change", service.pk)).context["row_actions"]]
    assert labels == ["Validate", "Invalidate", "Make up", "Send the e-mail again"]
    press(client, MODEL, service.pk, "validate")
    labels = [button["label"] for button in client.get(url(MODEL, "change", service.pk)).context["row_actions"]]
    assert labels == ["Invalidate"]


def test_a_state_button_needs_a_post(staff, service):
    page = browser(staff).get(url(MODEL, "do", service.pk, "validate"))
    assert page.status_code == 200
    service.refresh_from_db()
    assert service.state == CommunityService.State.SCHEDULE


@pytest.mark.parametrize("quick", ["", "today", "week", "overdue", "undated", "unassigned", "mine", "nonsense"])
def test_quick_filters(staff, service, quick):
    response = browser(staff).get(url(MODEL, "changelist"), {"quick": quick})
    shown = response.context["cl"].result_count
    assert shown == (1 if quick in ("", "undated", "unassigned", "nonsense") else 0)


def test_history_shows_before_and_after_and_the_door(staff, service):
    client = browser(staff)
    address = url(MODEL, "change", service.pk)
    client.post(address, sent_form(client, address) | {"occupation": "Robotics lab"})
    page = client.get(url(MODEL, "history", service.pk))
    newest = page.context["entries"][0]
    assert [(change.label, change.before, change.after) for change in newest.changes] == [
        ("Occupation", "Library", "Robotics lab")
    ]
    assert newest.who == "mara"
    assert newest.door == "back office"
    assert newest.request_id


@pytest.fixture
def new_york(staff):
    place = organization("New York", time_zone="America/New_York")
    staff.memberships.create(organization=place, role=Role.BASIC_STAFF)
    return place


def test_times_of_a_new_row_are_on_the_clock_of_its_organization(staff, new_york):
    client = browser(staff)
    form = sent_form(client, url(MODEL, "add")) | in_days(4)
    client.post(url(MODEL, "add"), form | {"organization": new_york.pk, "duration": "7200"})
    made = CommunityService.objects.get()
    assert timezone.localtime(made.schedule_at, new_york.zone).hour == 10


def test_until_its_organization_is_named_a_new_row_is_on_the_clock_of_its_close(staff, new_york):
    close = close_of(person("zoe", Role.STUDENT, new_york), staff, new_york)
    client = browser(staff)
    form = sent_form(client, url(MODEL, "add")) | in_days(4) | {"organization": "", "close": close.pk}
    page = client.post(url(MODEL, "add"), form | {"duration": "7200"})
    assert set(errors_of(page)) == {"organization"}
    assert page.context["clock_zone"] == "America/New_York"


def test_the_end_of_a_new_close_is_on_the_clock_of_its_organization(staff, new_york):
    client = browser(staff)
    student = person("zoe", Role.STUDENT, new_york)
    day = timezone.localdate() + timedelta(days=4)
    form = sent_form(client, url("scheduling_close", "add")) | {"end_at_0": f"{day}", "end_at_1": "18:00"}
    values = {"organization": new_york.pk, "user": student.pk, "kind": "agu", "reason": "Absent"}
    client.post(url("scheduling_close", "add"), form | values)
    assert timezone.localtime(Close.objects.get().end_at, new_york.zone).hour == 18


@pytest.mark.parametrize("values", [{"duration": "abc"}, {"occupation": "x" * 256}])
def test_the_same_value_is_refused_in_the_same_words_by_both_doors(staff, close, paris, values):
    program = api.program(paris)
    by_api = program.post("/v2/community_services", {"community_service": {"duration": 7200, **values}}).json()
    client = browser(staff)
    data = sent_form(client, url(MODEL, "add")) | {"duration": "7200", **values}
    by_form = errors_of(client.post(url(MODEL, "add"), data))
    (field,) = values
    assert by_form == {field: by_api["errors"][field]}
    address = url("scheduling_close", "change", close.pk)
    nested = {f"community_services-0-{name}": value for name, value in values.items() if name == "occupation"}
    page = client.post(address, sent_form(client, address) | nested)
    for formset in page.context["inline_admin_formsets"] if nested else []:
        assert formset.formset.errors == [{field: by_api["errors"][field]}]
