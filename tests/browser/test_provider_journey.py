"""The way of a provider on a phone: by the e-mailed link to a date, by the PIN on site, and a signature under it."""

import re
from io import BytesIO

import pytest
from PIL import Image

from core.mail import drain
from interventions.models import Intervention, InterventionStatus
from interventions.services.pins import pin_of
from tests.browser.axe import findings, is_too_wide
from tests.browser.steps import follow
from tests.interventions.register import Register

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
S = InterventionStatus
HAS_INK = """() => {
  const canvas = document.getElementById("signature-canvas");
  return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data.some(Boolean);
}"""


@pytest.fixture
def register(db, settings, live_server):
    settings.SITE_URL = live_server.url
    return Register()


@pytest.fixture
def visit(register):
    north = register.anomaly("Fire door does not close", location="North stair", risk="high")
    south = register.anomaly("Emergency light is out", description="The second one from the lift", risk="medium")
    return register.curative(north, south, description="Ring twice", assigned_user=register.bruno)


def mailed_link(mailoutbox) -> str:
    drain()
    (message,) = [each for each in mailoutbox if each.to == ["lift@example.org"]]
    return re.search(r"http://\S+/provider/\S+", message.body)[0]


def enter_pin(page, visit: Intervention) -> None:
    page.get_by_label("The code that you are told there").fill(str(pin_of(visit)))
    follow(page.get_by_role("button", name="Begin"))


def say_what_was_done(page) -> None:
    page.get_by_label("Done", exact=True).first.check()
    page.get_by_label("Not done").last.check()
    page.get_by_label("First name").fill("Jean")
    page.get_by_label("Last name").fill("Petit")


def way_of_the_hand(page) -> list[tuple[float, float]]:
    """Down, across and up again over the canvas."""
    canvas = page.locator("#signature-canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    places = [(0.1, 0.5), (0.3, 0.2), (0.4, 0.8), (0.6, 0.3), (0.7, 0.7), (0.9, 0.5)]
    return [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in places]


def sign_with_a_finger(page) -> None:
    """Which does not move the page."""
    touch = page.context.new_cdp_session(page)
    points = [[{"x": x, "y": y}] for x, y in way_of_the_hand(page)]
    top = page.evaluate("window.scrollY")
    for number, point in enumerate(points):
        kind = "touchMove" if number else "touchStart"
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": point})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert page.evaluate("window.scrollY") == top


def sign_with_the_mouse(page) -> None:
    points = way_of_the_hand(page)
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=5)
    page.mouse.up()


def ink_of(image: bytes) -> int:
    """How many pixels are drawn on."""
    return sum(count for count, pixel in Image.open(BytesIO(image)).convert("RGBA").getcolors(2**24) if pixel[3])


def test_the_provider_accepts_begins_and_signs_with_a_finger(phone_page, visit, mailoutbox, take_screenshot):
    page = phone_page
    page.goto(mailed_link(mailoutbox))
    take_screenshot(page, "proposed")
    follow(page.get_by_role("button", name="Yes, I come then"))
    take_screenshot(page, "planned")
    enter_pin(page, visit)
    say_what_was_done(page)
    take_screenshot(page, "on-site")
    sign_with_a_finger(page)
    take_screenshot(page, "drawn")
    follow(page.get_by_role("button", name="Sign and send"))
    page.get_by_text("It is signed and sent.").wait_for()
    take_screenshot(page, "signed")
    assert page.get_by_alt_text("Signature of Jean Petit").evaluate("image => image.naturalWidth") == 900
    visit.refresh_from_db()
    assert (visit.status, visit.execution.provider_name, visit.execution.typed_name) == (S.EXECUTED, "Jean Petit", "")
    assert ink_of(bytes(visit.execution.signature)) > 1000


def test_a_drawing_can_be_cleared_and_outlives_an_error(phone_page, register, visit, mailoutbox, take_screenshot):
    page = phone_page
    page.goto(mailed_link(mailoutbox))
    register.accept(visit.pk)
    page.reload()
    enter_pin(page, visit)
    drawing = page.locator("#signature-drawing")
    sign_with_the_mouse(page)
    assert drawing.input_value().startswith("data:image/png;base64,")
    page.get_by_role("button", name="Clear the drawing").click()
    assert drawing.input_value() == ""
    sign_with_the_mouse(page)
    drawn = drawing.input_value()
    say_what_was_done(page)
    page.get_by_label("E-mail (optional)").fill("no.address@x")
    follow(page.get_by_role("button", name="Sign and send"))
    page.get_by_text("Enter a valid email address.").wait_for()
    take_screenshot(page, "error")
    assert drawing.input_value() == drawn
    page.wait_for_function(HAS_INK)
    page.get_by_label("E-mail (optional)").fill("jean@example.org")
    follow(page.get_by_role("button", name="Sign and send"))
    visit.refresh_from_db()
    assert visit.execution.email == "jean@example.org"
    assert ink_of(bytes(visit.execution.signature)) > 1000


def test_the_provider_refuses_the_date(phone_page, visit, mailoutbox, take_screenshot):
    page = phone_page
    page.goto(mailed_link(mailoutbox))
    page.get_by_text("No, I cannot come then").click()
    page.get_by_label("Say why, and when you could come").fill("Away until Friday")
    follow(page.get_by_role("button", name="Refuse this date"))
    page.get_by_text("You refused this date.").wait_for()
    take_screenshot(page, "refused")
    visit.refresh_from_db()
    assert (visit.status, visit.decision_comment) == (S.REFUSED, "Away until Friday")


def test_without_javascript_and_with_the_keyboard_a_typed_name_signs(browser, register, visit, mailoutbox):
    register.accept(visit.pk)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(mailed_link(mailoutbox))
    page.get_by_label("The code that you are told there").focus()
    page.keyboard.type(str(pin_of(visit)))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert not page.locator("#signature-canvas").is_visible()
    for radio in (page.get_by_label("Done", exact=True).first, page.get_by_label("Done", exact=True).last):
        radio.focus()
        page.keyboard.press("Space")
    for label, text in (("First name", "Jean"), ("Last name", "Petit"), ("Your full name, typed", "Jean Petit")):
        page.get_by_label(label).focus()
        page.keyboard.type(text)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("It is signed and sent.").wait_for()
    context.close()
    visit.refresh_from_db()
    assert (visit.status, visit.execution.typed_name) == (S.EXECUTED, "Jean Petit")


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "fr")])
def test_nothing_serious_is_found_and_nothing_is_wider_than_a_phone(
    phone_page, register, visit, mailoutbox, scheme, language, take_screenshot
):
    page = phone_page
    page.emulate_media(color_scheme=scheme)
    address = f"{mailed_link(mailoutbox)}?language={language}"
    for step in ("", "accept", "begin", "execute", "reject"):
        if step:
            getattr(register, step)(visit.pk)
        page.goto(address)
        assert findings(page) == [], step
        assert not is_too_wide(page), step
        take_screenshot(page, f"{scheme}-{step or 'propose'}")
