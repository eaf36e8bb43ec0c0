"""What happens to a call, in one sentence."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.sentences import async_call_sentence
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

ANA = "+5511987654321"

SENTENCES: list[tuple[str, dict[str, Any], str, str]] = [
    ("ringing", {"contact": "Ana"}, "Ana is calling", "Ana está chamando"),
    (
        "ringing",
        {"peer_number": ANA},
        "+55 11 98765-4321 is calling",
        "+55 11 98765-4321 está chamando",
    ),
    ("ringing", {}, "An unknown number is calling", "Um número desconhecido está chamando"),
    ("dialing", {"contact": "Ana"}, "Calling Ana", "Chamando Ana"),
    ("connected", {"contact": "Ana"}, "Call with Ana answered", "Chamada com Ana atendida"),
    (
        "ended",
        {"contact": "Ana", "duration": 42},
        "Call with Ana ended after 42 s",
        "Chamada com Ana encerrada após 42 s",
    ),
    (
        "ended",
        {"contact": "Ana", "duration": 3723},
        "Call with Ana ended after 1 h 2 min 3 s",
        "Chamada com Ana encerrada após 1 h 2 min 3 s",
    ),
    (
        "ended",
        {"duration": 60},
        "Call with an unknown number ended after 1 min",
        "Chamada com um número desconhecido encerrada após 1 min",
    ),
    (
        "declined",
        {"contact": "Bruno", "direction": "inbound"},
        "Declined the call from Bruno",
        "Chamada de Bruno recusada",
    ),
    (
        "declined",
        {"contact": "bruno", "direction": "outbound"},
        "bruno declined the call",
        "bruno recusou a chamada",
    ),
    (
        "missed",
        {"peer_number": "+5511912345678"},
        "Missed call from +55 11 91234-5678",
        "Chamada perdida de +55 11 91234-5678",
    ),
    ("missed", {"peer_number": "+1"}, "Missed call from +1", "Chamada perdida de +1"),
    ("unanswered", {"contact": "Ana"}, "Ana did not answer", "Ana não atendeu"),
]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
async def test_every_event_has_a_sentence_in_the_language_of_home_assistant(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, language: str
) -> None:
    translation.async_setup(hass_ready)
    await hass_ready.config.async_update(language=language)
    await hass_ready.async_block_till_done()
    for kind, data, english, portuguese in SENTENCES:
        sentence = async_call_sentence(hass_ready, {"event_type": kind, **data})
        assert sentence == (english if language == "en" else portuguese)
