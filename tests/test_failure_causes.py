"""Every cause of a failed action, from the server's answer to all that shows it."""

from contextlib import suppress
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.pilotstatus.const import DOMAIN
from homeassistant.config_entries import SOURCE_REAUTH
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from simulator.client import Phone
from simulator.numbers import DEMO_KEY

from .common import ANA, CARLA, MEDIA, PLAYER, Notifications, act, number, play, poll, state_of
from .engine import Engine

#: Fault, translation key, whether the caller can correct it, words of the notification in
#: English and in Portuguese.
TABLE: list[tuple[dict[str, Any], str, bool, str, str]] = [
    ({"status": 401}, "invalid_auth", False, "refused the API key", "recusou a chave"),
    (
        {"status": 403, "code": "TENANT_SCOPE_NOT_ALLOWED"},
        "tenant_key",
        False,
        "whole account",
        "conta inteira",
    ),
    ({"status": 403, "error": "No, no"}, "forbidden", False, "No, no", "não tem permissão"),
    (
        {"status": 400, "code": "FEATURE_NOT_SUPPORTED"},
        "not_supported",
        True,
        "QR code",
        "não consegue fazer isso",
    ),
    ({"status": 400, "error": "Odd"}, "rejected", True, "request: “Odd”", "pedido: “Odd”"),
    ({"status": 402}, "payment_required", False, "plan or balance", "plano ou saldo"),
    ({"status": 404}, "call_not_found", True, "no such call", "não conhece essa chamada"),
    (
        {"status": 409, "code": "WHATSAPP_INSTANCE_NOT_CONNECTED"},
        "not_connected",
        False,
        "not connected to WhatsApp",
        "não está conectado ao WhatsApp",
    ),
    ({"status": 409, "error": "Over"}, "conflict", False, "“Over”", "não permite isso: “Over”"),
    (
        {"status": 429, "headers": {"Retry-After": "60"}},
        "rate_limited",
        False,
        "a pause of 60 seconds",
        "uma pausa de 60 segundos",
    ),
    ({"status": 503}, "server_error", False, "HTTP 503", "HTTP 503"),
    (
        {"drop": "after"},
        "outcome_unknown",
        False,
        "may have been played",
        "pode ter sido reproduzido",
    ),
    ({"body": "malformed"}, "invalid_response", False, "cannot be read", "não pode ser lido"),
]


@pytest.mark.parametrize("language", ["en", "pt-BR"])
@pytest.mark.parametrize(
    ("fault", "key", "correctable", "english", "portuguese"), TABLE, ids=[row[1] for row in TABLE]
)
async def test_each_cause(  # noqa: PLR0913, PLR0917 - the table has that many columns
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    fault: dict[str, Any],
    key: str,
    correctable: bool,  # noqa: FBT001
    english: str,
    portuguese: str,
    language: str,
) -> None:
    hass_ready.config.language = language
    call_id = await phone.ring()
    await phone.fault("calls.play", **fault)
    with pytest.raises(HomeAssistantError) as caught:
        await play(hass_ready, call_id)
    assert isinstance(caught.value, ServiceValidationError) is correctable
    assert caught.value.translation_key == key
    assert english in str(caught.value)
    told = notifications[f"pilotstatus_{entry.entry_id}_play_audio"]
    words = {"en": english, "pt-BR": portuguese}[language]
    assert words in told["message"].replace("\\", "")
    assert "Casa" in told["message"].replace("\\", "")
    assert call_id in told["message"].replace("\\", "")
    assert (
        told["title"]
        == {
            "en": "Pilot Status: problem playing audio",
            "pt-BR": "Pilot Status: problema ao reproduzir áudio",
        }[language]
    )
    state = state_of(hass_ready, "sensor.casa_last_playback")
    assert (state.state, state.attributes["error"]) == ("failed", key)
    await hass_ready.async_block_till_done()
    flows = hass_ready.config_entries.flow.async_progress_by_handler(DOMAIN)
    reauths = [flow for flow in flows if flow["context"]["source"] == SOURCE_REAUTH]
    assert len(reauths) == (1 if key in ("invalid_auth", "tenant_key") else 0)
    assert len(await phone.requests("calls.play")) == 1


@pytest.mark.parametrize(
    ("action", "data", "person"),
    [
        ("pilotstatus.play_audio", {"media_url": MEDIA}, "Ana"),
        ("pilotstatus.play_audio", {"media_url": "no.mp3"}, "Ana"),
        ("pilotstatus.answer_call", {}, "Ana"),
        ("pilotstatus.reject_call", {}, "Ana"),
        ("pilotstatus.hang_up", {}, "Ana"),
        ("button.press", {"entity_id": "button.casa_hang_up"}, "Ana"),
        ("media_player.turn_off", {"entity_id": PLAYER}, "Ana"),
        ("pilotstatus.place_call", {"to": "Bruno"}, "Bruno"),
        ("pilotstatus.place_call", {"to": CARLA}, "…0003"),
        ("pilotstatus.place_call", {"to": CARLA, "contact": "notify.ana"}, "Ana, …0003"),
        ("pilotstatus.place_call", {"to": "Bruno", "media_url": "no.mp3"}, "Bruno"),
        ("pilotstatus.announce", {"to": ["Bruno", "Ana"], "message": "Olá"}, "Bruno"),
        ("pilotstatus.announce", {"to": ["Bruno", CARLA], "media_url": "no.mp3"}, "Bruno, …0003"),
        ("pilotstatus.announce", {"to": ["Bruno", CARLA]}, "Bruno, …0003"),
        ("notify.send_message", {"entity_id": "notify.bruno", "message": "Olá"}, "Bruno"),
    ],
)
async def test_whom_it_called_is_named(
    hass_ready: HomeAssistant,
    peopled_entry: MockConfigEntry,
    spoken: Engine,
    phone: Phone,
    notifications: Notifications,
    action: str,
    data: dict[str, Any],
    person: str,
) -> None:
    number(peopled_entry).announcer.line_wait = 0
    await phone.ring(ANA)
    await poll(peopled_entry)
    for endpoint in ("accept", "play", "reject", "start", "terminate"):
        await phone.fault(f"calls.{endpoint}", status=403, times=9)
    domain, _, service = action.partition(".")
    with suppress(HomeAssistantError):
        await hass_ready.services.async_call(domain, service, data, blocking=True)
    (left,) = notifications.values()
    assert f"- Person: {person}\n" in f"{left['message']}\n"


async def test_whom_a_number_that_is_not_ready_was_to_call_is_named(
    hass_ready: HomeAssistant, peopled_entry: MockConfigEntry, notifications: Notifications
) -> None:
    await hass_ready.config_entries.async_unload(peopled_entry.entry_id)
    with pytest.raises(ServiceValidationError):
        await act(hass_ready, "place_call", to="Bruno")
    (left,) = notifications.values()
    assert left["message"].endswith("- Person: Bruno")


async def test_the_key_is_nowhere(
    hass_ready: HomeAssistant,
    entry: MockConfigEntry,
    phone: Phone,
    notifications: Notifications,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    words = f"key {DEMO_KEY} of +5511987654321"
    await phone.fault("calls.list", times=3, status=500, error=words)
    await poll(entry)
    # After a 429 nothing is sent for a while.
    for fault, *_ in sorted(TABLE, key=lambda row: row[1] == "rate_limited"):
        await phone.fault("calls.play", **{"error": words, **fault})
        with pytest.raises(HomeAssistantError) as caught:
            await play(hass_ready, "call_1", "http://127.0.0.1:1/a.mp3?token=signed_secret")
        chain: BaseException | None = caught.value
        while chain is not None:
            assert DEMO_KEY not in repr(chain) + str(chain)
            chain = chain.__cause__ or chain.__context__
    await hass_ready.async_block_till_done()
    shown = caplog.text + str(hass_ready.states.async_all()) + str(notifications)
    for secret in (DEMO_KEY, "signed_secret", "5511987654321"):
        assert secret not in shown
