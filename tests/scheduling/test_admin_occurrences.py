"""What became of a recurring job's occurrences: a few on its own page, all of them in a list."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from scheduling.models import JobOccurrence, JobRecurrence
from tests.back_office import sent_form, url
from tests.job_factories import make_recurrence
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def office(monday):
    return Office()


def occurring(office: Office, days: range, **values) -> JobRecurrence:
    """A recurring job with an occurrence on each of these days from now."""
    recurrence = make_recurrence(office.place, type=office.type, contact=office.contact, **values)
    half_an_hour, now = timedelta(minutes=30), timezone.now()
    JobOccurrence.objects.bulk_create(
        JobOccurrence(
            recurrence=recurrence, start_at=now + day * DAY + half_an_hour, outcome="skipped", reason=f"Day {day}"
        )
        for day in days
    )
    return recurrence


def page_of(office: Office, recurrence: JobRecurrence):
    return office.client.get(url("scheduling_jobrecurrence", "change", recurrence.pk))


def test_its_page_shows_the_next_and_the_last_ones_and_leads_to_all(office):
    page = page_of(office, occurring(office, range(-1000, 1000)))
    assert [one["reason"] for one in page.context["occurrences"]] == [f"Day {day}" for day in range(9, -11, -1)]
    text = page.content.decode()
    assert text.count("Left out") == 20
    assert "Show all 2000 occurrences" in text
    listed = office.client.get(page.context["occurrences_url"]).context["cl"]
    assert (listed.result_count, len(listed.result_list)) == (2000, 50)


def test_its_page_costs_the_same_however_many_there_are(office, django_assert_max_num_queries):
    recurrence = occurring(office, range(-300, 300))
    for row in recurrence.occurrences.all():
        row.job = office.job()
        row.save()
    with django_assert_max_num_queries(24):
        page_of(office, recurrence)


def test_it_is_saved_while_occurrences_come_and_go(office):
    recurrence = occurring(office, range(-5, 5))
    address = url("scheduling_jobrecurrence", "change", recurrence.pk)
    opened = sent_form(office.client, address)
    recurrence.occurrences.all().delete()
    assert office.client.post(address, opened | {"name": "Renamed"}).status_code == 302
    assert JobRecurrence.objects.get().name == "Renamed"


def test_the_list_is_narrowed_to_one_recurring_job_of_ones_own(office):
    one = occurring(office, range(3), name="Oven")
    occurring(office, range(4), name="Cellar")
    lyon = Office("Lyon", "leo")
    theirs = occurring(lyon, range(5), name="Secret")
    address = url("scheduling_joboccurrence", "changelist")
    count = {
        asked: office.client.get(address, {"recurrence": asked} if asked else {}).context["cl"].result_count
        for asked in ("", one.pk, theirs.pk, "x", "9" * 30)
    }
    assert count == {"": 7, one.pk: 3, theirs.pk: 7, "x": 7, "9" * 30: 7}
    page = office.client.get(address, {"recurrence": theirs.pk}).content.decode()
    assert "Secret" not in page
    assert "Oven" in office.client.get(address, {"recurrence": one.pk}).content.decode()


def test_an_occurrence_is_only_read(office):
    row = occurring(office, range(1)).occurrences.get()
    model = "scheduling_joboccurrence"
    assert office.client.get(url(model, "change", row.pk)).status_code == 200
    assert office.client.post(url(model, "change", row.pk), {"reason": "x"}).status_code == 403
    assert office.client.get(url(model, "add")).status_code == 403
    assert office.client.get(url(model, "history", row.pk)).status_code == 404
    assert office.client.get(url(model, "deleted")).status_code == 404


def test_an_occurrences_page_is_named_by_its_start_on_the_organizations_clock(office):
    recurrence = make_recurrence(office.place, type=office.type, contact=office.contact)
    start = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    row = JobOccurrence.objects.create(recurrence=recurrence, start_at=start, outcome="skipped")
    page = office.client.get(url("scheduling_joboccurrence", "change", row.pk)).content.decode()
    assert "2026-07-02 00:30 Left out" in page
