"""How a client may write an instant, and that what we write can be sent back [contract 10, schedule_at]."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.zones import wire_moment
from scheduling.api.community.fields import FIRST, LAST, read_moment
from tests.scheduling.calls import SERVICES, create_service, refused

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "written",
    [
        # the seed's and the contract's
        *("2017-11-27 09:00:00 UTC", "2017-11-27T09:00:00Z", "2017-11-27T09:00:00.000Z", "2017-11-27 09:00 UTC"),
        *("2017-11-27T10:00:00+01:00", "2017-11-27T10:00:00+0100", "2017-11-27 04:00:00 -0500", 1511773200),
        # no offset: the organization's zone
        *("2017-11-27 10:00", "2017-11-27T10:00:00", "20171127T100000", "1511773200", " 2017-11-27 10:00 "),
        # an offset of hours alone, and one of half an hour
        *("2017-11-27T10:00:00+01", "2017-11-27 04:00-05", "2017-11-27T14:30:00+05:30", "20171127T143000+0530"),
        # small letters
        *("2017-11-27t09:00:00z", "2017-11-27 09:00z", "2017-11-27 09:00:00 utc", "2017-11-27 09:00:00 GMT"),
        # as many decimals as a clock gives, after a full stop or a comma
        *("2017-11-27T09:00:00.0000000001Z", f"2017-11-27T09:00:00.{'0' * 60}1+00:00", "2017-11-27T09:00:00,000Z"),
        # ISO 8601's basic format, its hour alone, its leap second and the end of a day
        *("20171127T090000Z", "20171127T0900Z", "20171127T090000.000Z", "2017-11-27T09Z", "20171127T10"),
        *("2017-11-27T08:59:60Z", "20171127T085960Z"),
    ],
)
def test_all_these_are_nine_o_clock_utc(staff, written):
    assert create_service(staff, schedule_at=written).json()["schedule_at"] == "2017-11-27T09:00:00.000Z"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2017-11-27", "2017-11-26T23:00:00.000Z"),
        ("2017-11-27 UTC", "2017-11-27T00:00:00.000Z"),
        ("2017-11-27z", "2017-11-27T00:00:00.000Z"),
        ("2017-11-27+02:00", "2017-11-26T22:00:00.000Z"),
    ],
)
def test_a_bare_date_is_midnight_there(staff, written, shown):
    assert create_service(staff, schedule_at=written).json()["schedule_at"] == shown


@pytest.mark.django_db
@pytest.mark.parametrize("written", ["2017-11-27T24:00:00Z", "2017-11-27 24:00 UTC", "20171127T24Z"])
def test_24_o_clock_is_the_end_of_the_day(staff, written):
    assert create_service(staff, schedule_at=written).json()["schedule_at"] == "2017-11-28T00:00:00.000Z"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "written",
    [
        *("2017-W48-1", "2017-331", "2017-11", "2017-1127", "201711-27", "27/11/2017", "Mon, 27 Nov 2017 09:00:00 GMT"),
        *("2017-11-27T24:01Z", "2017-11-27T24:00:01Z", "2017-11-27T24:00:00.1Z", "2017-11-27T09:00:61Z"),
        *("2017-11-27T09:60Z", "2017-11-27T09:0000Z", "2017-11-27T0900:00Z", "2017-11-27T09:00:00.Z"),
        *("2017-11-27T09:00.5Z", "2017-11-27T", "2017-11-27T9:00Z", "2017-11-27Q09:00Z", "20171127090000"),
        *("2017-11-27T09:00+1", "2017-11-27T09:00+24", "2017-11-27T09:00+01:60", "2017-11-27T09:00+01:0"),
        # a plus that was not encoded in a query, and a date that looks like a range
        *("2017-11-27T10:00:00 01:00", "2017-11-27-05", "2017-11-27T09:00Zulu", "２０17-11-27T09:00Z"),
    ],
)
def test_these_are_no_date_and_time(staff, written):
    assert list(refused(create_service(staff, schedule_at=written))) == ["schedule_at"]


@pytest.mark.django_db
def test_a_range_takes_what_a_body_takes(staff):
    create_service(staff, schedule_at="2017-11-27 09:00:00 UTC")
    found = [
        len(staff.get(f"{SERVICES}?range[schedule_at]={low},{high}").json())
        for low, high in [("20171127T090000z", "2017-11-27T10%2B01"), ("2017-11-27T09:00:01z", "")]
    ]
    assert found == [1, 0]


moments = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
offsets = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def milliseconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@given(moments)
@example(datetime(1, 1, 2, tzinfo=UTC))
@example(datetime(9999, 12, 30, tzinfo=UTC))
def test_what_we_write_is_read_back_the_same(moment):
    written = wire_moment(moment)
    assert read_moment(written, PARIS) == milliseconds(moment)
    assert wire_moment(read_moment(written, PARIS)) == written


@given(moments, offsets, st.sampled_from(["T", "t", " "]), st.booleans(), st.integers(3, 6))
def test_every_offset_and_format_of_one_instant_is_that_instant(moment, offset, separator, basic, decimals):
    local = moment.astimezone(offset)
    date, clock = ("%Y%m%d", "%H%M%S") if basic else ("%Y-%m-%d", "%H:%M:%S")
    written = local.strftime(date).zfill(8 if basic else 10) + separator + local.strftime(clock)
    written += f".{local.microsecond:06d}"[: decimals + 1] + local.isoformat()[-6:].replace(":" if basic else "~", "")
    assert read_moment(written, PARIS) == milliseconds(moment)


@given(moments)
def test_epoch_seconds_are_the_same_instant(moment):
    whole = moment.replace(microsecond=0)
    assert read_moment(int(whole.timestamp()), PARIS) == whole


@given(st.text(st.sampled_from("0123456789-+:.,TtZz UC"), max_size=40))
def test_any_text_is_an_instant_or_refused(text):
    with suppress(ValueError):
        assert read_moment(text, PARIS).tzinfo is UTC
