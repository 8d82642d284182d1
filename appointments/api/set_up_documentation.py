"""Set-up in OpenAPI."""

from appointments.api import fiche_shapes, group_shapes, vevent_shapes
from appointments.api import set_up_examples as examples
from appointments.api import set_up_shapes as shapes
from appointments.api.documentation import GROUP, ONE, document, listing_parameters, operation, under
from appointments.api.fields import ID
from appointments.api.forms import Form
from appointments.api.lists import Listing
from appointments.models import Calendar, CalendarEvent, CalendarSet, Customer, Service, ServiceSet
from core.api.documentation import (
    CREATE,
    LIST,
    MERGE,
    RETIRE,
    SINGLE,
    VALUE,
    Documentation,
    Operation,
    array_of,
    obj,
    ref,
)
from core.models import Organization

KEPT = "What is absent is kept."
RESTORES = f"{KEPT} `deleted: false` restores; nothing else can be changed of what is deleted."


class Described:
    """One resource of single rows: `name` as in the operations' ids, `root` as in the bodies, `words` for people."""

    def __init__(self, name: str, plural: str, root: str, words: str):
        self.name, self.plural, self.root, self.words = name, plural, root, words

    def document(self, schema: dict, listing: Listing, new: Form, changes: Form, *actions: str) -> Documentation:
        parameters = listing_parameters(self.plural, listing)
        schemas = {
            self.name: schema,
            f"{self.name}Form": under(self.root, new.schema(is_new=True)),
            f"{self.name}Changes": under(self.root, changes.schema()),
        }
        all_ = self.operations(tuple(parameters))
        return document({action: all_[action] for action in actions or all_}, schemas, parameters)

    def operations(self, parameters: tuple[str, ...]) -> dict[str, Operation]:
        example, answer = examples.ANSWERS[self.name], ref(self.name)
        body = {self.root: examples.REQUESTS[self.name]}
        gone = {**example, "deleted": True}
        return {
            "list": operation(
                f"list{self.plural}", f"List {self.words}s", LIST, answer,
                values=GROUP, parameters=parameters, example=examples.page_with(example),
            ),
            "retrieve": operation(
                f"get{self.name}", f"Read a {self.words}", SINGLE, answer, values=ONE, example=example
            ),
            "create": operation(
                f"create{self.name}", f"Create a {self.words}", CREATE, answer, values=GROUP,
                body=ref(f"{self.name}Form"), body_example=body, example=example,
            ),
            "update": operation(
                f"update{self.name}", f"Change a {self.words}", MERGE, answer, description=RESTORES, values=ONE,
                body=ref(f"{self.name}Changes"), body_example=body, example=example,
            ),
            "destroy": operation(
                f"delete{self.name}", f"Delete a {self.words}", RETIRE, answer, values=ONE, example=gone
            ),
        }  # fmt: skip


def intervention_schema() -> dict:
    schema = shapes.INTERVENTION.schema(Service)
    schema["properties"]["calendar_ids"] = array_of(ID)
    return {**schema, "required": [*schema["required"], "calendar_ids"]}


CALENDARS = Described("Calendar", "Calendars", "calendar", "calendar").document(
    shapes.CALENDAR.schema(Calendar), shapes.CALENDARS, shapes.CALENDAR_FORM, shapes.CALENDAR_FORM
)
CALENDAR_SETS = Described("CalendarSet", "CalendarSets", "calendarset", "calendar set").document(
    shapes.SET.schema(CalendarSet), shapes.SETS, shapes.SET_FORM, shapes.SET_FORM
)
INTERVENTIONS = Described("BookableIntervention", "BookableInterventions", "intervention", "bookable service").document(
    intervention_schema(), shapes.INTERVENTIONS, shapes.INTERVENTION_FORM, shapes.INTERVENTION_FORM
)
INTERVENTION_SETS = Described("InterventionSet", "InterventionSets", "interventionset", "service set").document(
    shapes.SET.schema(ServiceSet), shapes.SETS, shapes.SET_FORM, shapes.SET_FORM
)
FICHES = Described("Fiche", "Fiches", "fiche", "customer file").document(
    fiche_shapes.FICHE.schema(Customer),
    fiche_shapes.FICHES,
    fiche_shapes.NEW_FICHE,
    fiche_shapes.FICHE_FORM,
    *("list", "retrieve", "create", "update"),
)
VEVENTS = Described("Vevent", "Vevents", "vevent", "calendar event").document(
    vevent_shapes.VEVENT.schema(CalendarEvent),
    vevent_shapes.VEVENTS,
    vevent_shapes.VEVENT_FORM,
    vevent_shapes.VEVENT_FORM,
)
GROUP_NAME = "Group"
GROUPS = document(
    {
        "list": operation(
            "listGroups", "List the groups that are granted", LIST, ref(GROUP_NAME),
            parameters=tuple(listing_parameters("Groups", group_shapes.GROUPS)),
            example=examples.page_with(examples.ANSWERS[GROUP_NAME]),
        ),
        "retrieve": operation(
            "getGroup", "Read a group and its booking rules", SINGLE, ref(GROUP_NAME),
            values=GROUP, example=examples.ANSWERS[GROUP_NAME],
        ),
        "update": operation(
            "updateGroup", "Change a group and its booking rules", MERGE, ref(GROUP_NAME),
            description=f"{KEPT} A rule that is null is off.", values=GROUP, body=ref("GroupChanges"),
            body_example={"group": examples.REQUESTS[GROUP_NAME]},
            example=examples.ANSWERS[GROUP_NAME] | examples.REQUESTS[GROUP_NAME],
        ),
    },
    {
        GROUP_NAME: group_shapes.GROUP.schema(Organization),
        "GroupChanges": under("group", group_shapes.GROUP_FORM.schema()),
    },
    listing_parameters("Groups", group_shapes.GROUPS),
)  # fmt: skip
FEED: dict[str, dict] = {"id": ID, "token": {"type": "string"}, "url": {"type": "string", "format": "uri"}}
ENDED: dict[str, dict] = {"id": ID, "calendar_id": ID, "deleted": {"const": True}}
FEEDS = document(
    {
        "create": operation(
            "createFeed", "Get a token to read a calendar as iCalendar", CREATE, ref("Feed"), values=ONE,
            example=examples.FEED,
            description="One a calendar and reader: a new one ends the old. It is shown once.",
        ),
        "destroy": operation(
            "deleteFeed", "End the caller's own token that reads a calendar", VALUE, ref("EndedFeed"), values=ONE,
            parameters=("IfMatch",), refusals=(412,), example=examples.ENDED_FEED,
        ),
        "destroy_one": operation(
            "deleteNamedFeed", "End a token that reads a calendar", VALUE, ref("EndedFeed"),
            values={**ONE, "feed_id": ID}, description="A person's own alone.", parameters=("IfMatch",),
            refusals=(412,), example=examples.ENDED_FEED,
        ),
    },
    {"Feed": obj(FEED), "EndedFeed": obj(ENDED)},
)  # fmt: skip
