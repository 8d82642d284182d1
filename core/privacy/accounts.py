"""What hangs on an account: every column that names it, its sessions, and the account itself."""

from collections.abc import Callable

from django.contrib.sessions.models import Session

from core.models import User
from core.people import PLACEHOLDER_EMAIL, placeholder
from core.places import columns_of_people, path_to_organization, plain_model, rows_within
from core.privacy.anonymising import forget_records
from core.privacy.parts import ANONYMISED
from core.privacy.subject import Subject

Count = Callable[[str, int], None]
BLANKS = {"login": ANONYMISED, "email": PLACEHOLDER_EMAIL, "first_name": "", "last_name": ""}
BATCH = 500


def replace(subject: Subject, user: User, count: Count) -> None:
    """The placeholder stands wherever the account was named there."""
    nobody = placeholder()
    for model, column in columns_of_people():
        rows = model._base_manager.filter(rows_within(model, subject.organization), **{column: user.pk})
        count("named", rows.update(**{column: nobody}))


def is_left_alone(user: User) -> bool:
    """No superuser, of no organization, and named by no row of any."""
    if user.is_superuser or user.memberships.exists():
        return False
    placed = ((model, column) for model, column in columns_of_people() if path_to_organization(plain_model(model)))
    return not any(model._base_manager.filter(**{column: user.pk}).exists() for model, column in placed)


def delete(user: User, count: Count) -> None:
    """With its log-ins; its history says only that there was one. Where a row still named it, the database refuses."""
    count("sessions", _end_sessions(user))
    # The record of the deletion is a copy of the row.
    User.objects.filter(pk=user.pk).update(**{**BLANKS, "login": f"{ANONYMISED}.{user.pk}", "password": ""})
    pk, row = user.pk, User.objects.get(pk=user.pk)
    row.delete()
    forget_records(User.history.filter(id=pk), BLANKS)
    count("account", 1)


def _end_sessions(user: User) -> int:
    keys = [one.session_key for one in Session.objects.iterator(BATCH) if _is_of(one, user)]
    for start in range(0, len(keys), BATCH):
        Session.objects.filter(session_key__in=keys[start : start + BATCH]).delete()
    return len(keys)


def _is_of(session: Session, user: User) -> bool:
    return session.get_decoded().get("_auth_user_id") == str(user.pk)
