"""Lists, searches and the dashboard of jobs in the back office."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.back_office import url
from tests.job_factories import make_resource
from tests.scheduling.office import Office

pytestmark = pytest.mark.django_db
MODEL = "scheduling_job"


@pytest.fixture
def office(monday):
    return Office()


def test_quick_filters(office):
    now = timezone.now()
    office.ann.changed(user=office.mara).save()
    tomorrow = f"{office.place.local_date() + timedelta(days=1)}"
    waiting = office.job()
    one, other = office.planned(f"{tomorrow} 10:00"), office.planned(f"{tomorrow} 10:30")
    late = office.planned(f"{now.astimezone(office.place.zone) - timedelta(days=2):%Y-%m-%d} 10:00")
    ben = office.planned(f"{office.place.local_date()} 23:00", make_resource(office.place, "Ben"))
    found = {
        quick: set(office.client.get(url(MODEL, "changelist"), {"quick": quick}).context["cl"].queryset)
        for quick in ("to_plan", "today", "overdue", "mine", "conflicts")
    }
    assert found == {
        "to_plan": {waiting},
        "today": {ben},
        "overdue": {late},
        "mine": {one, other, late},
        "conflicts": {one, other},
    }


def test_a_conflict_is_a_word_in_the_list_and_a_link_in_the_form(office):
    one, other = office.planned("2026-11-24 10:00"), office.planned("2026-11-24 10:30", reference="J-2")
    away = office.absence("2026-11-24 10:00", "2026-11-26 12:00")
    listed = office.client.get(url(MODEL, "changelist")).content.decode()
    assert listed.count('<span class="pill tone-red">Conflict</span>') == 2
    page = office.client.get(url(MODEL, "change", one.pk)).content.decode()
    name = "J-2 Bakery of Paris, 24 Nov 10:30–11:30 (Ann)"
    assert f'<a href="{url(MODEL, "change", other.pk)}">{name}</a>' in page
    name = "Absence, 24 Nov 10:00 – 26 Nov 12:00 (Ann)"
    assert f'<a href="{url("scheduling_absence", "change", away.pk)}">{name}</a>' in page


def test_search_and_filters(office):
    job = office.job(reference="J-77", order_number="PO-9", description="Boiler leaks")
    office.planned("2026-11-24 10:00")
    for asked in ({"q": "J-77"}, {"q": "PO-9"}, {"q": "leaks"}, {"q": f"#{job.pk}"}, {"status__exact": "new"}):
        assert list(office.client.get(url(MODEL, "changelist"), asked).context["cl"].queryset) == [job], asked
    by_resource = office.client.get(url(MODEL, "changelist"), {"resource": office.ann.pk})
    assert by_resource.context["cl"].result_count == 1


def test_a_list_asks_a_fixed_number_of_queries(office, django_assert_max_num_queries):
    for number in range(15):
        office.planned(f"2026-11-{number + 10} 10:00")
    with django_assert_max_num_queries(17):
        office.client.get(url(MODEL, "changelist"))


def test_the_dashboard_counts_jobs(office):
    office.job()
    office.planned("2026-11-20 10:00")
    cards = {str(card.label): card.value for card in office.client.get("/admin/").context["cards"]}
    assert (cards["Jobs to plan"], cards["Overdue jobs"], cards["Job conflicts"]) == (1, 1, 0)
