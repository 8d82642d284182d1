"""The reference data in OpenAPI."""

from core.api.documentation import CREATE, LIST, ORDER, SINGLE, Documentation, Operation, array_of, ref
from scheduling.api.jobs import reference_examples as examples
from scheduling.api.jobs import reference_forms as forms
from scheduling.api.jobs import reference_shapes as shapes
from scheduling.api.jobs.documentation import ID, UID, body_schema, document, listing_parameters, new_row, operation
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.lists import Listing
from scheduling.models import Contact, ContactGroup, ContactPerson, CustomFieldDefinition, JobType, Resource

KEPT = "An absent property is kept, null unsets what may be null."


def job_type_schema() -> dict:
    schema = shapes.JOB_TYPE.schema(JobType)
    more = {
        "customFieldDefinitionIds": array_of(ID),
        "customFields": array_of(ref("CustomFieldDefinition")),
    }
    schema["properties"] |= more
    return {**schema, "required": [*schema["required"], *more]}


class Described:
    """One kind of reference data. `name` and `plural` are as in the operations' ids."""

    def __init__(self, name: str, plural: str, words: str, id_name: str, id_schema: dict = ID):
        self.name, self.plural, self.words, self.values = name, plural, words, {id_name: id_schema}
        self.id_schema = id_schema

    def document(
        self, schema: dict, listing: Listing, form: type[BodyForm], required: tuple[str, ...], **more: Operation
    ) -> Documentation:
        parameters = listing_parameters(self.plural, listing)
        schemas = {
            self.name: schema,
            f"{self.name}Form": body_schema(form, *required),
            f"{self.name}Changes": body_schema(form),
            "CustomFieldDefinition": shapes.DEFINITION.schema(CustomFieldDefinition),
        }
        return document({**self.operations(tuple(parameters)), **more}, schemas, parameters)

    def operations(self, parameters: tuple[str, ...]) -> dict[str, Operation]:
        example, request = examples.ANSWERS[self.name], examples.REQUESTS[self.name]
        page = {"items": [example], "pageNumber": 1, "pageSize": 100, "pageItemCount": 1, "nextCursor": None}
        answer = ref(self.name)
        return {
            "list": operation(
                f"list{self.plural}", f"List {self.words}s", LIST, answer, parameters=parameters, example=page
            ),
            "retrieve": operation(
                f"get{self.name}", f"Read a {self.words}", SINGLE, answer, values=self.values, example=example
            ),
            "create": operation(
                f"create{self.name}", f"Create a {self.words}", CREATE, new_row(self.id_schema),
                body=ref(f"{self.name}Form"), body_example=request, example={"id": example["id"]},
            ),
            "update": operation(
                f"update{self.name}", f"Change a {self.words}", ORDER, description=KEPT, values=self.values,
                body=ref(f"{self.name}Changes"), body_example=examples.CHANGES[self.name],
            ),
        }  # fmt: skip

    def order(self, id: str, summary: str, description: str, form: type[BodyForm], example: dict) -> Operation:
        return operation(
            id, summary, ORDER, description=description, values=self.values,
            body=body_schema(form), body_example=example,
        )  # fmt: skip


CONTACT = Described("Contact", "Contacts", "contact", "contactId")
CONTACT_GROUPS = Described("ContactGroup", "ContactGroups", "contact group", "contactGroupId").document(
    shapes.CONTACT_GROUP.schema(ContactGroup), shapes.CONTACT_GROUPS, forms.ContactGroupForm, ("name",)
)
CONTACTS = CONTACT.document(
    shapes.CONTACT.schema(Contact),
    shapes.CONTACTS,
    forms.ContactForm,
    ("name",),
    stop=CONTACT.order(
        "stopContact",
        "Put a contact on stop",
        "New jobs for it are refused. The same again changes nothing.",
        forms.StopForm,
        {"appliesTo": "contactOnly", "status": "contactOnStop", "stopReason": "Unpaid since May"},
    ),
    unstop=CONTACT.order(
        "unstopContact",
        "Let a contact have new jobs again",
        "The same again changes nothing.",
        forms.UnstopForm,
        {"appliesTo": "contactOnly"},
    ),
)
PERSONS = Described("ContactPerson", "Persons", "person", "personId", UID).document(
    shapes.PERSON.schema(ContactPerson), shapes.PERSONS, forms.PersonForm, ("contactId", "name")
)
RESOURCES = Described("Resource", "Resources", "resource", "resourceId").document(
    shapes.RESOURCE.schema(Resource), shapes.RESOURCES, forms.ResourceForm, ("name",)
)
VEHICLES = Described("Vehicle", "Vehicles", "vehicle", "vehicleId").document(
    shapes.VEHICLE.schema(Resource), shapes.VEHICLES, forms.VehicleForm, ("registration",)
)
DEFINITIONS = Described(
    "CustomFieldDefinition", "CustomFieldDefinitions", "custom field definition", "customFieldDefinitionId"
).document(shapes.DEFINITION.schema(CustomFieldDefinition), shapes.DEFINITIONS, forms.DefinitionForm, ("name", "kind"))
JOB_TYPES = Described("JobType", "JobTypes", "job type", "jobTypeId").document(
    job_type_schema(), shapes.JOB_TYPES, forms.JobTypeForm, ("name",)
)
