"""Phone numbers: as people write them, to E.164; and when two are of the same person."""

import re
from typing import Final

#: A mobile number of Brazil as it was before 2016, and as WhatsApp still writes many.
_WITHOUT_NINTH_DIGIT: Final = re.compile(r"(\+55[1-9][0-9])([6-9][0-9]{7})")


def with_ninth_digit(number: str) -> str:
    """Return a number, E.164, with the ninth digit if it is a mobile one of Brazil.

    Two numbers are of the same person if this makes them the same.
    """
    match = _WITHOUT_NINTH_DIGIT.fullmatch(number)
    return f"{match[1]}9{match[2]}" if match else number
