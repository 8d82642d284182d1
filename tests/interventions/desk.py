"""The back office of the safety register, as mara (advanced staff) and bruno (basic staff) use it."""

from django.test import Client

from tests.back_office import browser, messages_of, press, sent_form, url
from tests.interventions.register import Register

ANOMALY, INTERVENTION, ROUTINE = "interventions_anomaly", "interventions_intervention", "interventions_routine"


class Desk(Register):
    def __init__(self, name: str = "Ville", **values):
        super().__init__(name, **values)
        self.client = browser(self.mara)

    def as_bruno(self) -> Client:
        return browser(self.bruno)

    def do(self, row, name: str, client: Client | None = None, **values) -> str:
        """Press the button and confirm; what the next page says."""
        return messages_of(press(client or self.client, list_of(row), row.pk, name, **values))

    def buttons(self, row, client: Client | None = None) -> list[str]:
        page = (client or self.client).get(url(list_of(row), "change", row.pk))
        return [str(button["label"]) for button in page.context["row_actions"]]

    def page(self, row) -> str:
        return self.client.get(url(list_of(row), "change", row.pk)).content.decode()

    def save(self, row, **values):
        address = url(list_of(row), "change", row.pk)
        return self.client.post(address, sent_form(self.client, address) | values)

    def shown(self, model: str, **filters) -> list:
        """The rows of a list with these filters of its query string."""
        return list(self.client.get(url(model, "changelist"), filters).context["cl"].result_list)

    def pick(self, name: str, *rows):
        """Tick these rows of their list and choose the action."""
        sent = {"action": name, "_selected_action": [row.pk for row in rows]}
        return self.client.post(url(list_of(rows[0]), "changelist"), sent)


def list_of(row) -> str:
    return f"{row._meta.app_label}_{row._meta.model_name}"


def on_form(start: str, end: str) -> dict:
    """ "2026-12-01 09:00" as the two boxes of each date send it."""
    days = {"scheduled_start": start.split(), "scheduled_end": end.split()}
    return {f"{name}_{place}": parts[place] for name, parts in days.items() for place in (0, 1)}


def on_page(start: str, end: str) -> dict:
    """ "2026-12-01 09:00" as the one box of an action's page sends it."""
    return {"scheduled_start": start.replace(" ", "T"), "scheduled_end": end.replace(" ", "T")}
