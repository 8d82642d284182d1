"""Jobs in the back office: forms and actions by the same services as the API."""

import pytest

from core.models import OutboxMessage
from scheduling.models import Job, JobStatus
from scheduling.services.contacts import stop_contact
from scheduling.services.job_states import Action, change_status
from tests.back_office import errors_of, messages_of, press, sent_form, url
from tests.job_factories import make_contact_person, make_definition, make_job_type
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db
MODEL = "scheduling_job"
S = JobStatus


@pytest.fixture
def office(monday):
    return Office()


def new_job(office: Office, **values) -> dict:
    return sent_form(office.client, url(MODEL, "add")) | {"type": office.type.pk, "contact": office.contact.pk} | values


def save(office: Office, job: Job, **values):
    address = url(MODEL, "change", job.pk)
    return office.client.post(address, sent_form(office.client, address) | values)


def do(office: Office, job: Job, name: str, **values) -> str:
    """Press the button and confirm; what the next page says."""
    return messages_of(press(office.client, MODEL, job.pk, name, **values))


def buttons(office: Office, job: Job) -> list[str]:
    page = office.client.get(url(MODEL, "change", job.pk))
    return [str(button["label"]) for button in page.context["row_actions"]]


# -- the form -----------------------------------------------------------------------------------------------


def test_a_new_job_has_its_types_length_and_reference_and_its_contacts_primary_person(office):
    office.type.changed(planned_duration=45, auto_reference_prefix="BO").save()
    office.client.post(url(MODEL, "add"), new_job(office, description="Leaks"))
    job = Job.objects.get()
    assert (job.planned_duration, job.reference, job.person) == (45, "BO-000001", office.person)
    assert [change.status for change in job.status_changes.all()] == ["new"]
    assert job.history.first().history_user == office.mara


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"planned_duration": "0"}, "planned_duration", "must be at least 1"),
        ({"planned_duration": "10081"}, "planned_duration", "must be at most 10080"),
        ({"reference": "x" * 41}, "reference", None),
    ],
)
def test_the_forms_say_the_services_sentence_on_its_field(office, values, field, sentence):
    for answer in (
        office.client.post(url(MODEL, "add"), new_job(office, **values)),
        save(office, office.job(), **values),
    ):
        assert list(errors_of(answer)) == [field]
        assert sentence is None or errors_of(answer)[field] == [sentence]
    assert Job.objects.count() == 1


def test_a_contact_on_stop_and_an_archived_type_are_refused_on_their_fields(office):
    stop_contact(office.contact.pk, "Unpaid")
    office.type.changed(is_archived=True).save()
    answer = office.client.post(url(MODEL, "add"), new_job(office))
    assert errors_of(answer) == {"contact": ["is on stop: Unpaid"], "type": ["is archived"]}


def test_the_order_number_that_a_type_asks_for_is_missed_on_its_field(office):
    office.type.changed(is_order_number_required=True).save()
    answer = office.client.post(url(MODEL, "add"), new_job(office))
    assert list(errors_of(answer)) == ["order_number"]


def test_type_and_contact_stay_and_the_description_is_frozen_once_started(office):
    other = make_job_type(office.place, name="Other")
    job = office.planned("2026-11-24 10:00", description="Leaks")
    save(office, job, type=other.pk, description="Leaks a lot")
    job.refresh_from_db()
    assert (job.type, job.description) == (office.type, "Leaks a lot")
    change_status(job.pk, Action.START)
    answer = save(office, job, description="Rewritten", internal_comment="Ring twice")
    assert errors_of(answer) == {"description": ["cannot be changed once the job is started"]}
    save(office, job, internal_comment="Ring twice")
    job.refresh_from_db()
    assert (job.description, job.internal_comment) == ("Leaks a lot", "Ring twice")


def test_only_persons_of_the_contact_can_be_chosen(office):
    other = make_contact_person(office.contact, "Paul")
    stranger = make_contact_person(Office("Lyon", "leo").contact, "Zoe")
    form = office.client.get(url(MODEL, "change", office.job().pk)).context["adminform"].form
    assert set(form.fields["person"].queryset) == {office.person, other}
    assert stranger not in form.fields["person"].queryset


def test_a_stale_form_shows_the_differences_and_writes_nothing(office):
    job = office.job(reference="A")
    address = url(MODEL, "change", job.pk)
    opened = sent_form(office.client, address)
    save(office, job, reference="B")
    answer = office.client.post(address, opened | {"reference": "C"})
    assert answer.context["collision"]
    assert Job.objects.get().reference == "B"


# -- custom fields ------------------------------------------------------------------------------------------


@pytest.fixture
def typed(office):
    """A type with a field of every kind; the number is required."""
    kinds = ("text", "number", "date", "boolean", "choice")
    fields = {kind: make_definition(office.place, kind, f"A {kind}", is_required=kind == "number") for kind in kinds}
    fields["choice"].changed(choices=["red", "green"]).save()
    office.type = make_job_type(office.place, *fields.values(), name="Typed")
    return fields


VALUES = {"text": "Cellar", "number": "12.5", "date": "2026-11-24", "boolean": "true", "choice": "green"}


def named(typed: dict, **values) -> dict:
    return {f"custom_{typed[kind].pk}": value for kind, value in values.items()}


def test_custom_fields_of_every_kind_are_written_shown_and_changed(office, typed):
    office.client.post(url(MODEL, "add"), new_job(office, **named(typed, **VALUES)))
    job = Job.objects.get()
    assert job.custom_values == {str(typed[kind].pk): value for kind, value in VALUES.items()}
    save(office, job, **named(typed, text="", choice="red"))
    job.refresh_from_db()
    changed = {"number": "12.5", "date": "2026-11-24", "boolean": "true", "choice": "red"}
    assert job.custom_values == {str(typed[kind].pk): value for kind, value in changed.items()}


def test_a_custom_field_that_is_required_is_asked_for_and_then_taken(office, typed):
    answer = office.client.post(url(MODEL, "add"), new_job(office))
    assert errors_of(answer) == {"__all__": ["must be given: A number"]}
    assert f"custom_{typed['number'].pk}" in answer.context["adminform"].form.fields
    office.client.post(url(MODEL, "add"), new_job(office, **named(typed, number="7")))
    assert Job.objects.count() == 1


def test_a_custom_value_is_refused_where_it_stands(office, typed):
    answer = office.client.post(url(MODEL, "add"), new_job(office, **named(typed, text="ok", number="seven")))
    name = f"custom_{typed['number'].pk}"
    assert errors_of(answer) == {name: ["must be a number, with a dot for decimals"]}


def test_a_required_value_that_was_never_given_does_not_stop_other_changes(office, typed):
    job = office.job()
    save(office, job, reference="NEW")
    job.refresh_from_db()
    assert job.reference == "NEW"


# -- actions ------------------------------------------------------------------------------------------------


def test_the_buttons_are_those_that_the_state_allows(office):
    job = office.planned("2026-11-24 10:00")
    assert buttons(office, job) == ["Plan", "Mark as sent", "On the way", "Start", "Cancel the job"]
    do(office, job, "start")
    assert buttons(office, job) == ["Suspend", "Complete", "Complete with issues", "Cancel the job"]
    do(office, job, "complete")
    assert buttons(office, job) == []


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        (["send"], S.SENT),
        (["send", "read"], S.READ),
        (["send", "accept"], S.ACCEPTED),
        (["send", "refuse"], S.REFUSED),
        (["on_the_way"], S.ON_THE_WAY),
        (["start"], S.STARTED),
        (["start", "suspend"], S.SUSPENDED),
        (["start", "suspend", "resume"], S.STARTED),
        (["start", "complete"], S.COMPLETED_OK),
        (["start", "complete_with_issues"], S.COMPLETED_WITH_ISSUES),
        (["cancel"], S.CANCELLED),
    ],
)
def test_each_action_takes_its_step(office, steps, status):
    job = office.planned("2026-11-24 10:00")
    for step in steps:
        assert do(office, job, step).endswith(": 1 done")
    job.refresh_from_db()
    assert job.status == status


def test_a_step_that_the_state_forbids_is_refused_with_the_states_that_allow_it(office):
    job = office.job()
    assert do(office, job, "accept").endswith(f"#{job.pk}: is new; this is for jobs that are: sent, read")
    job.refresh_from_db()
    assert job.status == S.NEW


def test_a_comment_goes_with_the_step(office):
    job = office.planned("2026-11-24 10:00")
    do(office, job, "start", comment="Door was locked")
    page = office.client.get(url(MODEL, "change", job.pk)).content.decode()
    assert page.count("Door was locked") == 2, "the last comment, and its line of the history"


def test_the_result_is_one_of_the_types(office):
    office.type.changed(positive_results=["Repaired"], negative_results=["No access"]).save()
    job = office.planned("2026-11-24 10:00")
    do(office, job, "start")
    form = office.client.get(url(MODEL, "do", job.pk, "complete")).context["form"]
    assert [value for value, _label in form.fields["result"].choices] == ["", "Repaired"]
    asked = press(office.client, MODEL, job.pk, "complete", comment="All done")
    assert asked.context["form"].errors == {"result": ["This field is required."]}
    assert asked.context["form"]["comment"].value() == "All done"
    do(office, job, "complete", result="Repaired", comment="All done")
    job.refresh_from_db()
    assert (job.status, job.result, job.resources_comment) == (S.COMPLETED_OK, "Repaired", "All done")
    assert job.status_changes.last().comment == "All done"


def test_a_failure_may_come_without_a_result(office):
    office.type.changed(negative_results=["No access"]).save()
    job = office.planned("2026-11-24 10:00")
    do(office, job, "start")
    do(office, job, "complete_with_issues")
    job.refresh_from_db()
    assert (job.status, job.result) == (S.COMPLETED_WITH_ISSUES, "")


def test_a_job_made_longer_into_a_taken_time_is_told_whose_time_it_is(office):
    office.forbid_overlaps()
    office.planned("2026-11-24 11:00", reference="J-2")
    answer = save(office, office.planned("2026-11-24 10:00"), planned_duration="90")
    assert errors_of(answer) == {"__all__": ["overlaps with: J-2 Bakery of Paris, 24 Nov 11:00–12:00 (Ann)"]}


def test_a_cancelled_job_tells_its_resource_why(office):
    job = office.planned("2026-11-24 10:00")
    do(office, job, "cancel", reason="Closed for good")
    assert OutboxMessage.objects.order_by("pk").last().kind == "job_cancelled"
    assert job.status_changes.last().comment == "Closed for good"


def test_several_are_cancelled_at_once_and_reported_row_by_row(office):
    jobs = [office.job(), office.planned("2026-11-24 10:00"), office.job()]
    do(office, jobs[2], "cancel")
    sent = {"action": "cancel", "_selected_action": [job.pk for job in jobs], "confirmed": "yes", "reason": ""}
    report = messages_of(office.client.post(url(MODEL, "changelist"), sent, follow=True))
    assert report.startswith("Cancel the job: 2 done; 1 skipped:")


def test_a_form_that_is_refused_comes_back_as_a_browser_sends_it(office):
    """The history is no part of what is sent but for its count."""
    job = office.planned("2026-11-24 10:00")
    address = url(MODEL, "change", job.pk)
    values = sent_form(office.client, address) | {"planned_duration": "20000"}
    counts = {"status_changes-TOTAL_FORMS": "2", "status_changes-INITIAL_FORMS": "2"}
    sent = {name: value for name, value in values.items() if not name.startswith("status_changes-")}
    answer = office.client.post(address, sent | counts)
    assert (answer.status_code, list(errors_of(answer))) == (200, ["planned_duration"])
