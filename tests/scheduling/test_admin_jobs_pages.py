"""Every page of the back office of jobs opens for staff, and shows nothing of another organization."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from scheduling.models import Hours
from scheduling.services.contacts import stop_contact
from scheduling.services.job_constraints import add_constraint
from scheduling.services.job_recurrences import create_recurrence
from scheduling.services.timetables import Part, create_timetable
from tests.back_office import browser, person, url
from tests.job_factories import make_category, make_definition
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db
REFERENCE = ("contact", "contactgroup", "customfielddefinition", "jobcategory", "jobtype", "resource", "timetable")
MODELS = ("job", "jobrecurrence", "absence", *REFERENCE)


def rows_of(office: Office) -> dict:
    """One row of each model, by its name; each has the office's name in some text of it."""
    name = office.place.name
    group = office.contact.group
    recurrence = create_recurrence(
        office.place,
        {
            "name": f"Weekly in {name}",
            "type": office.type,
            "contact": office.contact,
            "start_at": office.at("2026-11-24 10:00"),
            "rrule": "FREQ=WEEKLY",
        },
    )
    return {
        "job": office.planned("2026-11-24 10:00", reference=f"J-{name}"),
        "jobrecurrence": recurrence,
        "absence": office.absence("2026-11-25 00:00", "2026-11-26 00:00", note=f"Leave in {name}"),
        "contact": office.contact,
        "customfielddefinition": make_definition(office.place, name=f"Meter of {name}"),
        "jobcategory": make_category(office.place, f"Heating of {name}"),
        "jobtype": office.type,
        "resource": office.ann,
        "timetable": create_timetable(office.place, {"name": f"Office hours of {name}"}),
    } | ({"contactgroup": group} if group else {})


@pytest.fixture
def paris(monday, db):
    return Office()


@pytest.fixture
def lyon(monday, db):
    return Office("Lyon", "leo")


@pytest.mark.parametrize("role", [Role.BASIC_STAFF, Role.ADVANCED_STAFF, Role.ADMINISTRATOR])
def test_every_list_form_and_history_opens(paris, role):
    client = browser(person("zoe", role, paris.place))
    for model, row in rows_of(paris).items():
        for address in (
            url(f"scheduling_{model}", "changelist"),
            url(f"scheduling_{model}", "change", row.pk),
            url(f"scheduling_{model}", "history", row.pk),
        ):
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("model", MODELS)
def test_reference_data_is_added_by_advanced_staff_the_rest_by_basic_staff(paris, model):
    basic = browser(person("ben", Role.BASIC_STAFF, paris.place)).get(url(f"scheduling_{model}", "add"))
    advanced = paris.client.get(url(f"scheduling_{model}", "add"))
    assert (basic.status_code, advanced.status_code) == (403 if model in REFERENCE else 200, 200)


def test_students_see_none_of_it(paris):
    client = browser(person("lea", Role.STUDENT, paris.place))
    for model in MODELS:
        assert client.get(url(f"scheduling_{model}", "changelist")).status_code in (302, 403)
    assert client.get(url("scheduling_job", "dispatch")).status_code in (302, 403)


def test_the_rows_of_another_organization_are_in_no_list_and_have_no_page(paris, lyon):
    rows_of(paris)
    for model, row in rows_of(lyon).items():
        page = paris.client.get(url(f"scheduling_{model}", "changelist"))
        assert "Lyon" not in page.content.decode(), model
        answer = paris.client.get(url(f"scheduling_{model}", "change", row.pk))
        assert answer.status_code in (302, 403), model
        assert "Lyon" not in answer.content.decode()


def test_the_rows_of_another_organization_cannot_be_chosen(paris, lyon):
    rows_of(lyon)
    for model in MODELS:
        assert "Lyon" not in paris.client.get(url(f"scheduling_{model}", "add")).content.decode(), model
    ask = {"app_label": "scheduling", "model_name": "job", "field_name": "contact", "term": ""}
    offered = paris.client.get("/admin/autocomplete/", ask).json()["results"]
    assert [entry["text"] for entry in offered] == ["Bakery of Paris"]


def test_what_is_archived_is_not_offered_for_new_things(paris):
    paris.contact.is_archived = True
    paris.contact.save()
    ask = {"app_label": "scheduling", "model_name": "job", "field_name": "contact", "term": ""}
    assert paris.client.get("/admin/autocomplete/", ask).json()["results"] == []


def test_nothing_that_jobs_use_can_be_deleted(paris):
    rows = rows_of(paris)
    for model in ("job", "jobrecurrence", "contact", "jobtype", "jobcategory", "resource", "customfielddefinition"):
        answer = paris.client.post(url(f"scheduling_{model}", "delete", rows[model].pk), {"post": "yes"})
        assert answer.status_code == 403, model
        assert type(rows[model]).objects.filter(pk=rows[model].pk).exists()


@pytest.mark.parametrize("format_name", ["csv", "xlsx"])
def test_every_list_with_rows_can_be_exported(paris, format_name):
    for model in rows_of(paris):
        assert paris.client.get(f"/admin/scheduling/{model}/export/{format_name}/").status_code == 200, model


def offered(client, model: str, field: str) -> list[str]:
    ask = {"app_label": "scheduling", "model_name": model, "field_name": field, "term": ""}
    return [entry["text"] for entry in client.get("/admin/autocomplete/", ask).json()["results"]]


@pytest.mark.parametrize("model", ["job", "jobrecurrence"])
def test_a_contact_on_stop_is_marked_where_it_is_chosen(paris, model):
    stop_contact(paris.contact.pk, "Unpaid")
    assert offered(paris.client, model, "contact") == ["Bakery of Paris (on stop: Unpaid)"]


def test_a_choice_that_was_made_is_marked_too(paris):
    job = paris.job(site_contact=paris.contact)
    stop_contact(paris.contact.pk)
    page = paris.client.get(url("scheduling_job", "change", job.pk)).content.decode()
    assert "selected>Bakery of Paris (on stop)</option>" in page


def test_people_are_chosen_by_name_and_log_in(paris):
    lea = person("lea", Role.STUDENT, paris.place, first_name="Lea", last_name="Martin")
    assert offered(paris.client, "resource", "user") == ["Lea Martin (lea)", "mara"]
    paris.ann.changed(user=lea).save()
    page = paris.client.get(url("scheduling_resource", "change", paris.ann.pk)).content.decode()
    assert "selected>Lea Martin (lea)</option>" in page


def test_all_moments_of_a_jobs_page_have_one_shape(paris):
    job = paris.planned("2026-11-24 10:00")
    add_constraint(job.pk, "must_complete_before", constraint_at=paris.at("2027-01-24 12:00"))
    page = paris.client.get(url("scheduling_job", "change", job.pk)).content.decode()
    # Due, and the constraint that says so.
    assert page.count("24 Jan 2027 12:00") == 2
    assert "Jan. 24" not in page


def test_a_jobs_page_costs_the_same_however_many_constraints_ask_for_its_hours(paris):
    hours = [Part(Hours, {"weekday": "tuesday", "start": "09:00", "end": "17:00"})]
    paris.ann.changed(timetable=create_timetable(paris.place, {"name": "Usual"}, hours)).save()
    job = paris.planned("2026-11-24 10:00")
    address = url("scheduling_job", "change", job.pk)
    costs = []
    for count in (1, 6):
        for _ in range(count):
            add_constraint(job.pk, "must_start_in_available_hours")
        with CaptureQueriesContext(connection) as queries:
            assert paris.client.get(address).content.decode().count("Respected") >= count
        costs.append(len(queries))
    assert costs[0] == costs[1]
