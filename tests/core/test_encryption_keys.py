"""ENCRYPTION_KEY from outside: the first key writes, all read, and what none can read is told as such."""

import pytest

from core.models import IdempotencyKey
from scheduling.models import CommunityService
from tests import api
from tests.factories import make_organization

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(settings):
    settings.ENCRYPTION_KEYS = ["the-first-key" * 4]
    return api.program(make_organization())


def post(caller):
    return caller.post("/v2/community_services", {"community_service": {"duration": 7200}}, Idempotency_Key="k")


def test_a_new_key_before_the_old_one_reads_what_the_old_one_wrote(staff, settings):
    first = post(staff)
    settings.ENCRYPTION_KEYS = ["a-newer-key" * 4, "the-first-key" * 4]
    assert (post(staff).status_code, post(staff).content) == (201, first.content)


def test_the_new_key_writes(staff, settings):
    settings.ENCRYPTION_KEYS = ["a-newer-key" * 4, "the-first-key" * 4]
    first = post(staff)
    settings.ENCRYPTION_KEYS = ["a-newer-key" * 4]
    assert post(staff).content == first.content


def test_an_answer_whose_key_was_lost_is_told_and_nothing_is_done_twice(staff, settings):
    post(staff)
    settings.ENCRYPTION_KEYS = ["a-newer-key" * 4]
    response = post(staff)
    assert (response.status_code, response.json()["error"]) == (409, "Conflict")
    assert CommunityService.objects.count() == 1


def test_an_answer_that_was_tampered_with_is_not_given(staff):
    post(staff)
    answer = bytearray(IdempotencyKey.objects.get().answer)
    answer[40] ^= 1
    IdempotencyKey.objects.update(answer=bytes(answer))
    assert post(staff).status_code == 409
