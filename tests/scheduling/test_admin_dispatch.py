"""A card's drop on the dispatch board: planned by the same service as the API, or refused with its words."""

from datetime import UTC, datetime

import pytest

from core.models import OutboxMessage, Role
from scheduling.models import BusyInterval, Hours, Job, JobStatus
from scheduling.services.job_states import Action, cancel_job, change_status
from scheduling.services.timetables import Part, create_timetable
from tests.back_office import browser, person, url
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db
DAY = "2026-11-24"
TEN = 10 * 60


@pytest.fixture
def office(monday):
    return Office()


def drop(office: Office, job: Job, resource=None, **place):
    values = {"version": Job.objects.values_list("version", flat=True).get(pk=job.pk)}
    values |= {"resource": resource.pk, "day": DAY} if resource else {}
    return office.client.post(url("scheduling_job", "drop", job.pk), values | place)


def refusal(response, status: int) -> list[str]:
    assert response.status_code == status, response.content
    return response.json()["errors"]


def plan_of(job: Job) -> tuple:
    job.refresh_from_db()
    return job.status, job.resource, job.vehicle, job.planned_start_at


def test_a_job_dropped_on_a_person_and_an_hour_is_scheduled(office):
    job = office.job(reference="J-1")
    answer = drop(office, job, office.ann, minute=TEN)
    assert answer.json() == {"message": "J-1 is planned: Ann, 24 Nov 10:00.", "is_warning": False}
    assert plan_of(job) == (JobStatus.SCHEDULED, office.ann, None, office.at(f"{DAY} 10:00"))
    assert OutboxMessage.objects.get().kind == "job_scheduled"
    assert job.history.first().history_user == office.mara
    assert job.history.first().door == "admin"


@pytest.mark.parametrize(
    ("day", "minute", "moment"),
    [
        # Three hours after midnight the clocks of Paris show 04:00, and 02:00 for the second time.
        ("2026-03-29", 180, datetime(2026, 3, 29, 2, tzinfo=UTC)),
        ("2026-10-25", 180, datetime(2026, 10, 25, 1, tzinfo=UTC)),
        ("2026-10-25", 24 * 60, datetime(2026, 10, 25, 22, tzinfo=UTC)),
    ],
)
def test_on_the_nights_when_clocks_change_the_hour_is_the_one_that_was_pointed_at(office, day, minute, moment):
    job = office.job()
    drop(office, job, office.ann, day=day, minute=minute)
    assert plan_of(job)[-1] == moment


def test_a_conflict_is_told_as_a_warning_by_the_name_that_its_own_card_has(office):
    office.absence(f"{DAY} 08:00", f"{DAY} 12:00", note="Dentist")
    other = office.planned(f"{DAY} 10:30", reference="J-2")
    said = drop(office, office.job(reference="J-1"), office.ann, minute=TEN).json()
    absence = "Absence, 24 Nov 08:00–12:00 (Ann)"
    job = "J-2 Bakery of Paris, 24 Nov 10:30–11:30 (Ann)"
    assert said["message"] == f"J-1 is planned: Ann, 24 Nov 10:00. It overlaps with: {absence}; {job}."
    assert said["is_warning"]
    page = office.client.get(url("scheduling_job", "dispatch"), {"day": DAY}).content.decode()
    assert f'title="{absence}">Conflict: Absence, 08:00–12:00</a>' in page
    assert f'title="{job}">Conflict: J-2 Bakery of Paris, 10:30–11:30</a>' in page
    assert f"/admin/scheduling/job/{other.pk}/plan/?back=" in page
    assert f"#{other.pk}" not in page
    assert "Dentist" in page


def test_where_overlaps_are_forbidden_the_refusal_names_what_stands_there(office):
    office.forbid_overlaps()
    office.planned(f"{DAY} 10:00", reference="J-1")
    second = office.job()
    answer = drop(office, second, office.ann, minute=TEN + 30)
    taken = "J-1 Bakery of Paris, 24 Nov 10:00–11:00 (Ann)"
    assert refusal(answer, 422) == [f"Planned start: overlaps with: {taken}"]
    assert plan_of(second) == (JobStatus.NEW, None, None, None)
    assert BusyInterval.objects.count() == 1


def test_somebody_else_was_faster(office):
    job = office.job()
    stale = job.version
    drop(office, job, office.ann, minute=TEN)
    answer = drop(office, job, office.ann, minute=TEN + 60, version=stale)
    assert refusal(answer, 409) == ["Somebody else changed this job in the meantime: look again."]
    assert plan_of(job)[-1] == office.at(f"{DAY} 10:00")


def test_a_job_under_way_stays_where_it_is(office):
    job = office.planned(f"{DAY} 10:00")
    change_status(job.pk, Action.START)
    (told,) = refusal(drop(office, job, office.ann, minute=TEN + 60), 422)
    assert told.startswith("is started; this is for jobs that are: new, scheduled, unscheduled")


def test_an_archived_resource_takes_no_more(office):
    job, gone = office.job(), make_resource(office.place, "Gone", is_archived=True)
    assert refusal(drop(office, job, gone, minute=TEN), 422) == ["Resource: is archived"]


@pytest.mark.parametrize("values", [{"minute": -1}, {"minute": "x"}, {"day": "soon"}, {"version": ""}])
def test_what_is_no_place_is_refused(office, values):
    answer = drop(office, office.job(), office.ann, **{"minute": TEN, **values})
    assert refusal(answer, 422) == ["This is no place on the board."]


def test_another_organization_is_never_planned_for(office):
    lyon = Office("Lyon", "leo")
    job, theirs = office.job(), lyon.job()
    assert refusal(drop(office, job, lyon.ann, minute=TEN), 422) == ["This is no place on the board."]
    assert drop(office, theirs, office.ann, minute=TEN).status_code == 404
    assert office.client.get(url("scheduling_job", "plan", theirs.pk)).status_code == 404
    assert plan_of(theirs)[0] == plan_of(job)[0] == JobStatus.NEW


def test_only_a_post_plans(office):
    assert office.client.get(url("scheduling_job", "drop", office.job().pk)).status_code == 405


def test_a_card_taken_back_waits_again_and_the_person_is_told(office):
    job = office.planned(f"{DAY} 10:00", reference="J-1")
    assert drop(office, job).json() == {"message": "J-1 waits to be planned.", "is_warning": False}
    assert plan_of(job) == (JobStatus.UNSCHEDULED, None, None, None)
    assert OutboxMessage.objects.order_by("pk").last().kind == "job_unscheduled"
    assert not BusyInterval.objects.exists()


# -- vehicles -----------------------------------------------------------------------------------------------


def test_where_there_are_vehicles_a_job_is_scheduled_once_it_has_one_too(office):
    van, job = make_vehicle(office.place), office.job(reference="J-1")
    said = {"message": "J-1 is not planned yet. Missing: vehicle.", "is_warning": True}
    assert drop(office, job, office.ann, minute=TEN).json() == said
    # The vehicle joins at the hour that the job has.
    drop(office, job, van, minute=TEN + 240)
    assert plan_of(job) == (JobStatus.SCHEDULED, office.ann, van, office.at(f"{DAY} 10:00"))
    drop(office, job, van, minute=TEN + 60)
    assert plan_of(job)[-1] == office.at(f"{DAY} 11:00")


def test_a_job_that_goes_to_another_person_keeps_its_vehicle(office):
    van, ben = make_vehicle(office.place), make_resource(office.place, "Ben")
    job = office.planned(f"{DAY} 10:00", vehicle=van)
    drop(office, job, ben, minute=TEN)
    assert plan_of(job) == (JobStatus.SCHEDULED, ben, van, office.at(f"{DAY} 10:00"))


# -- the week -----------------------------------------------------------------------------------------------


def test_on_a_day_of_the_week_a_planned_job_keeps_its_hour(office):
    job = office.planned("2026-10-23 10:00")
    # The clocks changed in between.
    drop(office, job, office.ann, day="2026-10-26")
    assert plan_of(job)[-1] == office.at("2026-10-26 10:00")


def test_on_a_day_of_the_week_a_new_job_takes_the_first_free_hour_of_the_persons_timetable(office):
    hours = [Part(Hours, {"weekday": "tuesday", "start": "09:30", "end": "17:00"})]
    office.ann.changed(timetable=create_timetable(office.place, {"name": "Late"}, hours)).save()
    office.planned(f"{DAY} 10:00")
    short, long = office.job(planned_duration=30), office.job(planned_duration=60)
    drop(office, short, office.ann)
    drop(office, long, office.ann)
    assert [plan_of(job)[-1] for job in (short, long)] == [office.at(f"{DAY} 09:30"), office.at(f"{DAY} 11:00")]


def test_today_has_no_free_hour_in_the_past(noon_of_the_day, office):
    job = office.job()
    drop(office, job, office.ann)
    assert plan_of(job)[-1] == office.at(f"{DAY} 12:15")


@pytest.fixture
def noon_of_the_day(monday):
    monday.move_to("2026-11-24T11:07:00Z")


# -- who ----------------------------------------------------------------------------------------------------


def test_basic_staff_plan_and_students_do_not(office):
    job = office.job()
    values = {"version": 1, "resource": office.ann.pk, "day": DAY, "minute": TEN}
    student = browser(person("lea", Role.STUDENT, office.place))
    assert student.post(url("scheduling_job", "drop", job.pk), values).status_code in (302, 403)
    basic = browser(person("ben", Role.BASIC_STAFF, office.place))
    assert basic.post(url("scheduling_job", "drop", job.pk), values).status_code == 200


def test_a_cancelled_job_is_on_no_board(office):
    job = office.planned(f"{DAY} 10:00", reference="J-GONE")
    cancel_job(job.pk)
    page = office.client.get(url("scheduling_job", "dispatch"), {"day": DAY})
    assert "J-GONE" not in page.content.decode()


@pytest.mark.parametrize("day", ["0001-01-01", "1900-01-01", "9999-12-31"])
def test_a_day_beyond_the_usual_years_is_refused_in_words(office, day):
    job = office.job()
    for place in ({"day": day}, {"day": day, "minute": 600}):
        assert drop(office, job, office.ann, **place).status_code == 422
    job.refresh_from_db()
    assert job.planned_start_at is None
