"""A signature in a body: the image itself, or the announcement of one that is put to an address of its own [30]."""

import base64
import binascii
from dataclasses import dataclass
from typing import Any

from core.api.documentation import obj
from core.api.query import Invalid
from interventions.api.fields import MAX_INT, Choice, Field, Text, Whole
from interventions.api.forms import Form
from interventions.signatures import MAX_BYTES

MIME = "image/png"
PREFIX = f"data:{MIME};base64,"
# Base64 of the largest image; a longer text is no signature, whatever it holds.
LONGEST = len(PREFIX) + 4 * (MAX_BYTES // 3 + 1) + 4
DATA_URL = {"type": "string", "pattern": f"^{PREFIX}", "maxLength": LONGEST, "contentEncoding": "base64"}
ANNOUNCEMENT = Form(
    {"name": Text(is_filled=True), "mimeType": Choice({MIME: MIME}, "mime_type"), "size": Whole(low=1, high=MAX_INT)},
    ("name", "mimeType", "size"),
)
ANNOUNCED = ANNOUNCEMENT.schema(is_new=True)
# An image in the call is the one that is read, whatever is announced beside it.
ANNOUNCED["properties"]["dataUrl"] = {"type": "null"}


@dataclass(frozen=True)
class Image:
    """Either its bytes, or how many there will be."""

    content: bytes = b""
    size: int = 0


class Signature(Field):
    schema = {
        "oneOf": [obj({"dataUrl": DATA_URL}), ANNOUNCED],
        "description": f"An {MIME}, at most {MAX_BYTES // 1024} KiB and 4 megapixels.",
    }

    def read(self, data: Any) -> Image:
        if not isinstance(data, dict):
            raise Invalid("must be an object")
        if data.get("dataUrl") is not None:
            return Image(content=read_data_url(data["dataUrl"]))
        return Image(size=ANNOUNCEMENT.part(data)["size"])


def read_data_url(text: Any) -> bytes:
    if not isinstance(text, str) or not text.startswith(PREFIX):
        raise bad_url(f"must be a text that begins with {PREFIX}")
    if len(text) > LONGEST:
        raise bad_url(f"must hold at most {MAX_BYTES // 1024} KiB", "too_long")
    try:
        content = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise bad_url("must be written in base64") from None
    if not content:
        raise bad_url("must not be empty", "required")
    return content


def bad_url(message: str, code: str = "invalid") -> Invalid:
    return Invalid(errors={".dataUrl": [(code, message)]})
