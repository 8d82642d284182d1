import json as json_module

from django.conf import settings
from django.core.management.base import CommandError
from django.urls import reverse

from core import demo, mail
from core.commands import OperatorCommand
from core.demo import Demo, Sample
from core.models import Organization
from core.organizations import twin_of

# The people that the answer names, beside the organizations.
NAMED = ("student", "basic_staff", "advanced_staff", "other_student")
SHOWN = {
    "administrator": "administrator",
    "advanced_staff": "advanced staff",
    "basic_staff": "basic staff",
    "student": "student, at /student/",
}
READ_ANSWER = """python3 -c 'import json, sys; print(json.load(sys.stdin){})'"""


class Command(OperatorCommand):
    help = "Fill the database with a demo, or add what is missing of it. Never in production."

    def add_arguments(self, parser):
        super().add_arguments(parser)
        parser.add_argument("--size", choices=["small", "large"], default="small")
        parser.add_argument("--if-empty", action="store_true", help="only where there is no organization yet")
        parser.add_argument("--welcome", action="store_true", help="print addresses, log-ins and a request to try")

    def run(self, *, json, size, if_empty, welcome, **options) -> dict:
        if settings.PRODUCTION:
            raise CommandError("The demo's log-ins do not belong into production (DUTYBOARD_ENV=production).")
        self.welcome = welcome and not json
        self.demo = self._find_or_seed(size, if_empty)
        if self.demo is None:
            return {}
        demo.mend_passwords(self.demo)
        demo.client_credentials(self.demo)
        demo.sandbox_credentials(self.demo)
        return _answer(self.demo)

    def _find_or_seed(self, size: str, if_empty: bool) -> Demo | None:
        if if_empty and Organization.objects.exists():
            return demo.find()
        seeded = demo.seed(large=size == "large")
        if self.welcome:
            # Printed mails now, above the welcome, rather than over it a moment later.
            mail.drain()
        return seeded

    def as_text(self, answer: dict) -> str:
        if self.welcome:
            return _welcome(self.demo)
        if self.demo is None:
            return "There are organizations already: nothing was seeded."
        return f"Seeded: {self.demo.organization} and {self.demo.other_organization}. --welcome tells the log-ins."


def _answer(found: Demo) -> dict:
    logins = demo.logins(found)
    return {
        "organization": found.organization.pk,
        "other_organization": found.other_organization.pk,
        "sandbox": twin_of(found.organization).pk,
        **{key: found.people[key].pk for key in NAMED},
        "logins": {key: logins[key] for key in NAMED},
    }


def _welcome(found: Demo | None) -> str:
    lines = ["", f"Back office   {settings.SITE_URL}{reverse('admin:index')}"]
    if found:
        lines += _login_lines(found)
    lines += [f"API docs      {settings.SITE_URL}{reverse('docs')}"]
    if found:
        lines += ["", "A first API call, to be pasted into a shell:", *_curl_lines(found)]
    return "\n".join([*lines, ""])


def _login_lines(found: Demo) -> list[str]:
    logins = demo.logins(found)
    return [f"  {logins[key]['login']:<14} {logins[key]['password']}   ({text})" for key, text in SHOWN.items()]


def _curl_lines(found: Demo) -> list[str]:
    client = demo.client_credentials(found)
    form = f"grant_type=client_credentials&client_id={client['client_id']}&client_secret={client['client_secret']}"
    read = READ_ANSWER.format('["access_token"]')
    lines = [f"TOKEN=$(curl -s {settings.SITE_URL}{reverse('oauth-token')} -d '{form}' | {read})"]
    for sample in demo.samples(found):
        if sample.session:
            lines.append(_session_line(sample, demo.logins(found)["advanced_staff"]))
        lines.append(_curl_line(sample))
    events = settings.SITE_URL + reverse("integration-events")
    return [*lines, f'curl -i {events} -H "Authorization: Bearer $TOKEN"']


def _session_line(sample: Sample, login: dict) -> str:
    headers = """-H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json'"""
    read = READ_ANSWER.format('["data"]["token"]')
    return f"SESSION=$(curl -s {settings.SITE_URL}{sample.session} {headers} -d '{json_module.dumps(login)}' | {read})"


def _curl_line(sample: Sample) -> str:
    given = {"Content-Type": "application/json", **sample.headers}
    tokens = ['-H "Authorization: Bearer $TOKEN"', *(['-H "x-session-token: $SESSION"'] if sample.session else [])]
    headers = " ".join([*tokens, *(f"-H '{name}: {text}'" for name, text in given.items())])
    text = json_module.dumps(sample.body, ensure_ascii=False).replace("'", "\\u0027")
    return f"curl -i {settings.SITE_URL}{sample.path} {headers} -d '{text}'"
