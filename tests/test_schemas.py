"""What each action takes."""

from typing import Any

import pytest
import voluptuous as vol

from custom_components.pilotstatus.schemas import SCHEMAS

ANNOUNCE = {"message": "Olá", "to": "Ana"}


def valid(action: str, **data: Any) -> dict[str, Any]:
    """Return the data of an action as its handler gets them."""
    result = vol.Schema(SCHEMAS[action])(data)
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("to", [5511999999999, 5511999999999.0, "5511999999999", " Ana ", "1.5"])
def test_a_number_stays_a_number_and_text_stays_text(to: object) -> None:
    for taken in (valid("place_call", to=to)["to"], *valid("announce", to=to)["to"]):
        assert taken == to
        assert type(taken) is type(to)


def test_people_are_taken_in_their_order_one_or_several() -> None:
    assert valid("announce", to=["Ana", 7, "Bruno"])["to"] == ["Ana", 7, "Bruno"]
    contacts = ["notify.bruno", "notify.ana", "notify.carla"]
    assert valid("announce", contacts=contacts)["contacts"] == contacts
    assert valid("announce", contacts="notify.bruno")["contacts"] == ["notify.bruno"]
    assert (valid("announce")["to"], valid("announce")["contacts"]) == ([], [])


@pytest.mark.parametrize(
    ("action", "data"),
    [
        *(("announce", {"repeat": it}) for it in (0, 6, "often")),
        *(("announce", {"rounds": it}) for it in (0, 6)),
        *(("announce", {"ring": it}) for it in (9, 9.9, 120.1, 121)),
        *(("announce", {"to": it}) for it in ([None], {"a": 1}, [["Ana"]])),
        ("announce", {"contacts": ["Ana"]}),
        ("announce", {"everyone": "perhaps"}),
        ("announce", {"hang_up": True}),
        ("announce", {"call_id": "call_1"}),
        *(("place_call", {"timeout": it}) for it in (0, 0.9, 300.1)),
        *(("place_call", {"to": it}) for it in (None, ["Ana"])),
        ("place_call", {"contact": ["notify.ana"]}),
        *(("get_calls", {"limit": it}) for it in (0, 101)),
        ("get_calls", {"call_id": "call_1"}),
        ("hang_up", {"message": "Olá"}),
        ("play_audio", {"message": ["Olá"]}),
        ("play_audio", {"to": "Ana"}),
    ],
)
def test_what_is_beyond_the_limits_is_refused(action: str, data: dict[str, Any]) -> None:
    with pytest.raises(vol.Invalid):
        valid(action, **data)


@pytest.mark.parametrize(
    ("action", "data"),
    [
        *(("announce", {"repeat": it}) for it in (1, 5)),
        *(("announce", {"rounds": it}) for it in (1, 5)),
        *(("announce", {"ring": it}) for it in (10, 120)),
        *(("place_call", {"timeout": it}) for it in (1, 300)),
        *(("get_calls", {"limit": it}) for it in (1, 100)),
    ],
)
def test_what_is_within_the_limits_is_taken(action: str, data: dict[str, Any]) -> None:
    assert valid(action, **data).items() >= data.items()


def test_what_is_left_out() -> None:
    announce = valid("announce", **ANNOUNCE)
    assert (announce["repeat"], announce["ring"], announce["rounds"]) == (1, 45, 1)
    assert announce["everyone"] is False
    placed = valid("place_call")
    assert (placed["timeout"], placed["wait_for_answer"], placed["hang_up"]) == (60, False, False)
    assert valid("play_audio") == {"hang_up": False}
    assert valid("get_calls") == {"limit": 25}
    for action in ("answer_call", "reject_call", "hang_up"):
        assert valid(action) == {}


def test_media_is_taken_as_the_selector_or_a_user_gives_it() -> None:
    chosen = {"media_content_id": "media-source://a", "media_content_type": "audio/mpeg"}
    for action in ("play_audio", "place_call", "announce"):
        assert valid(action, media=chosen)["media"] == ["media-source://a"]
        assert valid(action, media=[chosen, "b"])["media"] == ["media-source://a", "b"]
        assert valid(action, media_url="https://a.b/c")["media_url"] == ["https://a.b/c"]
        assert valid(action, message="Olá")["message"] == "Olá"
