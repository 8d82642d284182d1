"""The doctor's checks of core's rows."""

from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import available_timezones

from django.conf import settings

from core import demo
from core.crypto import is_readable
from core.doctor import Finding, Level, error, of_rows, ok, register, warning
from core.expiry import ending_keys, ending_secrets
from core.health import OUTBOX_LIMIT
from core.mail import oldest_due_age
from core.models import Application, IdempotencyKey, Membership, Organization, OutboxMessage, Role, User
from core.scopes import SCOPES

# Of the newest and of the oldest; a lost key makes all those of its time unreadable.
SAMPLE = 5
MOST_SUPERUSERS = 20


def check_outbox() -> Iterator[Finding]:
    age = oldest_due_age()
    if age > OUTBOX_LIMIT:
        mend = "Start a worker and beat (without REDIS_URL: the server); the admin's outbox has the last error."
        yield error(f"a message has been due for {_minutes(age)} min", mend)
    failed = OutboxMessage.objects.filter(state=OutboxMessage.State.FAILED)
    mend = "See the errors in the admin's outbox, then send again or cancel there."
    yield from of_rows(Level.WARNING, failed, "a message failed for good", mend)


def _minutes(age: timedelta) -> int:
    return int(age.total_seconds() // 60)


def check_time_zones() -> Iterator[Finding]:
    wrong = Organization.objects.exclude(time_zone__in=available_timezones())
    mend = "Set an IANA time zone, such as Europe/Paris; if it is one, install the newest tzdata."
    yield from of_rows(Level.ERROR, wrong, "an organization's time zone is unknown", mend)


def check_encryption() -> Iterator[Finding]:
    answers = IdempotencyKey.objects.exclude(answer=None).values_list("answer", flat=True)
    sample = [*answers.order_by("pk")[:SAMPLE], *answers.order_by("-pk")[:SAMPLE]]
    if all(is_readable(bytes(answer or b"")) for answer in sample):
        yield ok("what is stored can be decrypted" if sample else "nothing encrypted is stored")
        return
    mend = "Add the earlier key behind the present one in ENCRYPTION_KEY (they are comma-separated)."
    yield error("ENCRYPTION_KEY does not decrypt all that is stored", mend)


def check_administrators() -> Iterator[Finding]:
    run = Membership.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True)
    orphans = Organization.objects.filter(is_active=True, sandbox_of=None).exclude(pk__in=run.values("organization"))
    mend = "manage.py create_staff --organization ID --login LOGIN --role administrator"
    yield from of_rows(Level.WARNING, orphans, "an organization has no active administrator", mend)


def check_clients() -> Iterator[Finding]:
    active = Application.objects.filter(is_active=True)
    mend = "Give it one in the admin (Clients), or deactivate it: every call of it is refused."
    yield from of_rows(Level.WARNING, active.filter(organizations=None), "a client has no organization", mend)
    wrong = [client.pk for client in active.iterator() if _unknown_words(client)]
    mend = "Choose its scopes and roles again in the admin (Clients)."
    rows = Application.objects.filter(pk__in=wrong)
    yield from of_rows(Level.WARNING, rows, "a client is allowed unknown or no scopes, or unknown roles", mend)


def _unknown_words(client: Application) -> bool:
    scopes = set(client.allowed_scopes)
    return not scopes or bool(scopes - set(SCOPES) | set(client.roles) - set(Role.values))


def check_expiry() -> Iterator[Finding]:
    """What has ended is told too: whoever needs it is refused."""
    mend = "Make a new secret in the admin (Clients) or by manage.py renew_client_secret."
    yield from of_rows(Level.WARNING, ending_secrets(), "a client's secret expires within 30 days", mend)
    mend = "Make a second key in the admin (Clients), or revoke this one there."
    yield from of_rows(Level.WARNING, ending_keys(), "an API key expires within 30 days", mend)


def check_demo_logins() -> Iterator[Finding]:
    if not settings.PRODUCTION:
        return
    demo_people = User.objects.filter(is_active=True, login__in=demo.LOGINS)
    mend = "Deactivate it in the admin (People)."
    yield from of_rows(Level.ERROR, demo_people, "a log-in of the demo is active", mend)
    mend = "Give them new passwords: manage.py changepassword LOGIN"
    superusers = User.objects.filter(is_active=True, is_superuser=True).order_by("pk")[:MOST_SUPERUSERS]
    known = [user.login for user in superusers if _has_demo_password(user)]
    if known:
        yield error(f"superusers have a password of the demo: {', '.join(known)}", mend)


def _has_demo_password(user: User) -> bool:
    return any(user.check_password(password) for password in demo.stored_passwords().values())


def check_people() -> Iterator[Finding]:
    if User.objects.exists():
        return
    yield warning("nobody can log in", "manage.py createsuperuser")


register("outbox", check_outbox)
register("time_zones", check_time_zones)
register("encryption", check_encryption)
register("people", check_people)
register("administrators", check_administrators)
register("clients", check_clients)
register("expiry", check_expiry)
register("demo_logins", check_demo_logins)
