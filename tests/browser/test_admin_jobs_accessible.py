"""axe finds nothing serious in the back office of jobs, light and dark; and no page is wider than its screen."""

import pytest

from core.models import Role
from scheduling.models import Hours, JobOccurrence
from scheduling.services.job_constraints import add_constraint
from scheduling.services.job_states import Action, change_status
from scheduling.services.timetables import Part, create_timetable
from tests.back_office import person, url
from tests.browser.axe import findings, is_too_wide, look_at
from tests.browser.steps import log_in
from tests.job_factories import make_definition, make_job_type, make_recurrence
from tests.scheduling.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses():
    """An office with one of each, and the pages to look at."""
    office = Office()
    person("ada", Role.ADMINISTRATOR, office.place)
    kinds = ("text", "number", "date", "boolean", "choice")
    fields = [make_definition(office.place, kind, f"A {kind}", choices=["red"]) for kind in kinds]
    office.type = make_job_type(office.place, *fields, name="Repair", positive_results=["Repaired"])
    job, other = office.planned("2026-11-24 10:00"), office.planned("2026-11-24 10:30")
    add_constraint(other.pk, "must_start_after", constraint_at=office.at("2026-11-24 12:00"))
    absence = office.absence("2026-11-24 09:00", "2026-11-24 11:00")
    hours = [Part(Hours, {"weekday": "monday", "start": "09:00", "end": "17:00"})]
    timetable = create_timetable(office.place, {"name": "Usual"}, hours)
    recurrence = make_recurrence(office.place, type=office.type, contact=office.contact)
    JobOccurrence.objects.create(recurrence=recurrence, start_at=recurrence.start_at, outcome="made", job=job)
    begun = change_status(office.planned("2026-11-25 10:00").pk, Action.START)
    return [
        "/admin/",
        url("scheduling_job", "changelist"),
        url("scheduling_job", "add"),
        url("scheduling_job", "change", other.pk),
        url("scheduling_job", "history", job.pk),
        url("scheduling_job", "do", job.pk, "cancel"),
        url("scheduling_job", "do", begun.pk, "complete"),
        url("scheduling_jobrecurrence", "add"),
        url("scheduling_jobrecurrence", "change", recurrence.pk),
        url("scheduling_joboccurrence", "changelist"),
        url("scheduling_contact", "change", office.contact.pk),
        url("scheduling_jobtype", "change", office.type.pk),
        url("scheduling_customfielddefinition", "change", fields[-1].pk),
        url("scheduling_resource", "changelist"),
        url("scheduling_resource", "change", office.ann.pk),
        url("scheduling_absence", "change", absence.pk),
        url("scheduling_timetable", "change", timetable.pk),
    ]


def test_nothing_serious_is_found_in_the_forms_of_jobs_light_and_dark(page, addresses):
    assert look_at(page, addresses) == []


@pytest.mark.parametrize("width", [390, 1024])
def test_no_page_of_jobs_is_wider_than_its_screen(page, addresses, width):
    page.set_viewport_size({"width": width, "height": 844})
    log_in(page, "ada")
    too_wide = []
    for address in addresses:
        page.goto(address)
        if is_too_wide(page):
            too_wide.append(address)
    assert too_wide == []
    assert findings(page) == []
