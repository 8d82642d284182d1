"""Every OAuth2 scope of the project, and what it opens [contract 00-common]."""

from django.utils.translation import gettext_noop as _

SCOPES = {
    "public": _("Who the client is; nothing else"),
    "tig": _("Community services and closes"),
    "jobs:read": _("Read jobs"),
    "jobs:write": _("Create, schedule and change jobs"),
    "interventions:read": _("Read anomalies and interventions"),
    "interventions:write": _("Create and change anomalies and interventions"),
    "appointments:read": _("Read appointments"),
    "appointments:write": _("Book, move and cancel appointments"),
    "svctasks:read": _("Read service tasks and their runs"),
    "svctasks:write": _("Create, change and run service tasks"),
    "webhooks:read": _("Read webhooks and events"),
    "webhooks:write": _("Set up webhooks"),
}
