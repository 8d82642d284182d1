"""Recurring jobs through the API: what is stored, what is refused and on which property, what became of them."""

import pytest
import time_machine

from scheduling.services.job_occurrences import make_due
from scheduling.services.job_states import cancel_job
from tests.factories import make_organization
from tests.job_factories import make_contact, make_contact_person, make_definition, make_job_type, make_vehicle
from tests.scheduling.jobs_calls import errors, made, problem
from tests.scheduling.jobs_world import World, done

pytestmark = pytest.mark.django_db
URL = "/v1/jobRecurrences"
START = "2026-11-23T09:00:00.000Z"


@pytest.fixture(autouse=True)
def clock():
    """Sunday, 22 November 2026, at noon in London."""
    with time_machine.travel("2026-11-22T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def world():
    return World()


def post(world, **changes):
    """Create with a good body but for the changes; None takes a property away."""
    body = {
        "typeId": world.type.pk,
        "contactId": world.contact.pk,
        "resourceId": world.ann.pk,
        "startAt": START,
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
        **changes,
    }
    return world.api.post(URL, {name: value for name, value in body.items() if value is not None})


def get(world, pk) -> dict:
    response = world.api.get(f"{URL}/{pk}")
    assert response.status_code == 200, response.content
    return response.json()


def test_what_is_sent_is_stored_and_read_back(world):
    definition = make_definition(world.organization, "number")
    world.type.custom_field_definitions.add(definition)
    site, van = make_contact(world.organization, "Bakery"), make_vehicle(world.organization)
    sent = {
        "name": "Filters",
        "typeId": world.type.pk,
        "contactId": world.contact.pk,
        "siteContactId": site.pk,
        "personId": str(world.person.uid),
        "description": "Clean the filters",
        "orderNumber": "PO-1",
        "plannedDuration": 45,
        "customFields": [{"definitionId": definition.pk, "value": "3"}],
        "resourceId": world.ann.pk,
        "vehicleId": van.pk,
        "startAt": START,
        "rrule": "FREQ=WEEKLY;BYDAY=MO,TH",
        "exdates": ["2026-11-26", "2026-12-24"],
        "isSkippingHolidays": False,
        "daysAhead": 14,
        "onConflict": "skip",
    }
    response = world.api.post(URL, sent)
    pk = made(response)
    assert response["Location"] == f"{URL}/{pk}"
    found = get(world, pk)
    assert {name: found[name] for name in sent} == sent
    assert (found["categoryId"], found["isArchived"], found["createdAt"]) == (None, False, "2026-11-22T12:00:00.000Z")


def test_defaults_and_a_rule_in_another_spelling(world):
    found = get(
        world, made(post(world, rrule="RRULE:freq=daily;", resourceId=None, exdates=["2026-12-02", "2026-12-01"]))
    )
    assert (found["rrule"], found["exdates"]) == ("FREQ=DAILY", ["2026-12-01", "2026-12-02"])
    assert [found[name] for name in ("daysAhead", "onConflict", "isSkippingHolidays")] == [30, "flag", True]
    assert [found[name] for name in ("name", "plannedDuration", "resourceId", "personId")] == [None] * 4


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"rrule": "FREQ=HOURLY"}, {"rrule": ["must have FREQ: DAILY, WEEKLY, MONTHLY or YEARLY"]}),
        (
            {"rrule": "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2"},
            {"rrule": ["must not number weekdays beyond five in a month"]},
        ),
        ({"rrule": "FREQ=YEARLY;BYDAY=99MO"}, {"rrule": ["cannot be read: its BYDAY"]}),
        ({"rrule": "every Monday"}, {"rrule": ["must be parts such as FREQ=WEEKLY;BYDAY=MO,TH, each once"]}),
        ({"rrule": "FREQ=DAILY;UNTIL=20251231"}, {"rrule": ["names no day in the ten years after its start"]}),
        ({"rrule": "FREQ=DAILY;" + "X" * 500}, {"rrule": ["is too long (maximum is 500 characters)"]}),
        ({"rrule": ""}, {"rrule": ["must not be empty"]}),
        ({"rrule": 5}, {"rrule": ["must be a text"]}),
        ({"rrule": None}, {"rrule": ["must be given"]}),
        ({"startAt": None}, {"startAt": ["must be given"]}),
        ({"startAt": "2039-01-01T00:00:00Z"}, {"startAt": ["must be less than ten years from now"]}),
        ({"exdates": ["tomorrow"]}, {"exdates": ["must be dates, YYYY-MM-DD"]}),
        ({"exdates": ["2026-02-30"]}, {"exdates": ["must be dates, YYYY-MM-DD"]}),
        ({"exdates": [1]}, {"exdates[0]": ["must be a text"]}),
        ({"exdates": "2026-12-01"}, {"exdates": ["must be a list"]}),
        ({"daysAhead": 0}, {"daysAhead": ["must be from 1 to 366"]}),
        ({"daysAhead": "7"}, {"daysAhead": ["must be an integer"]}),
        ({"daysAhead": 2**64}, {"daysAhead": ["must be from 1 to 366"]}),
        ({"typeId": 2**64, "siteContactId": 10**30}, {"typeId": ["must exist"], "siteContactId": ["must exist"]}),
        ({"startAt": "0001-01-01T00:00:00Z"}, {"startAt": ["must be from 0001-01-02 to 9999-12-30"]}),
        ({"startAt": "12026-01-01T00:00:00Z"}, {"startAt": ["must be from 0001-01-02 to 9999-12-30"]}),
        ({"startAt": "0000-01-01T00:00:00Z"}, {"startAt": ["must be from 0001-01-02 to 9999-12-30"]}),
        ({"rrule": "FREQ=YEARLY;BYDAY=MO;BYSETPOS=999"}, {"rrule": ["cannot be read: its BYSETPOS"]}),
        ({"onConflict": "Skip"}, {"onConflict": ["must be one of: fail, skip, flag"]}),
        ({"isSkippingHolidays": 1}, {"isSkippingHolidays": ["must be true or false"]}),
        ({"plannedDuration": 0}, {"plannedDuration": ["must be from 1 to 10080"]}),
        ({"typeId": 9999, "contactId": "x"}, {"typeId": ["must exist"], "contactId": ["must be an integer"]}),
        (
            {"typeId": None, "rrule": "FREQ=DAILY;INTERVAL=0"},
            {"typeId": ["must be given"], "rrule": ["cannot be read: its INTERVAL"]},
        ),
        ({"customFields": [{"definitionId": 999, "value": "x"}]}, {"customFields[0].definitionId": ["must exist"]}),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_on_its_property(world, changes, found):
    assert errors(post(world, **changes)) == found


def test_the_template_obeys_the_rules_of_jobs(world):
    world.type.changed(is_order_number_required=True).save()
    world.contact.changed(account_status="on_stop", stop_reason="Unpaid").save()
    world.ann.changed(is_archived=True).save()
    van = make_vehicle(world.organization)
    stranger = make_contact_person(make_contact(world.organization))
    foreign = make_job_type(make_organization())
    assert errors(post(world, personId=str(stranger.uid), vehicleId=van.pk)) == {
        "contactId": ["is on stop: Unpaid"],
        "resourceId": ["is archived"],
        "personId": ["must be a person of the contact"],
        "orderNumber": ["must be given: the type asks for it"],
    }
    assert errors(post(world, vehicleId=world.ann.pk, resourceId=van.pk, typeId=foreign.pk)) == {
        "typeId": ["must exist"],
        "vehicleId": ["must exist"],
        "resourceId": ["must exist"],
        "contactId": ["is on stop: Unpaid"],
    }


def test_one_may_be_made_archived_and_makes_no_job_until_it_is_in_use(world):
    pk = made(post(world, isArchived=True))
    assert get(world, pk)["isArchived"] is True
    assert make_due() == []
    done(world.api.patch(f"{URL}/{pk}", {"isArchived": False}))
    assert make_due() != []
    assert errors(post(world, isArchived="yes")) == {"isArchived": ["must be true or false"]}


def test_a_required_custom_field_is_not_answered_by_a_blank(world):
    code = make_definition(world.organization, "text", "Code", is_required=True)
    world.type.custom_field_definitions.add(code)
    blank = [{"definitionId": code.pk, "value": " "}]
    assert errors(post(world, customFields=blank)) == {"customFields[0].value": ["must be given"]}


def test_a_change_keeps_what_it_does_not_name(world):
    pk = made(post(world, name="Filters"))
    before = world.api.get(f"{URL}/{pk}")
    done(world.api.patch(f"{URL}/{pk}", {"daysAhead": 7, "isArchived": True, "name": None}, If_Match=before["ETag"]))
    assert get(world, pk) == {**before.json(), "daysAhead": 7, "isArchived": True, "name": None}
    problem(world.api.patch(f"{URL}/{pk}", {"daysAhead": 8}, If_Match=before["ETag"]), 412)


def test_a_type_and_a_contact_stay(world):
    pk = made(post(world))
    other = make_contact(world.organization)
    assert errors(world.api.patch(f"{URL}/{pk}", {"contactId": other.pk})) == {"contactId": ["cannot be changed"]}
    strict = make_job_type(world.organization, is_order_number_required=True)
    assert errors(world.api.patch(f"{URL}/{pk}", {"typeId": strict.pk})) == {"typeId": ["cannot be changed"]}
    done(world.api.patch(f"{URL}/{pk}", {"contactId": world.contact.pk, "typeId": world.type.pk}))


def test_a_change_is_not_refused_for_what_it_does_not_touch(world):
    pk = made(post(world))
    world.type.changed(is_archived=True).save()
    done(world.api.patch(f"{URL}/{pk}", {"exdates": ["2026-12-24"]}))
    assert errors(world.api.patch(f"{URL}/{pk}", {"rrule": "FREQ=DAILY;COUNT=0"})) == {
        "rrule": ["cannot be read: its COUNT"]
    }


def test_what_became_of_the_occurrences_is_read_with_the_reason(world):
    pk = made(post(world, exdates=["2026-11-26"], daysAhead=7))
    make_due()
    page = world.api.get(f"{URL}/{pk}/occurrences").json()
    first, second = page["items"]
    assert [first[name] for name in ("startAt", "outcome", "reason")] == [START, "made", None]
    assert [second[name] for name in ("outcome", "reason", "jobId")] == ["skipped", "this day is left out", None]
    assert world.get(first["jobId"])["plannedStartAt"] == START
    skipped = world.api.get(f"{URL}/{pk}/occurrences?outcome=SKIPPED").json()
    assert [item["id"] for item in skipped["items"]] == [second["id"]]


def test_a_cancelled_job_of_a_recurrence_is_not_made_again(world):
    made(post(world, daysAhead=2))
    cancel_job(make_due()[0].job_id)
    assert make_due() == []


def test_lists_are_narrowed_and_cost_the_same_whatever_their_size(world, django_assert_max_num_queries):
    pks = [made(post(world, name=f"Round {number}")) for number in range(12)]
    with django_assert_max_num_queries(4):
        page = world.api.get(f"{URL}?resourceId={world.ann.pk}&includeTotal=true").json()
    assert ([item["id"] for item in page["items"]], page["totalItemCount"]) == (pks, 12)
    assert [item["id"] for item in world.api.get(f"{URL}?name=Round 3").json()["items"]] == [pks[3]]
    assert world.api.get(f"{URL}?isArchived=true").json()["items"] == []
