"""The routes of booking, under a group."""

from appointments.api.appointment_views import Appointments
from appointments.api.hold_views import Holds
from appointments.api.routing import part, route
from appointments.api.slot_explaining import Explain
from appointments.api.slot_views import Slots
from appointments.api.waiting_views import Waitings

ONE = part("id")
booking_routes = [
    route("appointments", Appointments, "appointments", get="list", post="create"),
    route(f"appointments/{ONE}", Appointments, "appointment", get="retrieve", put="update", delete="destroy"),
    route("availabletimeslots", Slots, "slots", get="list"),
    route("availabletimeslots/explain", Explain, "explain", get="explain"),
    route("holds", Holds, "holds", post="create"),
    route(f"holds/{ONE}", Holds, "hold", delete="destroy"),
    route("waitings", Waitings, "waitings", get="list", post="create"),
    route(f"waitings/{ONE}", Waitings, "waiting", get="retrieve", delete="destroy"),
]
