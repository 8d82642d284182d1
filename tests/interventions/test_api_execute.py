"""The provider executes and signs: with the image in the call, or put to an address of its own [contract 30]."""

from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.utils import timezone
from PIL import Image

from interventions.models import Execution, InterventionStatus, SignatureUpload
from tests.intervention_factories import png
from tests.interventions.visits import EXECUTED, IN_PROGRESS, MB, RS, Visits, data_url, paths, statement
from tests.interventions.wire import SessionCaller, data, error

pytestmark = pytest.mark.django_db
EXECUTE = f"{MB}/execute"
ANNOUNCED = {"name": "x.png", "mimeType": "image/png", "size": 5}
S = InterventionStatus


@pytest.fixture
def visits():
    return Visits()


@pytest.fixture
def visit(visits):
    return visits.in_state(S.IN_PROGRESS)


@pytest.fixture
def provider(visits, visit) -> SessionCaller:
    return visits.provider_of(visit)


def announced(provider, size: int, **changes) -> str:
    """The path of the address that the answer names."""
    signature = {**ANNOUNCED, "size": size, **changes}
    response = provider.patch(EXECUTE, statement(signature=signature, comment="Mind the step"))
    assert response.status_code == 200, response.content
    assert list(response.json()) == ["presignedUrl"]
    return response.json()["presignedUrl"].removeprefix(settings.SITE_URL)


def put(path: str, content: bytes, content_type: str = "image/png"):
    """Of somebody who has the address alone."""
    return Client().generic("PUT", path, content, content_type)


def test_with_the_image_in_the_call_it_is_executed_at_once(visits, visit, provider):
    found = data(provider.patch(EXECUTE, statement()))
    assert (found["status"], found["codePin"]) == (EXECUTED, None)
    assert found["actualEnd"]
    execution = Execution.objects.get(intervention=visit)
    assert Image.open(BytesIO(bytes(execution.signature))).size == (300, 100)
    assert visits.get(visit.pk)["summary"]["doneAt"] == found["actualEnd"]


def test_an_announced_image_executes_it_when_it_arrives(visits, visit, provider):
    image = png()
    path = announced(provider, len(image))
    assert path.startswith("/interventions/v2/uploads/")
    assert visits.get(visit.pk)["status"] == IN_PROGRESS
    response = put(path, image)
    assert (response.status_code, response.content) == (204, b"")
    found = visits.get(visit.pk)
    assert (found["status"], found["providerGeneralComment"]) == (EXECUTED, "Mind the step")
    error(put(path, image), 404)
    assert Execution.objects.count() == 1


def test_an_image_beside_an_announcement_is_the_one_that_is_read(visits, visit, provider):
    announced(provider, 5, dataUrl=None)
    assert visits.get(visit.pk)["status"] == IN_PROGRESS
    both = {**ANNOUNCED, "dataUrl": data_url(png())}
    assert data(provider.patch(EXECUTE, statement(signature=both)))["status"] == EXECUTED


def test_a_refused_image_leaves_the_state_and_the_address_as_they_were(visits, visit, provider):
    image = png()
    path = announced(provider, len(image))
    for wrong in (b"", image[:-1], image + b"x", b"x" * len(image)):
        assert paths(put(path, wrong), 422) == ["signature"]
    error(put(path, image, "image/jpeg"), 415)
    error(put(path, b"x" * (200 * 1024 + 1)), 413)
    error(Client().get(path), 405)
    assert visits.get(visit.pk)["status"] == IN_PROGRESS
    assert put(path, image).status_code == 204


def test_an_address_lives_for_fifteen_minutes(provider):
    image = png()
    path = announced(provider, len(image))
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        error(put(path, image), 404)
    assert not Execution.objects.exists()
    error(put("/interventions/v2/uploads/nothing", image), 404)


def test_two_announced_images_execute_once(visits, visit, provider):
    image = png()
    first, second = announced(provider, len(image)), announced(provider, len(image))
    assert put(first, image).status_code == 204
    assert error(put(second, image), 409)["allowed"] == [IN_PROGRESS]


def test_the_token_of_an_address_is_kept_as_its_digest_and_not_logged(provider, log):
    path = announced(provider, len(png()))
    token = path.rpartition("/")[2]
    put(path, png())
    assert token not in log.getvalue()
    assert token not in str(list(SignatureUpload.objects.values()))


NO_URLS = [1, "", "x", "data:image/jpeg;base64,AA==", "data:image/png;base64,", "data:image/png;base64,é"]
NO_IMAGES = {
    "no image": b"GIF89a",
    "a broken one": png()[:60],
    "too many pixels": png(4001, 1000),
}


@pytest.mark.parametrize("name", NO_IMAGES)
def test_what_is_no_signature_breaks_a_rule(visits, visit, provider, name):
    response = provider.patch(EXECUTE, statement(signature={"dataUrl": data_url(NO_IMAGES[name])}))
    assert paths(response, 422) == ["signature"]
    assert visits.get(visit.pk)["status"] == IN_PROGRESS


def test_a_body_of_a_wrong_shape_names_each_path(provider):
    wrong = {
        "signature": [1, [], "x", True],
        "signature.dataUrl": [{**more, "dataUrl": text} for text in NO_URLS for more in ({}, ANNOUNCED)],
        "signature.mimeType": [{**ANNOUNCED, "mimeType": text} for text in ("image/jpeg", 1)],
        "signature.size": [{**ANNOUNCED, "size": size} for size in (0, -1, "5", 1.5)],
        "signature.name": [{**ANNOUNCED, "name": text} for text in ("", 1, "x" * 251)],
    }  # fmt: skip
    for path, values in wrong.items():
        for value in values:
            assert paths(provider.patch(EXECUTE, statement(signature=value)), 400) == [path], value
    assert paths(provider.patch(EXECUTE, statement(signature={})), 400) == [
        *("signature.name", "signature.mimeType", "signature.size"),
    ]
    large = {**ANNOUNCED, "size": 200 * 1024 + 1}
    assert paths(provider.patch(EXECUTE, statement(signature=large)), 422) == ["signature.size"]


def test_who_signs_must_be_named_and_his_words_have_their_lengths(provider):
    body = {"email": "x", "comment": "x" * 2501, "providerActionComment": 5}
    response = provider.patch(EXECUTE, {**body, "lastName": "", "signature": None})
    assert paths(response, 400) == [*body, "lastName", "signature", "firstName"]


def test_outcomes_are_of_its_own_anomalies_once_each(visits, visit, provider):
    (own,) = visits.get(visit.pk)["anomalies"]
    done, foreign = {"id": own["id"], "providerAction": 1}, {"id": visits.anomaly().pk, "providerAction": 1}
    assert paths(provider.patch(EXECUTE, statement(done, foreign)), 422) == ["anomalies"]
    assert paths(provider.patch(EXECUTE, statement(done, done)), 422) == ["anomalies"]
    assert paths(provider.patch(EXECUTE, statement(done, {"id": own["id"]})), 400) == ["anomalies[1].providerAction"]
    bad = {"id": "1", "providerAction": 3, "comment": "x" * 2501}
    assert paths(provider.patch(EXECUTE, statement(bad)), 400) == [f"anomalies[0].{name}" for name in bad]


def test_a_second_execution_is_a_409_that_names_the_state_before(provider):
    data(provider.patch(EXECUTE, statement()))
    assert error(provider.patch(EXECUTE, statement()), 409)["allowed"] == [IN_PROGRESS]


def test_staff_do_not_execute_and_providers_do_nothing_else(visits, visit, provider):
    error(visits.staff.patch(EXECUTE, statement()), 403)
    other = visits.in_state(S.PLANNED)
    for method, path in (
        ("GET", RS),
        ("GET", f"{RS}/{other.pk}"),
        ("GET", f"{RS}/1000000"),
        ("DELETE", f"{RS}/{visit.pk}"),
        ("PATCH", f"{RS}/{visit.pk}/verify"),
        ("PATCH", f"{RS}/curative/{visit.pk}"),
        ("POST", f"{RS}/{visit.pk}/emails/signature"),
        ("GET", f"{RS}/{visit.pk}/report"),
        ("GET", "/interventions-anomalies/v1/rs"),
        ("GET", "/anomalies/v2/rs/observations"),
        ("POST", f"{MB}/preventive/unplanned"),
    ):
        error(provider.call(method, path, None if method == "GET" else {}), 403)


def test_the_image_is_had_for_five_minutes_by_sessions_that_may_see_its_visit(visits, visit, provider):
    data(provider.patch(EXECUTE, statement()))
    path = visits.get(visit.pk)["imgSignature"]
    assert path == visits.get(visit.pk)["summary"]["imgSignature"]
    response = visits.basic.get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert response["Cache-Control"] == "private, no-store"
    assert response.content == bytes(Execution.objects.get().signature)
    assert provider.get(path).status_code == 200
    error(Client().get(path), 401)
    error(Visits("Elsewhere").staff.get(path), 404)
    error(visits.staff.get(path + "x"), 404)
    with time_machine.travel(timezone.now() + timedelta(minutes=5, seconds=1)):
        error(visits.staff.get(path), 404)
