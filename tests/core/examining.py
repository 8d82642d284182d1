"""The doctor as its tests call it."""

import io
import json
from contextlib import suppress

from django.core.management import call_command

from core.models import Organization, Role
from svctasks.models import ServiceScript
from svctasks.services.shipping import ship
from tests.core.oauth_clients import make_organization, make_person


def stand_alone(settings, tmp_path) -> None:
    """An installation of its own, whose passwords need not resist anybody."""
    settings.VAR_DIR = tmp_path
    settings.EMBEDDED_WORKER = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def healthy_organization() -> Organization:
    """It has an administrator, and what every organization has."""
    made = make_organization()
    make_person("agnes", made, Role.ADMINISTRATOR)
    ship(made)
    return made


def examine() -> tuple[int, list[dict]]:
    """The exit code, and the findings that are not ok."""
    # Tests write organizations past the service that gives them their scripts; some take the database away.
    with suppress(ConnectionError):
        for organization in Organization.objects.exclude(pk__in=ServiceScript.objects.values("organization")):
            ship(organization)
    return as_it_is()


def as_it_is() -> tuple[int, list[dict]]:
    """The same, with nothing given to anybody first."""
    out, code = io.StringIO(), 0
    try:
        call_command("doctor", "--json", stdout=out)
    except SystemExit as end:
        code = end.code
    told = json.loads(out.getvalue())
    assert told["ok"] is (code == 0)
    return code, [finding for finding in told["findings"] if finding["level"] != "ok"]


def only_finding(check: str, level: str) -> dict:
    """The one thing that is wrong; told with a remedy, and by the exit code when it is an error."""
    code, findings = examine()
    assert [(each["check"], each["level"]) for each in findings] == [(check, level)]
    assert code == (level == "error")
    assert findings[0]["mend"]
    return findings[0]
