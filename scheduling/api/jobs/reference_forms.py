"""The bodies of reference data, read property by property. What is shown is in reference_shapes.py."""

from core.models import User
from scheduling.api.jobs.fields import Coordinate, Items, Lines, Parts, RowOf, Text, Truth, Whole, Word, custom_values
from scheduling.api.jobs.forms import BodyForm
from scheduling.api.jobs.reference_shapes import KINDS
from scheduling.models import Contact, ContactGroup, CustomFieldDefinition, JobCategory
from scheduling.models.close import MAX_TEXT

MAX_DURATION = 10080


def members(organization_id: int):
    return User.objects.filter(memberships__organization_id=organization_id)


def rows_of(model):
    return lambda organization_id: model.objects.filter(organization_id=organization_id)


class ContactGroupForm(BodyForm):
    name = Text(120)


class ContactForm(BodyForm):
    spread = {"location": ("latitude", "longitude")}

    reference = Text(40, allow_null=True)
    name = Text(200)
    groupId = RowOf(rows_of(ContactGroup), source="group", allow_null=True)
    parentId = RowOf(rows_of(Contact), source="parent", allow_null=True)
    extraInformation = Lines(MAX_TEXT, source="extra_information", allow_null=True)
    street = Text(200, allow_null=True)
    town = Text(120, allow_null=True)
    postalCode = Text(20, source="postal_code", allow_null=True)
    country = Text(80, allow_null=True)
    location = Parts({"latitude": Coordinate(90), "longitude": Coordinate(180)}, allow_null=True)
    customFields = custom_values(source="custom_fields")
    isArchived = Truth(source="is_archived")


class StopForm(BodyForm):
    appliesTo = Word({"contactOnly": "contactOnly"}, source="applies_to", allow_null=True)
    status = Word({"contactOnStop": Contact.AccountStatus.ON_STOP}, allow_null=True)
    stopReason = Text(255, source="stop_reason", allow_null=True)


class UnstopForm(BodyForm):
    appliesTo = Word({"contactOnly": "contactOnly"}, source="applies_to", allow_null=True)


class PersonForm(BodyForm):
    contactId = RowOf(rows_of(Contact), source="contact")
    name = Text(200)
    email = Text(254, allow_null=True)
    phone = Text(40, allow_null=True)
    isPrimary = Truth(source="is_primary")
    isArchived = Truth(source="is_archived")


class ResourceForm(BodyForm):
    name = Text(120)
    email = Text(254, allow_null=True)
    phone = Text(40, allow_null=True)
    userId = RowOf(members, source="user", allow_null=True)
    isArchived = Truth(source="is_archived")


class VehicleForm(BodyForm):
    registration = Text(20)
    name = Text(120)
    isArchived = Truth(source="is_archived")


class DefinitionForm(BodyForm):
    name = Text(120)
    kind = Word(KINDS)
    choices = Items(Text(120))
    isRequired = Truth(source="is_required")


class JobTypeForm(BodyForm):
    name = Text(120)
    description = Lines(MAX_TEXT, allow_null=True)
    plannedDuration = Whole(low=1, high=MAX_DURATION, source="planned_duration")
    categoryId = RowOf(rows_of(JobCategory), source="category", allow_null=True)
    isOrderNumberRequired = Truth(source="is_order_number_required")
    isTasksEnabled = Truth(source="is_tasks_enabled")
    positiveResults = Items(Text(120), source="positive_results")
    negativeResults = Items(Text(120), source="negative_results")
    autoReferencePrefix = Text(30, source="auto_reference_prefix", allow_null=True)
    customFieldDefinitionIds = Items(RowOf(rows_of(CustomFieldDefinition)), source="custom_field_definitions")
    isArchived = Truth(source="is_archived")
