"""Many jobs are changed by one call while others change the same ones and a recurrence makes more of the type."""

from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.models import Job
from tests.concurrency.dispatchers import dispatchers, together
from tests.factories import make_organization
from tests.job_factories import make_contact, make_job, make_job_type, make_recurrence, make_resource
from tests.scale import scaled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres, pytest.mark.soak]
ROUNDS = scaled(300)


@pytest.fixture
def place():
    return make_organization()


def test_two_changes_of_jobs_in_opposite_order_end_in_no_deadlock(place):
    """The types' prefixes differ, and each call starts at its own end of them."""
    contact, prefixes = make_contact(place), ("AA", "BB", "CC")
    kinds = [make_job_type(place, auto_reference_prefix=prefix) for prefix in prefixes]
    mine, theirs = (
        [(make_job(place, type=kind, contact=contact).pk, f"{kind.auto_reference_prefix}-{whose}") for kind in kinds]
        for whose in ("mine", "theirs")
    )
    with dispatchers(2) as processes:
        orders = [["change", mine, ROUNDS], ["change", theirs[::-1], ROUNDS]]
        assert together(processes, *orders) == ["changed", "changed"]


def test_a_recurrence_that_makes_jobs_and_a_change_of_its_jobs_end_in_no_deadlock(place):
    """Both need the type's counter of references and the time of the same resource."""
    kind, contact, ann = make_job_type(place, auto_reference_prefix="RE"), make_contact(place), make_resource(place)
    start = timezone.now() + timedelta(hours=1)
    jobs = [make_job(place, type=kind, contact=contact) for _ in range(3)]
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(resource=ann, planned_start_at=start)
    # Counted, not cut off by a day: clocks that change on the way move the last one over that edge.
    rule = f"FREQ=DAILY;COUNT={ROUNDS}"
    make_recurrence(place, type=kind, contact=contact, resource=ann, start_at=start, rrule=rule, days_ahead=ROUNDS + 2)
    with dispatchers(2) as processes:
        references = [(job.pk, f"RE-{job.pk}-") for job in jobs]
        made, changed = together(processes, ["make"], ["change", references, ROUNDS])
    assert [outcome for outcome, _reason in made] == ["made"] * ROUNDS
    assert changed == "changed"
