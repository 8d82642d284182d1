"""The back office of service tasks, as mara (advanced staff) and bruno (basic staff) use it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.test import Client

from core.models import Role
from svctasks import runner
from svctasks.models import RunState, ServiceRun, ServiceTask
from tests.back_office import browser, messages_of, organization, person, press, sent_form, url
from tests.svctask_factories import make_script, make_site, make_task

TASK, RUN, SCRIPT, SITE = "svctasks_servicetask", "svctasks_servicerun", "svctasks_servicescript", "svctasks_workersite"


class Desk:
    def __init__(self):
        self.town = organization("Paris")
        self.mara = person("mara", Role.ADVANCED_STAFF, self.town)
        self.bruno = person("bruno", Role.BASIC_STAFF, self.town)
        self.client, self.reader = browser(self.mara), browser(self.bruno)
        self.site = make_site("main")
        self.script = make_script(self.town, "nightly", name="Nightly")

    def task(self, **fields) -> ServiceTask:
        return make_task(self.town, **{"script": self.script, "name": "Debtor calls", **fields})

    def at(self, text: str) -> datetime:
        """ "2026-11-23 09:00" on the town's clock."""
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Paris"))

    def page(self, row, client: Client | None = None) -> str:
        return (client or self.client).get(url(list_of(row), "change", row.pk)).content.decode()

    def buttons(self, row, client: Client | None = None) -> list[str]:
        page = (client or self.client).get(url(list_of(row), "change", row.pk))
        return [str(button["label"]) for button in page.context["row_actions"]]

    def press(self, row, button: str, **values):
        return press(self.client, list_of(row), row.pk, button, **values)

    def do(self, row, button: str, **values) -> str:
        return messages_of(self.press(row, button, **values))

    def save(self, row, **values):
        address = url(list_of(row), "change", row.pk)
        return self.client.post(address, sent_form(self.client, address) | values)

    def add(self, model: str, **values):
        address = url(model, "add")
        return self.client.post(address, sent_form(self.client, address) | values)

    def shown(self, model: str, **filters) -> list:
        return list(self.client.get(url(model, "changelist"), filters).context["cl"].result_list)

    def cells(self, model: str, name: str) -> list[str]:
        """What a column of the list says, row by row."""
        response = self.client.get(url(model, "changelist"))
        back_office = response.context["cl"].model_admin
        return [str(getattr(back_office, name)(row)) for row in response.context["cl"].result_list]


def list_of(row) -> str:
    return f"{row._meta.app_label}_{row._meta.model_name}"


def execute(run: ServiceRun) -> RunState | None:
    """As a worker does."""
    return runner.execute(run.pk, "w1", "celery")
