"""Signature images: what a client sends is decoded and written anew, so that nothing else is kept [contract 30]."""

from io import BytesIO

from django.utils.translation import gettext as _
from PIL import Image

from core.changes import refuse

MAX_BYTES, MAX_PIXELS = 200 * 1024, 4_000_000
PNG = b"\x89PNG\r\n\x1a\n"


def checked_png(content: bytes) -> bytes:
    """The same picture as a PNG of ours. Raises ValidationError on `signature`."""
    if not content.startswith(PNG):
        refuse("signature", "invalid", _("must be a PNG image"))
    if len(content) > MAX_BYTES:
        refuse("signature", "too_long", _("must be at most %(size)d KiB"), size=MAX_BYTES // 1024)
    try:
        return _written(content)
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError):
        refuse("signature", "invalid", _("cannot be read as a PNG image"))


def _written(content: bytes) -> bytes:
    with Image.open(BytesIO(content), formats=["PNG"]) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            refuse("signature", "too_large", _("must have at most %(number)d pixels"), number=MAX_PIXELS)
        image.load()
        clean = image.convert("RGBA" if image.mode in ("RGBA", "LA", "PA", "P") else "L")
    out = BytesIO()
    clean.save(out, "PNG", optimize=True)
    if out.tell() > MAX_BYTES * 2:
        refuse("signature", "too_long", _("must be at most %(size)d KiB"), size=MAX_BYTES // 1024)
    return out.getvalue()
