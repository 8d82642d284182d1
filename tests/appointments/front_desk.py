"""The staff of a practice at their back office."""

from appointments.models import Appointment
from core.models import Role
from tests.appointments.practice import Practice
from tests.back_office import browser, person, press, url

LIST = "appointments_appointment"
# The Wednesday of tests.appointments.practice, on the practice's clock.
DAY = "2026-11-25"


class FrontDesk(Practice):
    """mara is advanced staff, bo basic staff."""

    def __init__(self, **rules):
        super().__init__(**rules)
        self.mara = person("mara", Role.ADVANCED_STAFF, self.group)
        self.bo = person("bo", Role.BASIC_STAFF, self.group)
        self.client, self.basic = browser(self.mara), browser(self.bo)

    def book_page(self, **query):
        """The page of booking, for the consultation on that day, opened with this."""
        asked = {"services": self.service.pk, "day": DAY, **query}
        return self.client.get(url(LIST, "book"), {name: value for name, value in asked.items() if value is not None})

    def send_booking(self, values: dict, **query):
        asked = {"services": self.service.pk, "day": DAY, **query}
        address = url(LIST, "book") + "?" + "&".join(f"{name}={value}" for name, value in asked.items())
        return self.client.post(address, {"comments": "", **values}, follow=True)

    def drop(self, appointment: Appointment, minute: int, day: str = DAY, calendar=None, version: int | None = None):
        values = {"version": version or appointment.version, "day": day, "minute": minute}
        values |= {"calendar": calendar.pk} if calendar else {}
        return self.client.post(url(LIST, "drop", appointment.pk), values)

    def press(self, appointment: Appointment, button: str, **values):
        return press(self.client, LIST, appointment.pk, button, **values)


def offers(page) -> list[str]:
    return [offer.label for offer in page.context["picker"].offers]
