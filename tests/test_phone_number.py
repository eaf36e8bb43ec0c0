"""Phone numbers as people write them, and that a stranger is never dialed by guessing."""

import re
import sys
from typing import Any

from hypothesis import example, given, settings, strategies as st
from phonenumbers import SUPPORTED_REGIONS
import pytest

from custom_components.pilotstatus.errors import ActionRefusedError
from custom_components.pilotstatus.phone_number import parse_phone, with_ninth_digit

COUNTRIES = ("BR", "PT", "US", "DE", "AR", "IN", "JP", "IT", "AU", "AQ", None)


def refusal(value: Any, country: str | None) -> str:
    """Return why a number is refused."""
    with pytest.raises(ActionRefusedError) as caught:
        parse_phone(value, country)
    assert caught.value.placeholders == {}
    return caught.value.translation_key


@pytest.mark.parametrize(
    "text",
    [
        "(11) 99999-9999",
        "11 99999-9999",
        "11999999999",
        "011 99999-9999",
        "0 15 11 99999-9999",
        "5511999999999",
        "+55 11 99999-9999",
        "+55 (11) 99999-9999",
        "(+55) 11 99999-9999",
        "+55 (0) 11 99999-9999",
        "0055 11 99999-9999",
        " +55.11/99999\t9999\n",
        "+55\N{NO-BREAK SPACE}11\N{NON-BREAKING HYPHEN}99999\N{EN DASH}9999",
        "\N{LEFT-TO-RIGHT OVERRIDE}+55 11 99999-9999\N{POP DIRECTIONAL FORMATTING}",
    ],
)
@pytest.mark.parametrize("is_without_ninth_digit", [False, True])
def test_a_mobile_number_of_brazil_is_read_with_the_ninth_digit(
    text: str,
    is_without_ninth_digit: bool,  # noqa: FBT001
) -> None:
    written = text.replace("99999", "9999", 1) if is_without_ninth_digit else text
    assert parse_phone(written, "BR") == "+5511999999999"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(11) 3333-4444", "+551133334444"),
        ("551133334444", "+551133334444"),
        ("021 11 3333-4444", "+551133334444"),
        ("0800 123 4567", "+558001234567"),
        ("4004-1234", "+5540041234"),
        # Area code 55 is no country code.
        ("55 99999-9999", "+5555999999999"),
        ("55 9999-9999", "+5555999999999"),
        ("(55) 3222-1234", "+555532221234"),
        ("+55 55 99999-9999", "+5555999999999"),
        # Nor is any other that could be one.
        ("(49) 3012-3456", "+554930123456"),
        ("0055 81 98765-4321", "+5581987654321"),
    ],
)
def test_other_numbers_of_brazil(text: str, expected: str) -> None:
    assert parse_phone(text, "BR") == expected


@pytest.mark.parametrize(
    ("country", "text", "expected"),
    [
        ("PT", "912 345 678", "+351912345678"),
        ("PT", "351 912 345 678", "+351912345678"),
        ("PT", "21 123 4567", "+351211234567"),
        ("US", "(212) 555-0123", "+12125550123"),
        ("US", "1-212-555-0123", "+12125550123"),
        ("US", "011 55 11 99999-9999", "+5511999999999"),
        ("DE", "030/123456", "+4930123456"),
        ("DE", "0171 1234567", "+491711234567"),
        ("DE", "+49 (0) 171 1234567", "+491711234567"),
        ("AR", "011 4123-4567", "+541141234567"),
        ("AR", "011 15 1234-5678", "+5491112345678"),
        ("IN", "098765 43210", "+919876543210"),
        ("IN", "9198765432", "+919198765432"),
        ("JP", "03-1234-5678", "+81312345678"),
        ("JP", "090-1234-5678", "+819012345678"),
        ("IT", "06 12345678", "+390612345678"),
    ],
)
def test_a_number_is_of_the_country_of_home_assistant(
    country: str, text: str, expected: str
) -> None:
    assert parse_phone(text, country) == expected


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("prefix", ["+", "00", "00 "])
@pytest.mark.parametrize(
    "number", ["5511999999999", "351912345678", "12125550123", "4930123456", "819012345678"]
)
def test_an_international_number_is_the_same_in_every_country(
    country: str | None, prefix: str, number: str
) -> None:
    assert parse_phone(prefix + number, country) == f"+{number}"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "phone_invalid"),
        (" ", "phone_invalid"),
        ("+", "phone_invalid"),
        ("++5511999999999", "phone_invalid"),
        ("+55119999+99999", "phone_invalid"),
        ("00+5511999999999", "phone_invalid"),
        ("+55 casa 999999", "phone_invalid"),
        ("0800-FLOWERS", "phone_invalid"),
        ("+55_11_999999999", "phone_invalid"),
        ("*31#11999999999", "phone_invalid"),
        # Digits that look alike cannot be dialed.
        ("+55\N{ARABIC-INDIC DIGIT ONE}1999999999", "phone_invalid"),
        ("\N{FULLWIDTH DIGIT ONE}1 99999-9999", "phone_invalid"),
        # Shown in another order than it would be dialed.
        ("\N{RIGHT-TO-LEFT OVERRIDE}11 99999-9999", "phone_invalid"),
        # Extensions, and second numbers.
        ("11 3333-4444 ramal 12", "phone_invalid"),
        ("11 3333-4444 x12", "phone_invalid"),
        ("+5511999999999;2", "phone_invalid"),
        ("11 3333-4444 (12)", "phone_invalid"),
        ("3333-4444/55", "phone_invalid"),
        ("3333-4444/3333-5555", "phone_invalid"),
        ("4004-1234\n55", "phone_invalid"),
        ("11 3333-4444, 11 3333-5555", "phone_invalid"),
        ("11 3333-4444 3333-5555", "phone_too_long"),
        # The zero of a template's number would be the ninth digit of somebody.
        ("1199999999.0", "phone_invalid"),
        ("1.1e10", "phone_invalid"),
        ("0", "phone_too_short"),
        ("00", "phone_too_short"),
        ("190", "phone_too_short"),
        ("11 9999", "phone_too_short"),
        ("+55", "phone_too_short"),
        ("+5", "phone_too_short"),
        ("+683 4000", "phone_too_short"),
        ("11 99999-99999", "phone_too_long"),
        ("+5511999999999999", "phone_too_long"),
        ("+55" + "9" * 61, "phone_too_long"),
        ("9" * 10_000, "phone_too_long"),
        (" " * 60 + "11999999999", "phone_too_long"),
        ("351912345678", "phone_too_long"),
        # How a neighbor is dialed from Australia, not somebody in Florida.
        ("0011 65 6323 1234", "phone_too_long"),
        ("99999-9999", "phone_area"),
        ("3333-4444", "phone_area"),
        ("20 99999-9999", "phone_area"),
        ("+55 20 99999-9999", "phone_area"),
        ("+999 123 4567", "phone_area"),
        ("+0511999999999", "phone_area"),
        ("+49 0030 123456", "phone_area"),
    ],
)
def test_what_is_no_number_is_refused_and_the_reason_given(text: str, key: str) -> None:
    assert refusal(text, "BR") == key


@pytest.mark.parametrize("country", [None, "", "AQ", "br", "Brazil"])
@pytest.mark.parametrize("value", ["11 99999-9999", "5511999999999", 5511999999999, 4930123456])
def test_without_a_country_only_international_numbers_are_read(
    country: str | None, value: str | int
) -> None:
    assert refusal(value, country) == "phone_no_country"


@pytest.mark.parametrize(
    ("country", "value", "expected"),
    [
        ("BR", 5511999999999, "+5511999999999"),
        ("BR", 551199999999, "+5511999999999"),
        ("BR", 551133334444, "+551133334444"),
        ("BR", 11999999999, "+5511999999999"),
        ("BR", 1199999999, "+5511999999999"),
        ("BR", 55999999999, "+5555999999999"),
        ("BR", 351912345678, "+351912345678"),
        ("BR", 12125550123, "+12125550123"),
        ("PT", 912345678, "+351912345678"),
        ("PT", 5511999999999, "+5511999999999"),
        ("US", 2125550123, "+12125550123"),
        ("DE", 49511234567, "+49511234567"),
        ("JP", 9012345678, "+819012345678"),
    ],
)
def test_an_integer_is_the_only_number_that_it_can_be(
    country: str, value: int, expected: str
) -> None:
    assert parse_phone(value, country) == expected


@pytest.mark.parametrize(
    ("country", "value"),
    [
        # Chapecó or Berlin, Ponta Grossa or Madrid.
        ("BR", 4930123456),
        ("BR", 34912345678),
        # Not an integer, but digits that are two numbers of one country.
        ("DE", "49511234567"),
    ],
)
def test_what_can_be_two_numbers_is_refused(country: str, value: str | int) -> None:
    assert refusal(value, country) == "phone_ambiguous"


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (True, "phone_invalid"),
        (11999999999.0, "phone_invalid"),
        (float("nan"), "phone_invalid"),
        (None, "phone_invalid"),
        (["11999999999"], "phone_invalid"),
        (0, "phone_invalid"),
        (-5511999999999, "phone_invalid"),
        (10**15, "phone_too_long"),
        (190, "phone_too_short"),
        (20999999999, "phone_area"),
    ],
)
def test_a_value_that_is_no_number_is_refused(value: Any, key: str) -> None:
    assert refusal(value, "BR") == key


def test_an_integer_that_python_does_not_write_is_refused() -> None:
    assert refusal(10**5000, "BR") == "phone_too_long"


WRITTEN = st.from_regex(r"\A(\+|00)?[0-9][0-9 ().\-/]{0,30}\Z") | st.builds(
    "{}{}{}".format,
    st.sampled_from(["+", "00", "", "0", "(+", "0 15 "]),
    st.sampled_from(["55", "1", "351", "49", "54", "52", "91", "81", "39", "61", ""]),
    st.integers(0, 10**11),
)


@settings(max_examples=400, deadline=None)
@given(
    value=WRITTEN | st.text() | st.integers() | st.integers(10**8, 10**14),
    country=st.sampled_from(COUNTRIES),
)
@example(value="\ud800", country="BR")
@example(value="+5211234567890", country=None)
def test_anything_is_a_number_that_reads_the_same_again_or_is_refused(
    value: str | int, country: str | None
) -> None:
    try:
        number = parse_phone(value, country)
    except ActionRefusedError:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{7,14}", number)
    assert with_ninth_digit(number) == number
    for home in COUNTRIES:
        assert parse_phone(number, home) == number


def test_no_file_is_read_when_a_number_of_a_country_is_first_parsed() -> None:
    needed = {f"phonenumbers.data.region_{region}" for region in SUPPORTED_REGIONS}
    assert needed <= sys.modules.keys()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("+551199999999", "+5511999999999"),
        ("+551169999999", "+5511969999999"),
        ("+5511999999999", "+5511999999999"),
        ("+551159999999", "+551159999999"),
        ("+550199999999", "+550199999999"),
        ("+351912345678", "+351912345678"),
        ("551199999999", "551199999999"),
        ("", ""),
    ],
)
def test_only_a_mobile_number_of_brazil_gets_the_ninth_digit(number: str, expected: str) -> None:
    assert with_ninth_digit(number) == expected
