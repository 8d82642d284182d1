"""What the dispatch board shows, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import Role
from scheduling.intervals import Interval
from scheduling.models import BusyInterval, CommunityService, Hours, Job, JobStatus
from scheduling.services.busy import Source, take_soft
from scheduling.services.community_services import update_community_service
from scheduling.services.job_states import Action, change_status, set_result
from scheduling.services.timetables import Part, create_timetable
from tests.back_office import browser, close_of, person, url
from tests.job_factories import make_resource, make_vehicle
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db
DAY = "2026-11-24"
# Four of them are for the banners that every page may have.
MOST_QUERIES = 12
HOUR, DAY_LENGTH = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(monday):
    return Office()


def board(client, **asked):
    response = client.get(url("scheduling_job", "dispatch"), {"day": DAY, **asked})
    assert response.status_code == 200
    return response


def rows_of(response) -> dict:
    return {row.resource.name: row for group in response.context["board"].groups for row in group["rows"]}


def test_people_come_first_then_the_vehicles_each_with_what_takes_their_time(office):
    van = make_vehicle(office.place, "AB-123-CD")
    office.planned(f"{DAY} 10:00", vehicle=van, reference="J-1")
    office.absence(f"{DAY} 14:00", f"{DAY} 16:00", note="Dentist")
    page = board(office.client)
    groups = page.context["board"].groups
    assert [(str(group["title"]), [row.resource.name for row in group["rows"]]) for group in groups] == [
        ("People", ["Ann"]),
        ("Vehicles", ["Van"]),
    ]
    ann = rows_of(page)["Ann"]
    assert [(card.times, card.title, card.place) for card in ann.cards] == [
        ("10:00–11:00", "Bakery of Paris", "s2 t0 l1 k0"),
        ("14:00–16:00", "Absence", "s6 t0 l2 k0"),
    ]
    card = rows_of(page)["Van"].cards[0]
    assert (card.reference, card.detail) == ("J-1", "Boiler of Paris · Ann")


def test_calendars_stand_there_with_their_jobs_alone_and_not_among_people(office):
    """Their appointments have a board of their own."""
    room = make_resource(office.place, "Room 1", kind="calendar")
    idle = make_resource(office.place, "Room 2", kind="calendar")
    take_soft(Source("appointment", 1), office.place.pk, [room.pk, idle.pk], Interval(*hours(office, 9, 10)))

    def groups() -> list[tuple]:
        found = board(office.client).context["board"].groups
        return [(str(group["title"]), [row.resource.name for row in group["rows"]]) for group in found]

    assert groups() == [("People", ["Ann"])]
    office.planned(f"{DAY} 14:00", room)
    assert groups() == [("People", ["Ann"]), ("Calendars", ["Room 1"])]
    assert len(rows_of(board(office.client))["Room 1"].cards) == 2


def hours(office, *clocks: int) -> list:
    return [office.at(f"{DAY} {clock:02d}:00") for clock in clocks]


def test_hours_outside_the_timetable_are_shaded_and_jobs_there_say_so(office):
    hours = [Part(Hours, {"weekday": "tuesday", "start": "09:00", "end": "12:00"})]
    office.ann.changed(timetable=create_timetable(office.place, {"name": "Mornings"}, hours)).save()
    office.planned(f"{DAY} 11:30")
    office.planned(f"{DAY} 09:00")
    row = rows_of(board(office.client))["Ann"]
    # The board shows 08:00 to 18:00.
    assert row.shades == ["s0 t0 l1 k0", "s4 t0 l6 k0"]
    assert [card.is_outside for card in row.cards] == [False, True]
    week = rows_of(board(office.client, view="week"))["Ann"]
    assert [cell.is_closed for cell in week.cells] == [True, False, True, True, True, True, True]


def test_jobs_to_plan_stand_beside_it_the_soonest_due_first(office):
    later = office.job(reference="LATER", due_at=office.at("2026-12-24 10:00"))
    office.job(reference="NEVER")
    sooner = office.job(reference="SOONER", due_at=office.at("2026-11-25 10:00"))
    office.planned("2026-12-01 10:00", reference="ELSEWHERE")
    waiting = board(office.client).context["board"].waiting
    assert [card.pk for card in waiting][:2] == [sooner.pk, later.pk]
    assert [card.times for card in waiting] == ["60 min · due 25 Nov 10:00", "60 min · due 24 Dec 10:00", "60 min"]


def test_a_job_that_lacks_a_vehicle_stands_in_its_row_and_says_so(office):
    make_vehicle(office.place)
    office.planned(f"{DAY} 10:00")
    page = board(office.client)
    assert rows_of(page)["Ann"].cards[0].lacks == "vehicle"
    assert "Missing: vehicle" in page.content.decode()
    assert page.context["board"].waiting == []


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25)])
def test_the_days_when_clocks_change_have_the_hours_that_they_have(office, day, hours):
    page = board(office.client, day=day, hours="all")
    assert page.content.decode().count("CET</span>") == (hours == 25)
    assert len(page.context["board"].window.hours()) == hours


def test_a_night_job_stands_on_both_days(office):
    office.planned(f"{DAY} 23:00", planned_duration=120)
    (tuesday,) = rows_of(board(office.client))["Ann"].cards
    (wednesday,) = rows_of(board(office.client, day="2026-11-25"))["Ann"].cards
    assert (tuesday.times, wednesday.times) == ("23:00–→", "←–01:00")


def test_what_makes_no_sense_in_the_address_is_today(office):
    page = board(office.client, day="someday", view="year", organization="999")
    shown = page.context["board"]
    assert (shown.date, shown.view, shown.organization) == (office.place.local_date(), "day", office.place)


def test_somebody_of_several_organizations_chooses_one(office):
    lyon = Office("Lyon", "leo")
    luc = browser(person("luc", Role.BASIC_STAFF, office.place, lyon.place))
    office.planned(f"{DAY} 10:00", reference="J-PARIS")
    lyon.planned(f"{DAY} 10:00", reference="J-LYON")
    assert "J-LYON" not in board(luc).content.decode()
    page = board(luc, organization=lyon.place.pk).content.decode()
    assert "J-LYON" in page
    assert "J-PARIS" not in page
    # Nobody sees a place by asking for it.
    assert "J-LYON" not in board(office.client, organization=lyon.place.pk).content.decode()


def crowd(office: Office, people: int, jobs: int) -> None:
    """Straight into the tables: so many people with a timetable, and jobs spread over their week."""
    hours = [Part(Hours, {"weekday": day, "start": "08:00", "end": "18:00"}) for day in ("monday", "tuesday")]
    timetable = create_timetable(office.place, {"name": "Usual", "country": "FR"}, hours)
    crew = [make_resource(office.place, f"Crew {number:02d}", timetable=timetable) for number in range(people)]
    common = {"organization": office.place, "type": office.type, "contact": office.contact, "planned_duration": 60}
    monday = office.at("2026-11-23 08:00")
    rows = []
    for number in range(jobs):
        start = monday + (number // people % 7) * DAY_LENGTH + (number // people // 7) * HOUR * 2
        rows.append(
            Job(
                **common,
                status=JobStatus.SCHEDULED,
                resource=crew[number % people],
                planned_start_at=start,
                planned_end_at=start + HOUR,
            )
        )
    stored = Job.objects.bulk_create(rows)
    BusyInterval.objects.bulk_create(
        BusyInterval(
            organization=office.place,
            resource_id=job.resource_id,
            kind="job",
            source_id=job.pk,
            start=job.planned_start_at,
            end=job.planned_end_at,
        )
        for job in stored
    )


def test_a_board_of_fifty_people_and_a_thousand_jobs_asks_a_handful_of_queries(office):
    crowd(office, people=50, jobs=1000)
    office.job()
    office.absence(f"{DAY} 08:00", f"{DAY} 12:00")
    complete_at(office, office.planned(f"{DAY} 10:00"), "2024-11-18 10:00")
    for view in ("week", "day"):
        with CaptureQueriesContext(connection) as queries:
            page = board(office.client, view=view)
        assert len(queries) <= MOST_QUERIES, [query["sql"][:120] for query in queries]
        assert page.content.decode().count("data-job=") >= (1000 if view == "week" else 100)


def test_a_students_community_service_takes_time_and_stands_on_the_board(office):
    lea = person("lea", Role.STUDENT, office.place, first_name="Lea")
    start = office.at(f"{office.place.local_date() + 3 * DAY_LENGTH} 09:00")
    close_of(lea, office.mara, office.place, {"duration": 7200, "occupation": "Library"})
    service = CommunityService.objects.get()
    update_community_service(service.pk, {"schedule_at": start})
    rows = rows_of(board(office.client, day=str(start.date())))
    (card,) = next(row.cards for name, row in rows.items() if "Lea" in name or "lea" in name)
    assert (card.title, card.times) == ("Community service", "09:00–11:00")
    assert card.url == url("scheduling_communityservice", "change", service.pk)


def test_jobs_half_planned_that_stand_in_a_row_hide_none_that_waits(office):
    make_vehicle(office.place)
    for number in range(101):
        office.planned(f"{DAY} 10:00", reference=f"ROW-{number}")
    waiting = office.job()
    shown = board(office.client).context["board"]
    assert ([card.pk for card in shown.waiting], shown.has_more_waiting) == ([waiting.pk], False)


def conflicts_on(office: Office, **asked) -> list[list[str]]:
    """The names on the cards of Ann's row, job by job."""
    row = rows_of(board(office.client, **asked))["Ann"]
    cards = row.cards or [card for cell in row.cells for card in cell.cards]
    return [[one.text for one in card.conflicts] for card in cards if card.is_job]


def test_a_long_job_names_what_stands_in_its_way_days_beyond_what_is_shown(office):
    """Three days of work from the evening before on; away on the last of them; another job on the first."""
    office.planned("2026-11-23 20:00", reference="LONG", planned_duration=3 * 24 * 60)
    office.absence("2026-11-26 08:00", "2026-11-26 18:00")
    office.planned("2026-11-23 20:30", reference="FIRST")
    assert conflicts_on(office) == [
        ["FIRST Bakery of Paris, 20:30–21:30", "Absence, 26 Nov 08:00–18:00"],
    ]


def test_an_absence_of_weeks_is_a_conflict_on_each_of_its_days(office):
    office.absence("2026-11-01 00:00", "2026-12-20 00:00")
    office.planned(f"{DAY} 10:00")
    name = "Absence, 1 Nov 00:00 – 20 Dec 00:00"
    assert conflicts_on(office) == [[name]]
    assert conflicts_on(office, view="week") == [[name]]


def test_a_conflict_on_the_vehicle_says_so_in_the_persons_row(office):
    van, ben = make_vehicle(office.place), make_resource(office.place, "Ben")
    office.planned(f"{DAY} 10:00", vehicle=van, reference="J-1")
    office.planned(f"{DAY} 10:30", ben, van, reference="J-2")
    assert conflicts_on(office) == [["J-2 Bakery of Paris, 10:30–11:30 (Van)"]]


def test_of_many_conflicts_a_card_names_three_and_counts_the_rest(office):
    for number in range(6):
        office.planned(f"{DAY} 10:00", reference=f"J-{number}")
    page = board(office.client)
    assert [len(names) for names in conflicts_on(office)] == [3] * 6
    assert page.content.decode().count("<em>and 2 more</em>") == 6


def complete_at(office: Office, job: Job, moment: str) -> None:
    """Sent, started and over at this local time."""
    for action in (Action.SEND, Action.START):
        change_status(job.pk, action, moment=office.at(moment))
    set_result(job.pk, JobStatus.COMPLETED_OK, moment=office.at(moment))


@pytest.mark.parametrize("over", ["2024-11-18 09:00", "2024-11-19 10:00"], ids=["before its start", "at its start"])
def test_a_job_that_was_over_early_stands_where_it_was_planned_and_is_in_nobodys_way(office, over):
    day, van = "2024-11-19", make_vehicle(office.place)
    job = office.planned(f"{day} 10:00", vehicle=van, reference="EARLY")
    complete_at(office, job, over)
    office.planned(f"{day} 10:30", vehicle=van, reference="NEXT")
    assert not BusyInterval.objects.filter(source_id=job.pk).exists()
    shown = [("EARLY", "10:00–11:00", "Completed", False), ("NEXT", "10:30–11:30", "Scheduled", True)]
    for row in rows_of(board(office.client, day=day)).values():
        assert [(card.reference, card.times, card.status, card.is_free) for card in row.cards] == shown
    week = rows_of(board(office.client, day=day, view="week"))["Ann"]
    assert [[card.reference for card in cell.cards] for cell in week.cells][:3] == [[], ["EARLY", "NEXT"], []]
    assert conflicts_on(office, day=day) == [[], []]
    assert rows_of(board(office.client, day="2024-11-18"))["Ann"].cards == []


def test_who_is_archived_since_keeps_the_row_of_a_job_that_was_over_early(office):
    complete_at(office, office.planned("2024-11-19 23:00", planned_duration=120), "2024-11-19 09:00")
    office.ann.changed(is_archived=True).save()
    (card,) = rows_of(board(office.client, day="2024-11-20"))["Ann"].cards
    assert (card.times, card.status) == ("←–01:00", "Completed")


def test_rows_without_work_can_be_left_out_on_paper_and_the_choice_is_kept(office):
    make_resource(office.place, "Ben")
    make_vehicle(office.place)
    office.planned(f"{DAY} 10:00")
    page = board(office.client)
    assert 'class="prints-busy"' not in page.content.decode()
    busy = office.client.get(page.context["links"]["print"])
    text = busy.content.decode()
    assert 'class="prints-busy"' in text
    # Ben, the van, and the head above the van.
    assert text.count('<tr class="idle"><th scope="row">') == 2
    assert text.count('<thead class="idle">') == 1
    for name in ("earlier", "week", "hours"):
        assert "print=busy" in busy.context["links"][name]
    assert "print=busy" not in busy.context["links"]["print"]
