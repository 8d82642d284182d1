"""Whose data is asked for: an account, or somebody who is known by an e-mail address or by one row alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from core.ids import id_in
from core.models import Organization, User

NOBODY = Q(pk__in=[])


@dataclass(frozen=True)
class Subject:
    """`emails`: lower case, and no other account's. `rows`: ids of rows that are the person's whatever they say."""

    user: User | None = None
    emails: frozenset[str] = frozenset()
    organization: Organization | None = None
    rows: Mapping[type[Model], Collection[int]] = field(default_factory=dict)

    def is_user(self, *names: str) -> Q:
        """Rows with the account in one of these columns."""
        return _any(Q(**{name: self.user.pk}) for name in names) if self.user else NOBODY

    def has_address(self, *names: str) -> Q:
        """Rows with one of the addresses in one of these columns."""
        return _any(Q(**{f"{name}__iexact": email}) for name in names for email in sorted(self.emails))

    def is_named(self, *names: str) -> Q:
        """Rows that have the account's whole name, or its login, as a text."""
        return _any(Q(**{f"{name}__iexact": text}) for name in names for text in self.whole_names)

    @property
    def has_account_alone(self) -> bool:
        """Whether no other organization than the asked one, with its sandbox, has the account."""
        if self.user is None or self.organization is None:
            return self.user is not None
        others = self.user.memberships.exclude(organization=self.organization)
        others = others.exclude(organization__sandbox_of=self.organization)
        return not self.user.is_superuser and not others.exists()

    @property
    def whole_names(self) -> list[str]:
        return sorted({self.user.full_name, self.user.login}) if self.user else []

    @property
    def full_names(self) -> set[str]:
        """As people are shown it, today's and earlier ones."""
        if self.user is None:
            return set()
        earlier = User.history.filter(id=self.user.pk).values_list("first_name", "last_name")
        return {self.user.full_name, *(f"{first} {last}".strip() for first, last in earlier)} - {""}

    @property
    def texts(self) -> set[str]:
        """What names the account, as it stands anywhere."""
        user = self.user
        found = {user.login, user.email, user.first_name, user.last_name, user.full_name} if user else set()
        return {text for text in (*found, *self.emails) if text}


def _any(conditions) -> Q:
    return reduce(or_, conditions, NOBODY)


def subject_of_row(row: Model, email: str = "") -> Subject:
    """Of a row of one organization that stands for a person; another row there with the same address is his too."""
    emails = frozenset([email.lower()]) if email else frozenset()
    return Subject(None, emails, row.organization, {type(row): [row.pk]})  # type: ignore[attr-defined]


def subject_of(text: str, organization: Organization | None = None) -> Subject:
    """Of an id or a login of an account, or of an address. Raises ValidationError where several accounts have it."""
    user = _account(text.strip())
    if user is not None:
        return subject_of_account(user, organization)
    if "@" not in text:
        raise ValidationError(_("Nobody has this login or id: %(text)s") % {"text": text}, code="nobody")
    return Subject(emails=frozenset([text.strip().lower()]), organization=organization)


def subject_of_account(user: User, organization: Organization | None = None) -> Subject:
    return Subject(user, _addresses(user), organization)


def _account(text: str) -> User | None:
    if text.isascii() and text.isdigit():
        return User.objects.filter(pk=id_in(text)).first()
    named = User.objects.filter(login=text).first()
    return named or _account_of_address(text)


def _account_of_address(text: str) -> User | None:
    found = list(User.objects.filter(email__iexact=text).order_by("pk")[:20]) if "@" in text else []
    if len(found) > 1:
        logins = ", ".join(user.login for user in found)
        message = _("Several people have this address, name one by login or id: %(logins)s")
        raise ValidationError(message % {"logins": logins}, code="several")
    return found[0] if found else None


def _addresses(user: User) -> frozenset[str]:
    """Those that the account has or had; what is another account's today says nothing of this one."""
    known = {user.email, *User.history.filter(id=user.pk).values_list("email", flat=True)}
    folded = {email.lower() for email in known if email}
    others = User.objects.exclude(pk=user.pk).filter(_any(Q(email__iexact=email) for email in sorted(folded)))
    return frozenset(folded - {email.lower() for email in others.values_list("email", flat=True)})
