"""Sites and company contacts as the wire has them: shown, listed, taken [contract 30]."""

from django.db.models import Q

from core.api.rows import Blank, Column, Row
from interventions.api.fields import Email, Text, Truth, long_text
from interventions.api.forms import Form
from interventions.api.lists import Listing, any_id, search, yes_no

BY_NAME = {"name": "name", "id": "pk", "createdAt": "created_at"}
ARCHIVED = {"isArchived": yes_no(lambda: Q(is_archived=True), "All without it.")}

SITE = Row(
    id=Column("id"),
    name=Column("name"),
    address=Blank("address"),
    timezone=Blank("timezone"),
    isArchived=Column("is_archived"),
)
SITES = Listing(SITE, BY_NAME, "name", {"ids": any_id("pk"), **ARCHIVED, "q": search("name", "address")})
SITE_FORM = Form(
    {
        "name": Text(is_filled=True),
        "address": long_text(),
        "timezone": Text(64),
        "isArchived": Truth("is_archived"),
    },
    ("name",),
)

CONTACT = Row(
    id=Column("id"),
    name=Column("name"),
    companyName=Blank("company_name"),
    firstName=Blank("first_name"),
    lastName=Blank("last_name"),
    email=Blank("email"),
    phone=Blank("phone"),
    isArchived=Column("is_archived"),
)
CONTACTS = Listing(
    CONTACT,
    {**BY_NAME, "companyName": "company_name", "lastName": "last_name"},
    "name",
    {
        "ids": any_id("pk"),
        **ARCHIVED,
        "q": search("name", "company_name", "first_name", "last_name", "email"),
    },
)
# Without a name it is called by the person's, else by the company's.
CONTACT_FORM = Form(
    {
        "name": Text(),
        "companyName": Text(source="company_name"),
        "firstName": Text(source="first_name"),
        "lastName": Text(source="last_name"),
        "email": Email(),
        "phone": Text(40),
        "isArchived": Truth("is_archived"),
    }
)
