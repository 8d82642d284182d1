"""What jobs are made of, in the back office: by the same services as the API, or refused on its fields."""

import pytest

from core.models import Role
from scheduling.models import (
    Absence,
    BusyInterval,
    Contact,
    ContactPerson,
    CustomFieldDefinition,
    JobConstraint,
    JobRecurrence,
    JobType,
    Resource,
    SchedulingSettings,
    Timetable,
)
from tests.back_office import browser, errors_of, messages_of, person, press, sent_form, url
from tests.job_factories import make_definition, make_recurrence, make_resource, make_vehicle
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(monday):
    return Office()


def add(office: Office, model: str, **values):
    address = url(f"scheduling_{model}", "add")
    return office.client.post(address, sent_form(office.client, address) | values)


def save(office: Office, model: str, row, **values):
    address = url(f"scheduling_{model}", "change", row.pk)
    return office.client.post(address, sent_form(office.client, address) | values)


def inline_errors(response) -> list[dict]:
    found = [formset.formset.errors for formset in response.context["inline_admin_formsets"]]
    return [error for errors in found for error in errors if error]


# -- absences -----------------------------------------------------------------------------------------------


def moments(start: str, end: str) -> dict:
    """ "2026-11-24 10:00" as the two boxes of each."""
    boxes = {}
    for name, text in (("start", start), ("end", end)):
        boxes[f"{name}_0"], boxes[f"{name}_1"] = text.split(" ")
    return boxes


def busy() -> list[tuple]:
    return list(BusyInterval.objects.filter(kind="absence").values_list("resource", "start", "end"))


def test_an_absence_takes_the_time_of_its_resource_until_it_is_changed_or_deleted(office):
    ben = make_resource(office.place, "Ben")
    start, end, noon = (office.at(f"2026-11-24 {clock}") for clock in ("08:00", "18:00", "12:00"))
    add(office, "absence", resource=office.ann.pk, **moments("2026-11-24 08:00", "2026-11-24 18:00"))
    absence = Absence.objects.get()
    assert busy() == [(office.ann.pk, start, end)]
    save(office, "absence", absence, resource=ben.pk, **moments("2026-11-24 08:00", "2026-11-24 12:00"))
    assert busy() == [(ben.pk, start, noon)]
    assert absence.history.first().history_user == office.mara
    press(office.client, "scheduling_absence", absence.pk, "delete")
    assert busy() == []


def test_an_absence_may_stand_over_a_job_even_where_overlaps_are_forbidden_and_both_say_so(office):
    office.forbid_overlaps()
    job = office.planned("2026-11-24 10:00", reference="J-1")
    add(office, "absence", resource=office.ann.pk, **moments("2026-11-24 08:00", "2026-11-24 18:00"))
    absence = Absence.objects.get()
    shown = office.client.get(url("scheduling_absence", "change", absence.pk)).content.decode()
    assert "J-1 Bakery of Paris, 24 Nov 10:00–11:00 (Ann)" in shown
    page = office.client.get(url("scheduling_job", "change", job.pk)).content.decode()
    assert "Absence, 24 Nov 08:00–18:00 (Ann)" in page


def test_an_absence_ends_after_it_starts_and_is_of_somebody_in_use(office):
    gone = make_resource(office.place, "Gone", is_archived=True)
    answer = add(office, "absence", resource=gone.pk, **moments("2026-11-24 18:00", "2026-11-24 08:00"))
    assert errors_of(answer) == {"resource": ["is archived"], "end": ["must end after it starts"]}
    assert Absence.objects.count() == BusyInterval.objects.count() == 0


# -- timetables ---------------------------------------------------------------------------------------------


def hours(*rows: tuple[str, str, str]) -> dict:
    data = {"hours-TOTAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        data |= {f"hours-{number}-{name}": value for name, value in zip(("weekday", "start", "end"), row, strict=True)}
    return data


def test_one_form_makes_a_timetable_with_its_hours_and_special_days(office):
    days = {"special_days-TOTAL_FORMS": 1, "special_days-0-day": "2026-12-24", "special_days-0-note": "Closed"}
    add(office, "timetable", name="Office", country="FR", **hours(("monday", "09:00", "17:00")), **days)
    timetable = Timetable.objects.get()
    assert [str(row) for row in timetable.hours.all()] == ["Monday 09:00–17:00"]
    assert timetable.special_days.get().start is None


def test_hours_that_end_before_they_start_are_refused_where_they_stand(office):
    good, bad = ("monday", "09:00", "17:00"), ("tuesday", "17:00", "09:00")
    answer = add(office, "timetable", name="Office", **hours(good, bad))
    assert inline_errors(answer) == [{"__all__": ["must end after they start"]}]
    assert Timetable.objects.count() == 0


def test_an_unknown_country_is_refused_on_its_field(office):
    assert list(errors_of(add(office, "timetable", name="Office", country="XX"))) == ["country"]


def test_who_had_a_deleted_timetable_is_always_available(office):
    add(office, "timetable", name="Office", **hours(("monday", "09:00", "17:00")))
    timetable = Timetable.objects.get()
    save(office, "resource", office.ann, timetable=timetable.pk)
    press(office.client, "scheduling_timetable", timetable.pk, "delete")
    office.ann.refresh_from_db()
    assert (office.ann.timetable, Timetable.objects.count()) == (None, 0)


# -- resources ----------------------------------------------------------------------------------------------


def test_a_vehicle_is_called_by_its_registration_and_needs_one(office):
    answer = add(office, "resource", kind="vehicle", name="", registration="")
    assert "registration" in errors_of(answer)
    add(office, "resource", kind="vehicle", name="", registration="AB-123-CD")
    assert Resource.objects.get(kind="vehicle").name == "AB-123-CD"


def test_a_log_in_is_a_members_and_stands_for_one_resource(office):
    stranger = person("zoe", Role.STUDENT)
    assert list(errors_of(save(office, "resource", office.ann, user=stranger.pk))) == ["user"]
    save(office, "resource", office.ann, user=office.mara.pk)
    answer = save(office, "resource", make_resource(office.place, "Ben"), user=office.mara.pk)
    assert errors_of(answer) == {"user": ["is a resource of this organization already"]}


def test_what_is_out_of_use_is_archived_and_can_come_back(office):
    for name, said in (("archive", "Archive: 1 done"), ("restore", "Use again: 1 done")):
        assert messages_of(press(office.client, "scheduling_resource", office.ann.pk, name)) == said
        office.ann.refresh_from_db()
        assert office.ann.is_archived == (name == "archive")
    basic = browser(person("ben", Role.BASIC_STAFF, office.place))
    assert basic.post(url("scheduling_resource", "do", office.ann.pk, "archive")).status_code == 403


# -- contacts -----------------------------------------------------------------------------------------------


def persons(*rows: dict, **first) -> dict:
    data = {"persons-TOTAL_FORMS": len(rows)}
    for number, row in enumerate(rows):
        data |= {f"persons-{number}-{name}": value for name, value in row.items()}
    return data


def test_one_form_makes_a_contact_and_its_persons_the_first_is_the_primary_one(office):
    add(office, "contact", name="Town hall", **persons({"name": "Ada"}, {"name": "Bob"}))
    found = ContactPerson.objects.filter(contact__name="Town hall").order_by("name")
    assert [(one.name, one.is_primary) for one in found] == [("Ada", True), ("Bob", False)]


def test_a_person_with_a_wrong_address_leaves_nothing_written(office):
    answer = add(office, "contact", name="Town hall", **persons({"name": "Ada", "email": "nowhere"}))
    assert [list(error) for error in inline_errors(answer)] == [["email"]]
    assert not Contact.objects.filter(name="Town hall").exists()


def test_half_a_place_is_refused_on_the_half_that_is_missing(office):
    assert list(errors_of(save(office, "contact", office.contact, latitude="48.8"))) == ["longitude"]


def test_a_contact_is_put_on_stop_with_a_reason_and_taken_off(office):
    press(office.client, "scheduling_contact", office.contact.pk, "stop", reason="Unpaid")
    page = office.client.get(url("scheduling_contact", "change", office.contact.pk)).content.decode()
    assert "On stop" in page
    assert "Unpaid" in page
    press(office.client, "scheduling_contact", office.contact.pk, "unstop")
    office.contact.refresh_from_db()
    assert not office.contact.is_on_stop


def test_a_contact_has_the_organizations_custom_fields(office):
    floor = make_definition(office.place, "number", "Floor")
    name = f"custom_{floor.pk}"
    answer = save(office, "contact", office.contact, **{name: "third"})
    assert errors_of(answer) == {name: ["must be a number, with a dot for decimals"]}
    save(office, "contact", office.contact, **{name: "3"})
    office.contact.refresh_from_db()
    assert office.contact.custom_values == {str(floor.pk): "3"}


# -- types and fields ---------------------------------------------------------------------------------------


def test_a_type_has_its_results_one_a_line_and_its_custom_fields(office):
    floor = make_definition(office.place, "number", "Floor")
    values = {"positive_results": "Repaired\n\n Replaced ", "negative_results": "", "planned_duration": "90"}
    add(office, "jobtype", name="Repair", custom_field_definitions=[floor.pk], **values)
    made = JobType.objects.get(name="Repair")
    assert (made.positive_results, made.negative_results) == (["Repaired", "Replaced"], [])
    assert list(made.custom_field_definitions.all()) == [floor]
    page = office.client.get(url("scheduling_jobtype", "change", made.pk)).content.decode()
    assert "Repaired\nReplaced</textarea>" in page


def test_a_choice_needs_its_names_and_a_used_kind_stays(office):
    assert list(errors_of(add(office, "customfielddefinition", name="Colour", kind="choice"))) == ["choices"]
    add(office, "customfielddefinition", name="Colour", kind="choice", choices="red\ngreen")
    colour = CustomFieldDefinition.objects.get()
    assert colour.choices == ["red", "green"]
    office.job(custom_values={str(colour.pk): "red"})
    answer = save(office, "customfielddefinition", colour, kind="text", choices="")
    assert errors_of(answer)["kind"] == ["cannot be changed once a value is stored"]


# -- constraints and recurrences ----------------------------------------------------------------------------


def constraint(**values) -> dict:
    return {"constraints-TOTAL_FORMS": 1} | {f"constraints-0-{name}": value for name, value in values.items()}


def test_a_constraint_is_added_with_its_state_and_removed_and_the_job_is_due(office):
    job = office.planned("2026-11-24 10:00")
    at = {"constraint_at_0": "2026-11-24", "constraint_at_1": "09:00"}
    save(office, "job", job, **constraint(type="must_complete_before", **at))
    job.refresh_from_db()
    assert job.due_at == office.at("2026-11-24 09:00")
    assert "Violated" in office.client.get(url("scheduling_job", "change", job.pk)).content.decode()
    save(office, "job", job, **{"constraints-0-DELETE": "on"})
    job.refresh_from_db()
    assert (job.due_at, JobConstraint.objects.count()) == (None, 0)


def test_a_constraint_without_its_moment_is_refused_where_it_stands(office):
    job = office.job()
    answer = save(office, "job", job, reference="NEW", **constraint(type="must_start_after"))
    assert inline_errors(answer) == [{"constraint_at": ["must be given for this type"]}]
    job.refresh_from_db()
    assert job.reference == ""


def recurring(office: Office, **values) -> dict:
    start = {"start_at_0": "2026-12-01", "start_at_1": "10:00"}
    return {"type": office.type.pk, "contact": office.contact.pk, "rrule": "FREQ=WEEKLY", **start, **values}


def test_a_recurrence_is_made_changed_and_refused_on_its_fields(office):
    assert list(errors_of(add(office, "jobrecurrence", **recurring(office, rrule="SOMETIMES")))) == ["rrule"]
    assert list(errors_of(add(office, "jobrecurrence", **recurring(office, exdates="soon")))) == ["exdates"]
    add(office, "jobrecurrence", **recurring(office, exdates="2026-12-25\n2026-12-08", resource=office.ann.pk))
    made = JobRecurrence.objects.get()
    assert (made.exdates, made.start_at) == (["2026-12-08", "2026-12-25"], office.at("2026-12-01 10:00"))
    save(office, "jobrecurrence", made, is_archived="on")
    made.refresh_from_db()
    assert made.is_archived


def test_a_recurrence_is_offered_who_is_in_use_and_keeps_whom_it_has(office):
    ben = make_resource(office.place, "Ben", is_archived=True)
    make_resource(office.place, "Lea", user=person("lea", Role.STUDENT, office.place), is_archived=True)
    make_vehicle(office.place, name="Scrapped", is_archived=True)
    van, old = make_vehicle(office.place), make_recurrence(office.place, resource=ben)
    for page, who in ((("add",), [office.ann]), (("change", old.pk), [office.ann, ben])):
        form = office.client.get(url("scheduling_jobrecurrence", *page)).context["adminform"].form
        offered = [set(form.fields[name].queryset) for name in ("resource", "vehicle")]
        assert offered == [set(who), {van}]
    assert list(errors_of(add(office, "jobrecurrence", **recurring(office, resource=ben.pk)))) == ["resource"]
    assert save(office, "jobrecurrence", old, name="Still Ben's").status_code == 302


def test_an_administrator_decides_about_overlaps_and_holidays(office):
    ada = browser(person("ada", Role.ADMINISTRATOR, office.place))
    model = "scheduling_schedulingsettings"
    data = sent_form(ada, url(model, "add")) | {"organization": office.place.pk, "forbids_job_overlaps": "on"}
    assert list(errors_of(ada.post(url(model, "add"), data | {"country": "XX"}))) == ["country"]
    ada.post(url(model, "add"), data | {"country": "FR"})
    settings = SchedulingSettings.objects.get()
    assert (settings.forbids_job_overlaps, settings.country) == (True, "FR")
