"""The demo speaks the language of the terminal."""

import pytest

from demo.language import ENGLISH, PORTUGUESE, Language, choose_language


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, ENGLISH),
        ({"LANG": "C.UTF-8"}, ENGLISH),
        ({"LANG": "pt_BR.UTF-8"}, PORTUGUESE),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "pt_BR.UTF-8"}, PORTUGUESE),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": "C"}, ENGLISH),
        ({"LANG": "pt_BR.UTF-8", "LC_ALL": ""}, PORTUGUESE),
    ],
)
def test_the_language_is_that_of_the_terminal(
    environment: dict[str, str], language: Language
) -> None:
    assert choose_language(environment) is language
