"""What somebody else changes of a visit while a call waits for its lock: no 500, and nobody waits for each other."""

import threading
from time import sleep

import pytest
from django.db import connection, transaction

from interventions.models import Intervention, InterventionStatus, PinTries, SignatureUpload
from interventions.services.executing import Signed, announce_upload, receive_upload
from interventions.sessions import leave_site
from tests.concurrency.storm import deadlocks
from tests.intervention_factories import png
from tests.interventions.provider_calls import enter_pin, path_of, press
from tests.interventions.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
S = InterventionStatus


@pytest.fixture
def register():
    return Register()


@pytest.fixture
def meanwhile():
    """meanwhile(one, after): another transaction has done `one`, and does `after` as soon as somebody waits for it."""
    threads: list[threading.Thread] = []

    def start(one, after=lambda: None):
        begun = threading.Event()

        def run():
            with transaction.atomic():
                one()
                begun.set()
                sleep(0.5)
                after()
            connection.close()

        threads.append(threading.Thread(target=run))
        threads[0].start()
        begun.wait()
        return threads[0]

    yield start
    for thread in threads:
        thread.join()


def test_the_pin_that_is_sent_twice_at_once_begins_the_visit_once(register, meanwhile):
    visit = register.in_state(S.PLANNED)
    path = path_of(visit)
    press(path, "pin", pin="000000")
    tries = PinTries.objects.filter(pk=f"page/{visit.pk}")
    # As the first of the two does: it counts, and forgets the wrong ones before it.
    meanwhile(lambda: tries.select_for_update().get(), tries.delete)
    assert enter_pin(path, visit).status_code == 302
    visit.refresh_from_db()
    assert visit.status == S.IN_PROGRESS


def test_a_signature_that_arrives_while_its_visit_is_ended_blocks_nobody(register, meanwhile):
    visit = register.in_state(S.IN_PROGRESS)
    image, before = png(), deadlocks()
    token = announce_upload(visit.pk, Signed("Jean", "Petit"), size=len(image))
    meanwhile(lambda: Intervention.objects.locked(visit.pk), lambda: leave_site(visit))
    with pytest.raises(SignatureUpload.DoesNotExist):
        receive_upload(token, image)
    assert deadlocks() == before
