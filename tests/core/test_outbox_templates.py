"""`render`: three templates a message, escaped where HTML needs it and nowhere else."""

import pytest

from core.mail import Attachment, email, render
from core.mail.content import render_row
from tests.factories import make_organization, make_person
from tests.notes import SIGNED, a_note

pytestmark = pytest.mark.django_db


@email("test_templated")
def templated(row):
    attachment = Attachment("day.ics", "BEGIN:VCALENDAR", "text/calendar; method=PUBLISH")
    return render(row, {"what": "<b>Cook & clean</b>"}, link=lambda: SIGNED, attachments=[attachment])


@pytest.fixture
def templates(tmp_path, settings):
    folder = tmp_path / "emails" / "tests"
    folder.mkdir(parents=True)
    (folder / "test_templated.subject.txt").write_text("{{ organization.name }}:\n {{ what }}\n")
    (folder / "test_templated.txt").write_text("\n{{ recipient.login }}, {{ what }}: {{ link }} {{ language }}\n\n")
    (folder / "test_templated.html").write_text('<p>{{ what }}</p><a href="{{ link }}">{{ site_url }}</a>')
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]


@pytest.fixture
def rendered(templates):
    return render_row(a_note(make_organization(name="A & B"), kind="test_templated", recipient=make_person("camille")))


def test_the_subject_is_one_line(rendered):
    assert rendered.subject == "A & B: <b>Cook & clean</b>"


def test_the_text_is_not_escaped(rendered):
    assert rendered.for_sending().text == f"camille, <b>Cook & clean</b>: {SIGNED} en\n"


def test_the_html_is_escaped(rendered, settings):
    assert rendered.for_sending().html == (
        "<p>&lt;b&gt;Cook &amp; clean&lt;/b&gt;</p>"
        f'<a href="https://dutyboard.test/student/signed?a=1&amp;b=2">{settings.SITE_URL}</a>'
    )


def test_a_placeholder_stands_for_the_link(rendered):
    assert rendered.for_reading().text == "camille, <b>Cook & clean</b>: [personal link] en\n"
    assert 'href="#"' in rendered.for_reading().html


def test_the_attachment_goes_along(rendered):
    (attachment,) = rendered.attachments
    assert attachment.name == "day.ics"


def test_a_kind_has_one_function():
    with pytest.raises(ValueError, match="test_templated"):
        email("test_templated")(lambda row: None)
