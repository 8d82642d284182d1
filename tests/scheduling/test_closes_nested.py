"""`community_services_attributes` of /v2/closes, as Rails clients send them [contract 10]."""

import pytest

from core.models import OutboxMessage
from scheduling.models import Close, CommunityService
from tests.factories import make_close, make_community_service
from tests.scheduling.calls import CLOSES, refused, told
from tests.scheduling.calls import create_close as create

pytestmark = pytest.mark.django_db
NESTED = "community_services_attributes"


@pytest.mark.parametrize(
    "sent",
    [
        [{"duration": 7200}, {"duration": "14400"}],
        {"0": {"duration": "7200"}, "1": {"duration": "14400"}},
    ],
)
def test_nested_services_may_be_an_array_or_a_numbered_hash(staff, fields, sent):
    answer = create(staff, fields, **{NESTED: sent}).json()
    assert [row["duration"] for row in answer["community_services"]] == [7200, 14400]


def test_a_plain_hash_is_an_array_of_one(staff, fields):
    answer = create(staff, fields, **{NESTED: {"duration": "28800"}}).json()
    assert [row["duration"] for row in answer["community_services"]] == [28800]


def test_a_form_in_the_rails_style_makes_one_service_for_each_repeated_key(staff, fields):
    pairs = [f"close[{name}]={value}" for name, value in fields.items()]
    for duration, occupation in ((7200, "Sweep"), (14400, "Mop")):
        pairs += [f"close[{NESTED}][][duration]={duration}", f"close[{NESTED}][][occupation]={occupation}"]
    answer = staff.post(CLOSES, form="&".join(pairs).replace(" ", "+")).json()
    shown = [(row["duration"], row["occupation"]) for row in answer["community_services"]]
    assert shown == [(7200, "Sweep"), (14400, "Mop")]


@pytest.mark.parametrize("sent", [None, "", []])
def test_no_nested_services_are_none(staff, fields, sent):
    assert create(staff, fields, **{NESTED: sent}).json()["community_services"] == []


def test_each_nested_service_tells_the_student(staff, fields, student):
    create(staff, fields, **{NESTED: [{"duration": 7200}, {"duration": 7200}]})
    assert told() == [student.pk, student.pk]


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"duration": 3600}, {f"{NESTED}[1][duration]": ["must be 7200, 14400 or 28800 (seconds: 2, 4 or 8 hours)"]}),
        ({"duration": "two"}, {f"{NESTED}[1][duration]": ["must be a whole number of seconds"]}),
        (
            {"duration": 7200, "occupation": "x" * 256},
            {f"{NESTED}[1][occupation]": ["is too long (maximum is 255 characters)"]},
        ),
        ("7200", {f"{NESTED}[1]": ["must be a community service"]}),
    ],
)
def test_one_bad_nested_service_writes_no_close(staff, fields, sent, errors):
    assert refused(create(staff, fields, **{NESTED: [{"duration": 7200}, sent]})) == errors
    assert Close.objects.count() == CommunityService.objects.count() == OutboxMessage.objects.count() == 0


def test_a_nested_service_without_duration_is_a_missing_parameter(staff, fields):
    response = create(staff, fields, **{NESTED: [{"occupation": "Sweep"}]})
    assert (response.status_code, response.json()["message"]) == (400, "Missing parameter duration")


def test_nested_services_that_are_no_list_are_refused(staff, fields):
    assert refused(create(staff, fields, **{NESTED: 7})) == {NESTED: ["must be a list of community services"]}


def test_an_update_adds_changes_and_removes_nested_services_as_rails_does(advanced, close, student):
    kept, gone = make_community_service(close), make_community_service(close)
    sent = [
        {"id": kept.pk, "duration": 14400, "occupation": "Mop"},
        {"id": str(gone.pk), "_destroy": "1"},
        {"duration": 28800},
    ]
    assert advanced.patch(f"{CLOSES}/{close.pk}", {"close": {NESTED: sent}}).status_code == 204
    assert list(close.community_services.order_by("pk").values_list("duration", flat=True)) == [14400, 28800]
    assert told() == [student.pk], "of the new one alone"


@pytest.mark.parametrize("said", [True, 1, "1", "true", "True", "TRUE", "t", "on", "yes", "False", "no", 2, -1, " "])
def test_destroy_is_everything_outside_of_rails_false_values(advanced, close, said):
    service = make_community_service(close)
    body = {"close": {NESTED: [{"id": service.pk, "_destroy": said}]}}
    assert advanced.patch(f"{CLOSES}/{close.pk}", body).status_code == 204
    assert not CommunityService.objects.exists()


@pytest.mark.parametrize("said", [False, 0, "0", "f", "F", "false", "FALSE", "off", "OFF", "", None])
def test_rails_false_values_destroy_nothing(advanced, close, said):
    service = make_community_service(close)
    body = {"close": {NESTED: [{"id": service.pk, "_destroy": said, "duration": 14400}]}}
    assert advanced.patch(f"{CLOSES}/{close.pk}", body).status_code == 204
    assert CommunityService.objects.get().duration == 14400


@pytest.mark.parametrize("said", [[], ["1"], {}, {"1": "1"}])
def test_a_list_or_a_hash_is_no_word_to_destroy(advanced, close, said):
    service = make_community_service(close)
    body = {"close": {NESTED: [{"id": service.pk, "_destroy": said}]}}
    assert refused(advanced.patch(f"{CLOSES}/{close.pk}", body)) == {
        f"{NESTED}[0][_destroy]": ["must be true or false"]
    }
    assert CommunityService.objects.exists()


def test_a_form_destroys_by_a_word(advanced, close):
    service = make_community_service(close)
    form = f"close[{NESTED}][][id]={service.pk}&close[{NESTED}][][_destroy]=on"
    assert advanced.patch(f"{CLOSES}/{close.pk}", form=form).status_code == 204
    assert not CommunityService.objects.exists()


def test_a_nested_service_of_another_close_must_exist(advanced, campus, close):
    foreign = make_community_service(make_close(campus))
    response = advanced.patch(f"{CLOSES}/{close.pk}", {"close": {NESTED: [{"id": foreign.pk, "_destroy": True}]}})
    assert refused(response) == {f"{NESTED}[0][id]": ["must exist"]}
    assert CommunityService.objects.filter(pk=foreign.pk).exists()


def test_a_bad_nested_change_leaves_the_close_as_it_was(staff, close):
    sent = {"reason": "Changed", NESTED: [{"duration": 7200}, {"duration": 1}]}
    refused(staff.patch(f"{CLOSES}/{close.pk}", {"close": sent}))
    close.refresh_from_db()
    assert (close.reason, close.community_services.count()) == ("Connecticut giants", 0)


# -- nested changes and the close's own version ----------------------------------------------------------------


def test_a_changed_service_makes_the_close_that_was_read_stale(staff, close):
    service = make_community_service(close)
    path = f"{CLOSES}/{close.pk}"
    read = staff.get(path)["ETag"]
    first = {"close": {NESTED: [{"id": service.pk, "occupation": "Sweep"}]}}
    assert staff.patch(path, first, If_Match=read).status_code == 204
    second = {"close": {NESTED: [{"id": service.pk, "occupation": "Mop"}]}}
    assert staff.patch(path, second, If_Match=read).status_code == 412
    service.refresh_from_db()
    assert service.occupation == "Sweep"


def test_nested_services_that_change_nothing_leave_the_close_as_it_is(staff, close):
    service = make_community_service(close, occupation="Sweep")
    body = {"close": {NESTED: [{"id": service.pk, "occupation": "Sweep"}]}}
    assert staff.patch(f"{CLOSES}/{close.pk}", body).status_code == 204
    close.refresh_from_db()
    assert close.version == 1


def test_removing_a_nested_service_asks_the_role_of_deleting_one(staff, advanced, close):
    service = make_community_service(close)
    body = {"close": {NESTED: [{"id": service.pk, "_destroy": "1"}]}}
    assert staff.patch(f"{CLOSES}/{close.pk}", body).status_code == 403
    assert CommunityService.objects.filter(pk=service.pk).exists()
    assert advanced.patch(f"{CLOSES}/{close.pk}", body).status_code == 204
    assert not CommunityService.objects.filter(pk=service.pk).exists()
