"""The operator's commands as a shell calls them."""

import io
import json

from django.core.management import call_command


def run(*words) -> str:
    """What the command prints."""
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def answer(*words) -> dict:
    """Its JSON."""
    return json.loads(run(*words, "--json"))
