"""Log lines that carry the request's id and never a secret path."""

import json
import logging
import re

from core.context import current_actor

# A signed link is a credential: its token never reaches a log.
SIGNED_PATH = re.compile(
    r"(/(?:student/(?:services|closes)|customer/(?:appointments|waitings)|provider"
    r"|interventions/v2/(?:uploads|signatures))/)[^\s\"'?]+"
)
SECRET_QUERY = re.compile(r"((?:apikey|token|code|client_secret|access_token)=)[^&\s\"']+", re.IGNORECASE)

# What begins a new line, or moves the cursor of who reads: a path may hold any of it.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def redact(text: str) -> str:
    return SECRET_QUERY.sub(r"\1…", SIGNED_PATH.sub(r"\1…", text))


def one_line(text: str) -> str:
    return CONTROL.sub(lambda found: ascii(found.group())[1:-1], text)


class RequestFilter(logging.Filter):
    """Adds request_id, redacts what the message was given, and keeps it on its line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_actor().request_id or "-"
        record.msg, record.args = one_line(redact(record.getMessage())), None
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, requestId, message, and what `extra={"data": {…}}` gave."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "requestId": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
            **getattr(record, "data", {}),
        }
        if record.exc_info:
            line["error"] = redact(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)
