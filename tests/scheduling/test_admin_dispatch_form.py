"""The form behind a card of the dispatch board: the same without dragging."""

from datetime import UTC, datetime

import pytest

from scheduling.models import Job, JobStatus
from tests.back_office import url
from tests.job_factories import make_vehicle
from tests.scheduling.office import Office
from tests.scheduling.test_admin_dispatch import drop, plan_of

pytestmark = pytest.mark.django_db
DAY = "2026-11-24"


@pytest.fixture
def office(monday):
    return Office()


def plan_form(office: Office, job: Job, **values):
    """The form behind a card, as a browser would send it back but for these values."""
    address = url("scheduling_job", "plan", job.pk)
    form = office.client.get(address).context["form"]
    shown = {bound.html_name: bound.value() for bound in form}
    sent = {name: "" if value is None else form[name].field.widget.format_value(value) for name, value in shown.items()}
    sent = {name: value[0] if isinstance(value, list) else value for name, value in sent.items()}
    return office.client.post(address, sent | {"back": ""} | values)


def test_the_form_plans_and_leads_back_to_the_board_of_that_day(office):
    job = office.job()
    answer = plan_form(office, job, resource=office.ann.pk, planned_start_at=f"{DAY}T10:00")
    assert answer.url == f"/admin/scheduling/job/dispatch/?organization={office.place.pk}&day={DAY}"
    assert plan_of(job) == (JobStatus.SCHEDULED, office.ann, None, office.at(f"{DAY} 10:00"))


def test_the_form_leads_back_to_where_it_was_opened_but_to_no_other_site(office):
    week = "/admin/scheduling/job/dispatch/?view=week"
    assert plan_form(office, office.job(), resource=office.ann.pk, back=week).url == week
    assert plan_form(office, office.job(), resource=office.ann.pk, back="https://evil.example/").url.startswith(
        "/admin/"
    )


def test_the_form_says_why_not_on_the_field(office):
    office.forbid_overlaps()
    office.planned(f"{DAY} 10:00", reference="J-1")
    answer = plan_form(office, office.job(), resource=office.ann.pk, planned_start_at=f"{DAY}T10:30")
    taken = "J-1 Bakery of Paris, 24 Nov 10:00–11:00 (Ann)"
    assert answer.context["form"].errors == {"planned_start_at": [f"overlaps with: {taken}"]}


def test_the_form_warns_of_what_is_still_missing(office):
    make_vehicle(office.place)
    job = office.job(reference="J-1")
    answer = plan_form(office, job, resource=office.ann.pk, planned_start_at=f"{DAY}T10:00")
    (said,) = office.client.get(answer.url).context["messages"]
    assert (said.level_tag, str(said)) == ("warning", "J-1 is not planned yet. Missing: vehicle.")


def test_a_stale_form_says_so_once_and_then_saves(office):
    job = office.job()
    values = {"resource": office.ann.pk, "planned_start_at": f"{DAY}T10:00"}
    answer = plan_form(office, job, **values, version=99)
    form = answer.context["form"]
    assert form.non_field_errors() == ["somebody else changed this in the meantime"]
    assert plan_form(office, job, **values, version=form["version"].value()).status_code == 302


@pytest.mark.parametrize(
    ("local", "moment"),
    [
        # Skipped by the clocks of Paris: the first moment after the gap; shown twice: the first time.
        ("2026-03-29T02:30", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25T02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
)
def test_the_form_reads_the_nights_when_clocks_change(office, local, moment):
    job = office.job()
    plan_form(office, job, resource=office.ann.pk, planned_start_at=local)
    assert plan_of(job)[-1] == moment


def test_a_form_sent_back_untouched_changes_nothing(office):
    job = office.job()
    # The second 02:30 of that night.
    drop(office, job, office.ann, day="2026-10-25", minute=210)
    before = Job.objects.get().version
    plan_form(office, job)
    assert (Job.objects.get().version, plan_of(job)[-1]) == (before, datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
