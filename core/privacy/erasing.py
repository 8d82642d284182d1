"""Erasing a person: what tells of him goes from every table, what took place stays.

One transaction for all of it: either nothing is left of the person, or all is as it was.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.context import current_actor
from core.errors import StateConflict
from core.locks import atomic
from core.models import Organization, User
from core.privacy import accounts, answers, mentions
from core.privacy.anonymising import forget_messages, forget_records, messages_about, settled
from core.privacy.found import Found, in_batches
from core.privacy.names import names_by_place
from core.privacy.parts import ANONYMISED, Obstacle
from core.privacy.subject import Subject

# In one sentence of a refusal.
MOST_TOLD = 50


@dataclass
class Erased:
    """`counts`: rows changed or deleted, by kind. `account`: erased, kept, or none where there is no account."""

    counts: Counter = field(default_factory=Counter)
    in_the_way: list[str] = field(default_factory=list)
    account: str = "none"

    def count(self, kind: str, number: int) -> None:
        if number:
            self.counts[kind] += number


class _Undone(Exception):
    """Ends a rehearsal."""


def rehearse(subject: Subject) -> Erased:
    """What `erase` would do, obstacles cleared: done, and taken back. Raises as `erase` with force."""
    erased = Erased()
    try:
        with atomic():
            erased = erase(subject, force=True)
            raise _Undone
    except _Undone:
        return erased


@atomic
def erase(subject: Subject, *, force: bool = False) -> Erased:
    """Raises ValidationError where the person is still to do something, unless `force` ends that first."""
    _check_not_oneself(subject)
    if subject.user:
        User.objects.locked(subject.user.pk)
    found, erased = Found(subject), Erased()
    _clear(found.obstacles(), erased, force)
    _erase_in_sandbox(subject, erased)
    # What was cleared wrote rows and messages of its own.
    found = Found(subject, found)
    texts, names = _texts_of(found), names_by_place(found)
    persons = names_by_place(found, lambda part: part.stands_for_person)
    _erase_found(found, erased)
    if subject.user and erased.account != "erased":
        erased.account = _let_go(subject, subject.user, erased)
    erased.count("stored_answers", answers.forget(texts))
    erased.count("named_in_messages", mentions.forget_in_messages(names))
    erased.count("named_in_views", mentions.forget_in_views(persons, subject.texts))
    erased.count("delivery_answers", answers.forget_delivered(texts, subject.organization))
    return erased


def _check_not_oneself(subject: Subject) -> None:
    if subject.user and subject.user.pk == current_actor().user_id:
        raise ValidationError(_("Nobody erases the account that he acts with"), code="oneself")


def _clear(obstacles: list[Obstacle], erased: Erased, force: bool) -> None:
    erased.in_the_way = [obstacle.text for obstacle in obstacles]
    if obstacles and not force:
        listed = "; ".join(erased.in_the_way[:MOST_TOLD])
        more = f" (+ {len(obstacles) - MOST_TOLD})" if len(obstacles) > MOST_TOLD else ""
        message = _("This is still to be done, and is ended by force alone: %(list)s") % {"list": listed + more}
        raise ValidationError(message, code="in_the_way")
    for obstacle in obstacles:
        try:
            obstacle.clear()
        except (ValidationError, StateConflict) as error:
            reason = " ".join(error.messages) if isinstance(error, ValidationError) else str(error)
            raise ValidationError(f"{obstacle.text}: {reason}", code="in_the_way") from error


def _erase_in_sandbox(subject: Subject, erased: Erased) -> None:
    """It is the organization's too; what is still to be done there is fictitious, and ends."""
    twins = Organization.objects.filter(sandbox_of=subject.organization) if subject.organization else ()
    for twin in twins:
        there = erase(replace(subject, organization=twin), force=True)
        erased.counts += there.counts
        erased.account = there.account


def _let_go(subject: Subject, user: User, erased: Erased) -> str:
    """The account goes with the last organization that knows it, or as a whole."""
    accounts.replace(subject, user, erased.count)
    if subject.organization and not accounts.is_left_alone(user):
        return "kept"
    if subject.organization:
        accounts.replace(Subject(user), user, erased.count)
    accounts.delete(user, erased.count)
    return "erased"


def _texts_of(found: Found) -> set[str]:
    """What told of the person, as rows have it now: to be looked for where nothing else leads to it."""
    texts = found.subject.texts
    for part in found.parts:
        for pks in in_batches(found.live(part)):
            values = part.model._base_manager.filter(pk__in=pks).values_list(*part.blanks) if part.blanks else []
            texts |= {value for row in values for value in row if isinstance(value, str)}
    return texts - {"", ANONYMISED}


def _erase_found(found: Found, erased: Erased) -> None:
    for part in found.parts:
        for pks in in_batches(found.live(part)):
            erased.count(part.kind, part.erase(pks))
        for records in found.records(part):
            erased.count("history", forget_records(records, {**part.blanks, **part.traces}))
        for pks in in_batches(found.traced(part)):
            erased.count("messages", forget_messages(settled(messages_about(part.model, pks))))
