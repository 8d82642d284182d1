"""Many processes make jobs at once: by hand with references that their type gives, and from recurrences."""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from scheduling.models import Job, JobOccurrence
from tests.concurrency.dispatchers import dispatchers, together
from tests.factories import make_organization
from tests.job_factories import make_contact, make_job, make_job_type, make_recurrence, make_resource
from tests.scale import scaled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.soak]
PROCESSES = 4


@pytest.mark.postgres
def test_creates_at_once_get_different_references_and_no_error():
    count = scaled(10_000)
    place = make_organization()
    kind, contact = make_job_type(place, auto_reference_prefix="BS"), make_contact(place)
    in_the_way = f"BS-{count // 2:06d}"
    make_job(place, type=kind, contact=contact, reference=in_the_way)
    with dispatchers(PROCESSES) as processes:
        orders = [["create", kind.pk, contact.pk, count // PROCESSES] for _ in processes]
        assert together(processes, *orders) == ["created"] * PROCESSES
    references = list(Job.objects.order_by("reference").values_list("reference", flat=True))
    made = count // PROCESSES * PROCESSES
    assert [reference for reference, times in Counter(references).items() if times > 1] == []
    # The one that was typed stands among them, and was given to nobody.
    assert references == [f"BS-{number:06d}" for number in range(1, made + 2)]
    assert all(re.fullmatch(r"BS-\d{6}", reference) for reference in references)


def test_two_runs_at_once_make_each_occurrence_once():
    """Half of the recurrences share a resource, so that the runs meet in its time too."""
    recurrences, days = scaled(50), 20
    place = make_organization()
    kind, contact, crew = make_job_type(place, auto_reference_prefix="RE"), make_contact(place), make_resource(place)
    for number in range(recurrences):
        start = timezone.now() + timedelta(hours=1 + number % 5)
        shared = crew if number % 2 else make_resource(place)
        make_recurrence(place, type=kind, contact=contact, resource=shared, start_at=start, days_ahead=days)
    with dispatchers(2) as processes:
        answers = together(processes, ["make"], ["make"])
    judged = [tuple(one) for found in answers for one in found]
    assert {outcome for outcome, _ in judged} == {"made"}
    assert len(judged) == Job.objects.count() == JobOccurrence.objects.count() == recurrences * days
    assert all(found for found in answers), "both had their share"
    starts = Job.objects.values_list("recurrence", "planned_start_at")
    assert len(set(starts)) == len(starts)
