"""What opens a session."""

from interventions.api.fields import Text, Whole
from interventions.api.forms import Form

MAX_PASSWORD = 1000

LOGIN = Form(
    {
        "login": Text(is_filled=True),
        "password": Text(MAX_PASSWORD, is_filled=True),
        "otp": Text(40),
        "organizationId": Whole(),
    },
    ("login", "password"),
)
PIN = Form({"interventionId": Whole(), "codePin": Whole()}, ("interventionId", "codePin"))
