"""A kind of e-mail for the tests of the outbox itself; its params steer what its function does."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from core.mail import Rendered, email, queue_email
from core.models import Organization, OutboxMessage

SIGNED = "https://dutyboard.test/student/signed?a=1&b=2"
TOKEN = "0123456789abcdef"


@email("test_note")
def note(row: OutboxMessage) -> Rendered | None:
    if row.params.get("broken"):
        raise ZeroDivisionError("division by zero")
    if row.params.get("over"):
        return None
    day = date_format(timezone.localtime(row.created_at), "l j F Y H:i")
    return Rendered(
        subject=f"Note {row.params.get('number', 1)}",
        text=f"{day}\n{TOKEN}\n",
        html=f'<p>{day}</p><a href="{TOKEN}">link</a>',
        link=lambda: SIGNED,
        token=TOKEN,
    )


def a_note(organization: Organization, **fields) -> OutboxMessage:
    """A queued note, committed unless the caller is in a transaction; `params` and any field of the row by name."""
    params = fields.pop("params", {})
    with transaction.atomic():
        pk = queue_email(
            kind="test_note",
            organization=organization,
            recipient=None,
            address=fields.pop("address", "camille@example.org"),
            language=fields.pop("language", "en"),
            entity=organization,
            params=params,
        )
        OutboxMessage.objects.filter(pk=pk).update(**fields)
    return OutboxMessage.objects.get(pk=pk)


def make_due(row: OutboxMessage) -> None:
    """As if its pause were over."""
    OutboxMessage.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
