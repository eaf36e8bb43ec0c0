"""Phone numbers: as people write them, to E.164; and when two are of the same person."""

import re
from typing import Final

from phonenumbers import (
    SUPPORTED_REGIONS,
    NumberParseException,
    PhoneMetadata,
    PhoneNumber,
    PhoneNumberFormat,
    ValidationResult,
    country_code_for_region,
    format_number,
    is_possible_number_with_reason,
    is_valid_number,
    parse,
)

from .errors import ActionRefusedError

# The library imports what it knows of a country when that is first needed, which reads files: not
# in the event loop. Home Assistant imports this module in an executor.
PhoneMetadata.load_all()

_MAX_LENGTH: Final = 64
#: E.164 has at most 15 digits.
_TOO_LARGE: Final = 10**15
_E164: Final = re.compile(r"\+[1-9][0-9]{7,14}")
#: A mobile number of Brazil as it was before 2016, and as WhatsApp still writes many.
_WITHOUT_NINTH_DIGIT: Final = re.compile(r"(\+55[1-9][0-9])([6-9][0-9]{7})")

_NOT_DIGIT: Final = re.compile(r"[^0-9]")
_SEPARATORS: Final = re.compile(r"[\s().\-\u2010-\u2015\u2212/]")
#: What copies from contacts carry around numbers; it does not change their order.
_INVISIBLE: Final = re.compile(r"[\u200b\u200e\u202a\u202c\u202d\u2060\u2066\u2068\u2069\ufeff]")
_DECIMAL: Final = re.compile(r"[0-9]+\.[0-9]")
_DIALABLE: Final = re.compile(r"\+?[0-9]+")
#: Countries that share a code have numbers of one length, with nothing before it.
_NORTH_AMERICA: Final = "+1"
_NORTH_AMERICA_LENGTH: Final = len("+12125550123")


def parse_phone(value: str | int, country: str | None) -> str:
    """Return a phone number as people write it in E.164, in Brazil with the ninth digit.

    What does not begin with ``+`` or ``00`` is read as a number of ``country``, an ISO code. An
    integer may have lost its ``+``. Raises ActionRefusedError if no number is meant, or more
    than one may be.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ActionRefusedError("phone_invalid")
    if isinstance(value, int):
        return _parse_integer(value, country)
    text = _clean(value)
    if text.startswith("00"):
        text = f"+{text[2:]}"
    if text.startswith("+"):
        return _parse_international(text)
    code = _country_code(country)
    number = _parse_valid(text, country)
    if text.startswith(code) and _international_or_none(text) not in (None, number):
        raise ActionRefusedError("phone_ambiguous")
    return number


def with_ninth_digit(number: str) -> str:
    """Return a number, E.164, with the ninth digit if it is a mobile one of Brazil.

    Two numbers are of the same person if this makes them the same.
    """
    match = _WITHOUT_NINTH_DIGIT.fullmatch(number)
    return f"{match[1]}9{match[2]}" if match else number


def phone_end(number: str) -> str:
    """Return the last four digits of a number: all that words for people repeat of it."""
    return f"…{number[-4:]}"


def _clean(text: str) -> str:
    """Return the digits of a number, and its plus sign if it has one."""
    if len(text) > _MAX_LENGTH:
        raise ActionRefusedError("phone_too_long")
    text = _INVISIBLE.sub("", text).strip()
    area, _, rest = text.rpartition("/")
    if (
        len(text.splitlines()) != 1
        # A number of a template: with its zero it might be somebody's.
        or _DECIMAL.fullmatch(text)
        # After a number there may be an extension in parentheses, or a second one.
        or text.endswith(")")
        or (area and _count_digits(area) >= _count_digits(rest))
    ):
        raise ActionRefusedError("phone_invalid")
    text = _SEPARATORS.sub("", text)
    if not _DIALABLE.fullmatch(text):
        raise ActionRefusedError("phone_invalid")
    return text


def _count_digits(text: str) -> int:
    return len(_NOT_DIGIT.sub("", text))


def _country_code(country: str | None) -> str:
    """Return the digits with which numbers of a country begin."""
    if country not in SUPPORTED_REGIONS:
        raise ActionRefusedError("phone_no_country")
    return str(country_code_for_region(country))


def _parse_integer(value: int, country: str | None) -> str:
    """Return the number of a template that Home Assistant has turned into an integer."""
    if value <= 0:
        raise ActionRefusedError("phone_invalid")
    if value >= _TOO_LARGE:
        raise ActionRefusedError("phone_too_long")
    digits, code = str(value), _country_code(country)
    international = _international_or_none(digits)
    if international is not None and digits.startswith(code):
        return international
    try:
        local = _parse_valid(digits, country)
    except ActionRefusedError:
        if international is not None:
            return international
        raise
    if international not in (None, local):
        raise ActionRefusedError("phone_ambiguous")
    return local


def _international_or_none(digits: str) -> str | None:
    """Return the number that begins with a country code, if there can be one."""
    try:
        return _parse_international(f"+{digits}")
    except ActionRefusedError:
        return None


def _parse_international(text: str) -> str:
    # From some countries 001 is dialed first. The rest would be the number of an American.
    if text.startswith(_NORTH_AMERICA) and len(text) > _NORTH_AMERICA_LENGTH:
        raise ActionRefusedError("phone_too_long")
    return _parse_valid(text, None)


def _parse_valid(text: str, country: str | None) -> str:
    """Return a number that may exist."""
    try:
        number = with_ninth_digit(_format(parse(text, country)))
        parsed = parse(number)
    except NumberParseException as err:
        raise _refusal(err) from None
    # What would be read differently the next time is no number that was meant.
    if not is_valid_number(parsed) or _format(parsed) != number:
        raise _invalid(parsed)
    if not _E164.fullmatch(number):
        raise ActionRefusedError("phone_too_short")
    return number


def _format(number: PhoneNumber) -> str:
    return format_number(number, PhoneNumberFormat.E164)


def _refusal(err: NumberParseException) -> ActionRefusedError:
    """Return why digits are not read as a number."""
    if err.error_type == NumberParseException.TOO_LONG:
        return ActionRefusedError("phone_too_long")
    if err.error_type == NumberParseException.INVALID_COUNTRY_CODE:
        return ActionRefusedError("phone_area")
    return ActionRefusedError("phone_too_short")


def _invalid(number: PhoneNumber) -> ActionRefusedError:
    """Return why a number cannot exist."""
    reason = is_possible_number_with_reason(number)
    if reason == ValidationResult.TOO_LONG:
        return ActionRefusedError("phone_too_long")
    if reason in (ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY):
        return ActionRefusedError("phone_too_short")
    return ActionRefusedError("phone_area")
