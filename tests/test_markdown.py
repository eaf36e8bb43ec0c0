"""Text inside Markdown."""

import pytest

from custom_components.pilotstatus.markdown import escape


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("*Ana* _Maria_ `x`", r"\*Ana\* \_Maria\_ \`x\`"),
        ("[a](b) <b> !", r"\[a\]\(b\) \<b\> \!"),
        ("# + - | ~ {x}", r"\# \+ \- \| \~ \{x\}"),
        ("back\\slash", "back\\\\slash"),
        ("https://a.example www.b.example", r"https\://a.example www\.b.example"),
        ("Olá: 3.5 às 10:30, sim?", "Olá: 3.5 às 10:30, sim?"),
    ],
)
def test_text_is_shown_as_it_is(text: str, escaped: str) -> None:
    assert escape(text) == escaped
