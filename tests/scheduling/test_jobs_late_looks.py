"""What a rule depends on may change between the look at it and the lock: rules judge what is so under the lock."""

import threading
from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from core.errors import Busy
from core.locks import atomic, hold
from scheduling.models import Absence, Contact, Job, JobType, Resource
from scheduling.services.absences import create_absence, update_absence
from scheduling.services.contacts import CONTACTS, stop_contact
from scheduling.services.job_constraints import add_constraint
from scheduling.services.job_planning import schedule_job
from scheduling.services.job_recurrences import create_recurrence, update_recurrence
from scheduling.services.job_types import TYPES
from scheduling.services.jobs import JobUpdate, create_job, update_job, update_jobs
from scheduling.services.resources import RESOURCES
from tests.factories import make_organization
from tests.job_factories import (
    make_category,
    make_contact,
    make_contact_person,
    make_job,
    make_job_type,
    make_recurrence,
    make_resource,
)

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 1, 5, 9, tzinfo=UTC)
ARCHIVED = ["is archived"]


@pytest.fixture
def place():
    return make_organization()


def archived(row):
    """The row as it was read before somebody else archived it."""
    type(row).objects.get(pk=row.pk).changed(is_archived=True).save()
    return row


def refused(action, *words, **values) -> dict:
    with pytest.raises(ValidationError) as refusal:
        action(*words, **values)
    return refusal.value.message_dict


def test_no_job_is_made_of_what_was_stopped_or_archived_a_moment_ago(place):
    kind, contact = make_job_type(place), make_contact(place)
    good = {"type": kind, "contact": contact}
    stopped = Contact.objects.get(pk=contact.pk)
    stop_contact(contact.pk, "Unpaid")
    assert refused(create_job, place, {**good, "contact": stopped}) == {"contact": ["is on stop: Unpaid"]}
    other = make_contact(place)
    assert refused(create_job, place, {"contact": other, "type": archived(kind)}) == {"type": ARCHIVED}
    fresh = {"contact": other, "type": make_job_type(place)}
    for name, row in (
        ("contact", archived(make_contact(place))),
        ("site_contact", archived(make_contact(place))),
        ("category", archived(make_category(place))),
        ("person", archived(make_contact_person(other))),
    ):
        assert refused(create_job, place, {**fresh, name: row})[name][-1] == "is archived"
    assert not Job.objects.exists()


def test_what_a_type_asks_for_since_a_moment_ago_is_asked(place):
    kind = make_job_type(place)
    JobType.objects.get(pk=kind.pk).changed(is_order_number_required=True, planned_duration=45).save()
    values = {"type": kind, "contact": make_contact(place)}
    assert refused(create_job, place, values) == {"order_number": ["must be given: the type asks for it"]}
    assert create_job(place, {**values, "order_number": "7"}).planned_duration == 45


def test_no_job_gets_what_was_archived_a_moment_ago(place):
    job = make_job(place)
    ann, category = archived(make_resource(place)), archived(make_category(place))
    plan = {"resource": ann, "vehicle": None, "planned_start_at": NINE}
    assert refused(schedule_job, job.pk, **plan) == {"resource": ARCHIVED}
    assert refused(update_job, job.pk, {"category": category}) == {"category": ARCHIVED}
    again = archived(make_category(place))
    assert refused(update_jobs, [JobUpdate(job.pk, {"category": again})]) == {"0.category": ARCHIVED}
    bob = archived(make_resource(place))
    assert refused(add_constraint, job.pk, "resource", entity=bob) == {"entity": ARCHIVED}


def test_no_absence_recurrence_or_reference_row_gets_it_either(place):
    template = {"type": make_job_type(place), "contact": make_contact(place), "start_at": NINE, "rrule": "FREQ=DAILY"}
    ann = archived(make_resource(place))
    assert refused(create_recurrence, place, {**template, "resource": ann})["resource"] == ARCHIVED
    bob = archived(make_resource(place))
    assert refused(update_recurrence, make_recurrence(place).pk, {"resource": bob}) == {"resource": ARCHIVED}
    cleo = archived(make_resource(place))
    assert refused(create_absence, place, {"resource": cleo, "start": NINE, "end": NINE.replace(hour=10)}) == {
        "resource": ARCHIVED
    }
    absence = create_absence(place, {"resource": make_resource(place), "start": NINE, "end": NINE.replace(hour=10)})
    dan = archived(make_resource(place))
    assert refused(update_absence, absence.pk, {"resource": dan}) == {"resource": ARCHIVED}
    assert Absence.objects.count() == 1
    parent, category = archived(make_contact(place)), archived(make_category(place))
    assert refused(CONTACTS.create, place, {"name": "Branch", "parent": parent}) == {"parent": ARCHIVED}
    assert refused(TYPES.update, make_job_type(place).pk, {"category": category}) == {"category": ARCHIVED}


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_what_a_rule_has_looked_at_stays_so_until_the_end_and_others_may_look_too(place):
    """One transaction still runs; another one may hold the same contact and resource, and none may change them."""
    contact, ann = make_contact(place), make_resource(place)
    with atomic():
        hold([contact, ann])
        assert elsewhere(lambda: hold([ann, contact])) == "done"
        assert elsewhere(lambda: stop_contact(contact.pk)) == "busy"
        assert elsewhere(lambda: RESOURCES.update(ann.pk, {"is_archived": True})) == "busy"
    assert elsewhere(lambda: stop_contact(contact.pk)) == "done"
    assert not Resource.objects.filter(is_archived=True).exists()


def elsewhere(action) -> str:
    """In a connection of its own, which waits for no lock."""
    answers = []

    def run() -> None:
        try:
            with atomic():
                connection.cursor().execute("SET LOCAL lock_timeout = '100ms'")
                action()
            answers.append("done")
        except Busy:
            answers.append("busy")
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return answers[0]
