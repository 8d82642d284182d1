"""Small pieces of HTML for the back office's templates."""

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join, strip_tags
from django.utils.safestring import mark_safe
from django.utils.text import capfirst

register = template.Library()
# Characters of a chart's label; longer ones push the bars to the right.
LONG_LABEL = 15


@register.simple_tag
def icon(name):
    """A decorative icon from core/icons.svg: it takes the colour of the text beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>', static("core/icons.svg"), name
    )


@register.simple_tag
def at_version(url, version):
    """The address of a deed that is for the row as this page shows it."""
    return f"{url}?version={version}" if version else url


@register.simple_tag
def labelled_cells(headers, cells):
    """The cells of one row, each with its column's title as `data-label`: phones show rows as cards."""
    return format_html_join("", "{}", ((_label(header, cell),) for header, cell in zip(headers, cells, strict=True)))


def _label(header, cell):
    tag = cell[:3]
    title = escape(capfirst(strip_tags(str(header["text"]))))
    return mark_safe(f'{tag} data-label="{title}"{cell[3:]}')


@register.simple_tag
def chosen(choices):
    """The selected choice of a list filter, saying whether it narrows the list (the first choice is "All")."""
    for position, choice in enumerate(choices):
        if choice["selected"]:
            return {"display": choice["display"], "is_narrowing": position > 0}
    return {"display": "", "is_narrowing": False}


@register.inclusion_tag("admin/bar_chart.html")
def bar_chart(bars):
    """Horizontal bars. `bars`: a list of `(label, value, tone)`; the longest fills the width."""
    left = 190 if any(len(str(label)) > LONG_LABEL for label, _value, _tone in bars) else 120
    longest = max((value for _label, value, _tone in bars), default=0) or 1
    rows = [
        {
            "label": label,
            "value": value,
            "tone": tone,
            "y": position * 36,
            "width": max(round((370 - left) * value / longest), 2),
        }
        for position, (label, value, tone) in enumerate(bars)
    ]
    return {"rows": rows, "height": len(rows) * 36, "left": left, "track": 370 - left}
