"""A customer of jobs who is a person, not a company: exported and erased as contact and as contact person alike."""

import json

import pytest
from django.core.management.base import CommandError

from core.models import OutboxMessage
from scheduling.models import Contact, Job, JobRecurrence
from tests.core.commands import answer, run
from tests.core.life import everything
from tests.factories import make_organization
from tests.job_factories import make_contact, make_contact_person, make_job, make_recurrence

pytestmark = pytest.mark.django_db
HOME = {
    "street": "3 Quarz Lane",
    "town": "Quarzham",
    "latitude": 1.5,
    "longitude": 2.5,
    "extra_information": "Quarz dog",
}


@pytest.fixture
def place():
    return make_organization()


@pytest.fixture
def rose(place):
    contact = make_contact(place, "Rose Quarz", reference="Q1", **HOME)
    return make_contact_person(contact, "rose quarz", email="rose@example.org")


def test_the_contact_that_is_the_person_is_exported(rose, tmp_path):
    make_job(rose.organization, contact=rose.contact, contact_comment="Ring twice")
    answer("export_person", "rose@example.org", "--to", str(tmp_path / "rose.json"))
    kept = json.loads((tmp_path / "rose.json").read_text())["kept"]
    assert kept["contacts"][0]["street"] == "3 Quarz Lane"
    assert kept["jobs_for_contact_person"][0]["contact_comment"] == "Ring twice"


def test_and_erased_with_name_address_and_what_was_sent_of_its_jobs(place, rose):
    done = make_job(place, contact=make_contact(place), site_contact=rose.contact, status="completed_ok")
    about = {"entity": "scheduling.job", "entity_id": done.pk, "kind": "job_scheduled", "due_at": done.created_at}
    OutboxMessage.objects.create(organization=place, state="sent", address="a@b.example", text="3 Quarz Lane", **about)
    assert answer("erase_person", "rose@example.org")["counts"]["contacts"] == 1
    assert "quarz" not in everything()
    contact = Contact.objects.get(pk=rose.contact_id)
    assert (contact.name, contact.street, contact.latitude, contact.is_archived) == ("anonymised", "", None, True)
    assert Job.objects.get(pk=done.pk).status == "completed_ok"


def test_a_company_stays_when_somebody_there_is_erased(place):
    company = make_contact(place, "Quarz Mill", **HOME)
    make_contact_person(company, "Rose Quarz", email="rose@example.org")
    assert "contacts" not in answer("erase_person", "rose@example.org")["counts"]
    company.refresh_from_db()
    assert (company.name, company.street, company.is_archived) == ("Quarz Mill", "3 Quarz Lane", False)


def test_a_contact_without_a_person_is_named_by_its_number(place):
    contact = make_contact(place, "Mrs Quarz", **HOME)
    answer("erase_person", f"contacts:{contact.pk}")
    assert "quarz" not in everything()


def test_work_for_the_person_stands_in_the_way_and_is_cancelled_by_force(place, rose):
    job, repeated = make_job(place, contact=rose.contact), make_recurrence(place, contact=rose.contact)
    with pytest.raises(CommandError, match=f"Job #{job.pk} for the person is not done; Recurring job {repeated.pk}"):
        run("erase_person", "rose@example.org")
    answer("erase_person", "rose@example.org", "--force")
    assert Job.objects.get().status == "cancelled"
    assert JobRecurrence.objects.get().is_archived
    assert "quarz" not in everything()
