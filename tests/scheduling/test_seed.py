"""The seed's request and the seed's answer, by every client that the seed documents [seeds/community-services]."""

import json
import shutil
import subprocess
from datetime import UTC, datetime, time

import pytest
import time_machine
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

from core.models import OutboxMessage, Role
from scheduling.models import Close, CommunityService
from tests.api import program
from tests.factories import (
    CLIENT_SECRET,
    make_client,
    make_close,
    make_community_service,
    make_member,
    make_organization,
)

FROZEN = datetime(2017, 11, 22, 13, 43, 32, 216000, tzinfo=UTC)
OCCUPATION = "Regarder Shrek, en entier, avec Mathieu Trentin"
ANSWER = {
    "id": 3,
    "duration": 14400,
    "schedule_at": "2017-11-27T06:00:00.000Z",
    "occupation": OCCUPATION,
    "state": "schedule",
    "created_at": "2017-11-22T13:43:32.216Z",
    "updated_at": "2017-11-22T13:43:32.216Z",
    "close": {
        "id": 2,
        "reason": "Connecticut giants",
        "state": "unclose",
        "created_at": "2017-11-22T13:42:20.888Z",
        "updated_at": "2017-11-22T13:42:20.987Z",
    },
}
FIELDS = {
    "close_id": "2",
    "duration": "14400",
    "occupation": OCCUPATION,
    "schedule_at": "2017-11-27 09:00:00 UTC",
    "tiger_id": "2",
}
QUERY = {f"community_service[{name}]": value for name, value in FIELDS.items()}


@pytest.fixture
def frozen():
    with time_machine.travel(FROZEN, tick=False):
        yield


@pytest.fixture
def paris(frozen):
    """The seed's campus: Europe/Paris, starting at 07:00, with the rows that its request names by id."""
    organization = make_organization("Paris", time_zone="Europe/Paris", start=time(7))
    student = make_member(organization, id=1)
    tiger = make_member(organization, Role.BASIC_STAFF, id=2)
    make_close(organization, id=2, student=student, closer=tiger, state=Close.State.UNCLOSE)
    # Straight into the columns, which every save() sets anew.
    Close.objects.filter(pk=2).update(
        created_at=datetime(2017, 11, 22, 13, 42, 20, 888000, tzinfo=UTC),
        updated_at=datetime(2017, 11, 22, 13, 42, 20, 987000, tzinfo=UTC),
    )
    return organization


def with_id(answer: dict, pk: int) -> dict:
    return {**answer, "id": pk}


@pytest.mark.django_db
def test_the_seeds_request_as_json_gives_the_seeds_answer(paris):
    response = program(paris).post("/v2/community_services.json", {"community_service": FIELDS})
    service = CommunityService.objects.get()
    assert response.status_code == 201
    assert json.dumps(response.json()) == json.dumps(with_id(ANSWER, service.pk)), "keys, order, types and values"
    assert (service.close_id, service.supervisor_id) == (2, 2)


@pytest.mark.django_db
def test_the_seeds_service_is_shown_as_the_seed_shows_it(paris):
    fields = {"duration": 14400, "occupation": OCCUPATION, "schedule_at": datetime(2017, 11, 27, 6, tzinfo=UTC)}
    make_community_service(Close.objects.get(pk=2), id=3, supervisor_id=2, **fields)
    assert json.dumps(program(paris).get("/v2/community_services/3.json").json()) == json.dumps(ANSWER)


@pytest.mark.django_db
def test_the_seeds_fields_in_the_query_with_an_empty_body_give_the_seeds_answer(paris, client):
    """As the seed's Ruby client sends them: no body, no content type, a token minted without a scope."""
    application = make_client(paris)
    minted = client.post(
        "/oauth/token",
        {"grant_type": "client_credentials", "client_id": application.client_id, "client_secret": CLIENT_SECRET},
        content_type="application/json",
    ).json()
    assert minted["scope"] == "public tig"
    response = client.post(
        "/v2/community_services.json",
        query_params=QUERY,
        data=b"",
        content_type="",
        headers={"Authorization": f"Bearer {minted['access_token']}"},
    )
    assert response.status_code == 201
    assert json.dumps(response.json()) == json.dumps(with_id(ANSWER, CommunityService.objects.get().pk))


@pytest.mark.django_db
def test_the_seeds_fields_as_a_rails_form_give_the_seeds_answer(paris, client):
    form = "&".join(f"community_service%5B{name}%5D={value.replace(' ', '+')}" for name, value in FIELDS.items())
    response = program(paris).post("/v2/community_services.json", form=form)
    assert response.status_code == 201
    assert json.dumps(response.json()) == json.dumps(with_id(ANSWER, CommunityService.objects.get().pk))


@pytest.mark.django_db
def test_the_student_is_told_by_e_mail_when_he_is_assigned(paris):
    program(paris).post("/v2/community_services.json", {"community_service": FIELDS})
    message = OutboxMessage.objects.get()
    assert (message.kind, message.recipient_id) == ("community_service_assigned", 1)


@pytest.mark.django_db
def test_without_a_starting_hour_the_clock_that_was_sent_stays(frozen):
    organization = make_organization(time_zone="Europe/Paris")
    fields = {"duration": 14400, "schedule_at": "2017-11-27 09:00:00 UTC"}
    response = program(organization).post("/v2/community_services", {"community_service": fields})
    assert response.json()["schedule_at"] == "2017-11-27T09:00:00.000Z"


@pytest.fixture
def real_clients(monkeypatch):
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("as_ruby", [False, True], ids=["json", "query"])
def test_requests_oauthlib_over_http_gets_the_seeds_answer(live_server, paris, real_clients, as_ruby):
    application = make_client(paris)
    session = OAuth2Session(client=BackendApplicationClient(application.client_id))
    session.fetch_token(live_server.url + "/oauth/token", client_secret=CLIENT_SECRET, include_client_id=True)
    sent = {"params": QUERY} if as_ruby else {"json": {"community_service": FIELDS}}
    response = session.post(live_server.url + "/v2/community_services.json", **sent, timeout=10)
    assert response.status_code == 201
    assert json.dumps(response.json()) == json.dumps(with_id(ANSWER, CommunityService.objects.get().pk))


def curl(*arguments: str) -> tuple[int, object]:
    """The status and the JSON that curl prints."""
    command = ["curl", "--silent", "--noproxy", "*", "--max-time", "20", "--write-out", "\n%{http_code}", *arguments]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    body, _, status = output.rpartition("\n")
    return int(status), json.loads(body)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl (apt-get install curl)")
@pytest.mark.django_db(transaction=True)
def test_curl_by_the_documented_flow_gets_the_seeds_answer(live_server, paris):
    application = make_client(paris)
    status, minted = curl(
        "-X", "POST", f"{live_server.url}/oauth/token",
        "-d", f"grant_type=client_credentials&client_id={application.client_id}&client_secret={CLIENT_SECRET}",
    )  # fmt: skip
    assert status == 200
    status, answer = curl(
        "-X", "POST", f"{live_server.url}/v2/community_services.json",
        "-H", f"Authorization: Bearer {minted['access_token']}",
        "-H", "Content-Type: application/json",
        "-d", json.dumps({"community_service": FIELDS}, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip
    assert status == 201
    assert json.dumps(answer) == json.dumps(with_id(ANSWER, CommunityService.objects.get().pk))


@pytest.mark.django_db
def test_a_service_without_date_supervisor_close_or_occupation_shows_nulls(frozen):
    organization = make_organization()
    response = program(organization).post("/v2/community_services", {"community_service": {"duration": 7200}})
    assert response.status_code == 201
    answer = response.json()
    assert list(answer) == list(ANSWER)
    assert (answer["schedule_at"], answer["occupation"], answer["close"]) == (None, None, None)
