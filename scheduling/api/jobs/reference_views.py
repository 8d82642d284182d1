"""Reference data: what jobs are made of [contract 20]."""

from core.api.rows import Column, Row
from scheduling.api.jobs import reference_documentation as documentation
from scheduling.api.jobs import reference_forms as forms
from scheduling.api.jobs import reference_shapes as shapes
from scheduling.api.jobs.base import WRITE_REFERENCE
from scheduling.api.jobs.reference_base import ReferenceView
from scheduling.models import JobType, Resource
from scheduling.services import contacts, custom_fields, job_types, resources

VEHICLE = Resource.Kind.VEHICLE
FIELDS_OF_TYPES = Row(type=Column("jobtype_id"), field=shapes.definition("customfielddefinition__"))


class ContactGroups(ReferenceView):
    documentation = documentation.CONTACT_GROUPS
    listing = shapes.CONTACT_GROUPS
    body = forms.ContactGroupForm
    service = contacts.GROUPS
    id_name = "contactGroupId"


class Contacts(ReferenceView):
    documentation = documentation.CONTACTS
    accesses = {**ReferenceView.accesses, "stop": WRITE_REFERENCE, "unstop": WRITE_REFERENCE}
    listing = shapes.CONTACTS
    body = forms.ContactForm
    service = contacts.CONTACTS
    id_name = "contactId"

    def stop(self, request, contactId):
        contact = self.checked(self.find_row())
        self.form(forms.StopForm).save(
            save=lambda values: contacts.stop_contact(
                contact.pk, values.get("stop_reason", ""), self.expected_versions
            ),
            check=lambda values: None,
        )
        return self.done()

    def unstop(self, request, contactId):
        contact = self.checked(self.find_row())
        self.form(forms.UnstopForm).save(
            save=lambda values: contacts.unstop_contact(contact.pk, self.expected_versions),
            check=lambda values: None,
        )
        return self.done()


class Persons(ReferenceView):
    documentation = documentation.PERSONS
    listing = shapes.PERSONS
    body = forms.PersonForm
    required = ("contactId", "name")
    service = contacts.PERSONS
    id_name = "personId"
    key = "uid"


class Resources(ReferenceView):
    """People, crews, calendars: all that is no vehicle."""

    documentation = documentation.RESOURCES
    listing = shapes.RESOURCES
    body = forms.ResourceForm
    service = resources.RESOURCES
    id_name = "resourceId"

    def rows(self):
        return super().rows().without_students().exclude(kind=VEHICLE)


class Vehicles(ReferenceView):
    documentation = documentation.VEHICLES
    listing = shapes.VEHICLES
    body = forms.VehicleForm
    required = ("registration",)
    service = resources.RESOURCES
    id_name = "vehicleId"

    def rows(self):
        return super().rows().filter(kind=VEHICLE)

    def new_values(self):
        return {"kind": VEHICLE}


class CustomFieldDefinitions(ReferenceView):
    documentation = documentation.DEFINITIONS
    listing = shapes.DEFINITIONS
    body = forms.DefinitionForm
    required = ("name", "kind")
    service = custom_fields.DEFINITIONS
    id_name = "customFieldDefinitionId"


class JobTypes(ReferenceView):
    documentation = documentation.JOB_TYPES
    listing = shapes.JOB_TYPES
    body = forms.JobTypeForm
    service = job_types.TYPES
    id_name = "jobTypeId"

    def finish(self, items):
        """Their custom fields, in one query."""
        through = JobType.custom_field_definitions.through.objects
        rows = through.filter(jobtype_id__in=[item["id"] for item in items]).order_by("customfielddefinition_id")
        fields: dict[int, list[dict]] = {item["id"]: [] for item in items}
        for row in FIELDS_OF_TYPES.dicts(rows):
            fields[row["type"]].append(row["field"])
        for item in items:
            item["customFieldDefinitionIds"] = [field["id"] for field in fields[item["id"]]]
            item["customFields"] = fields[item["id"]]
