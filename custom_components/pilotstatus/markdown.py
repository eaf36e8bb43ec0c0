"""Text inside Markdown, which notifications and forms show."""

import re
from typing import Final

#: Also what makes a link of an address that stands in the text.
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-!|<>~]|:(?=//)|(?<=www)\.)")


def escape(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)
