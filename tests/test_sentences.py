"""What happens to a call, in one sentence."""

from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.sentences import async_call_sentence
from homeassistant.core import HomeAssistant
from homeassistant.helpers import translation

ANA = "+5511987654321"

SENTENCES: list[tuple[str, dict[str, Any], str, str, str]] = [
    ("ringing", {"contact": "Ana"}, "Ana is calling", "Ana está chamando", "Ana está llamando"),
    (
        "ringing",
        {"peer_number": ANA},
        "+55 11 98765-4321 is calling",
        "+55 11 98765-4321 está chamando",
        "+55 11 98765-4321 está llamando",
    ),
    (
        "ringing",
        {},
        "An unknown number is calling",
        "Um número desconhecido está chamando",
        "Un número desconocido está llamando",
    ),
    ("dialing", {"contact": "Ana"}, "Calling Ana", "Chamando Ana", "Llamando a Ana"),
    (
        "connected",
        {"contact": "Ana"},
        "Call with Ana answered",
        "Chamada com Ana atendida",
        "Llamada con Ana contestada",
    ),
    (
        "ended",
        {"contact": "Ana", "duration": 42},
        "Call with Ana ended after 42 s",
        "Chamada com Ana encerrada após 42 s",
        "Llamada con Ana finalizada tras 42 s",
    ),
    (
        "ended",
        {"contact": "Ana", "duration": 3723},
        "Call with Ana ended after 1 h 2 min 3 s",
        "Chamada com Ana encerrada após 1 h 2 min 3 s",
        "Llamada con Ana finalizada tras 1 h 2 min 3 s",
    ),
    (
        "ended",
        {"duration": 60},
        "Call with an unknown number ended after 1 min",
        "Chamada com um número desconhecido encerrada após 1 min",
        "Llamada con un número desconocido finalizada tras 1 min",
    ),
    (
        "declined",
        {"contact": "Bruno", "direction": "inbound"},
        "Declined the call from Bruno",
        "Chamada de Bruno recusada",
        "Llamada de Bruno rechazada",
    ),
    (
        "declined",
        {"contact": "bruno", "direction": "outbound"},
        "bruno declined the call",
        "bruno recusou a chamada",
        "bruno rechazó la llamada",
    ),
    (
        "missed",
        {"peer_number": "+5511912345678"},
        "Missed call from +55 11 91234-5678",
        "Chamada perdida de +55 11 91234-5678",
        "Llamada perdida de +55 11 91234-5678",
    ),
    (
        "missed",
        {"peer_number": "+1"},
        "Missed call from +1",
        "Chamada perdida de +1",
        "Llamada perdida de +1",
    ),
    (
        "missed",
        {},
        "Missed call from an unknown number",
        "Chamada perdida de um número desconhecido",
        "Llamada perdida de un número desconocido",
    ),
    (
        "declined",
        {"direction": "outbound"},
        "An unknown number declined the call",
        "Um número desconhecido recusou a chamada",
        "Un número desconocido rechazó la llamada",
    ),
    ("unanswered", {"contact": "Ana"}, "Ana did not answer", "Ana não atendeu", "Ana no contestó"),
]


@pytest.mark.parametrize("language", ["en", "pt-BR", "es"])
async def test_every_event_has_a_sentence_in_the_language_of_home_assistant(
    hass_ready: HomeAssistant, polled_entry: MockConfigEntry, language: str
) -> None:
    translation.async_setup(hass_ready)
    await hass_ready.config.async_update(language=language)
    await hass_ready.async_block_till_done()
    for kind, data, english, portuguese, spanish in SENTENCES:
        sentence = async_call_sentence(hass_ready, {"event_type": kind, **data})
        assert sentence == {"en": english, "pt-BR": portuguese, "es": spanish}[language]
