"""Names that more than one module uses."""

from typing import Final

from homeassistant.util.hass_dict import HassKey

DOMAIN: Final = "pilotstatus"
#: In ``hass.data``, for the id of each call that is known: the entries whose numbers know it.
CALL_OWNERS: Final[HassKey[dict[str, set[str]]]] = HassKey(f"{DOMAIN}_call_owners")

CONF_ADVANCED: Final = "advanced"
CONF_BASE_URL: Final = "base_url"
CONF_KEY_TYPE: Final = "key_type"
CONF_NOTIFY_ON_ERROR: Final = "notify_on_error"
CONF_CLOUDHOOK_URL: Final = "cloudhook_url"
CONF_PHONE: Final = "phone"
CONF_TTS_ENGINE: Final = "tts_engine"
CONF_TTS_LANGUAGE: Final = "tts_language"
CONF_WEBHOOK_SECRET: Final = "webhook_secret"  # noqa: S105 - the name of an option

#: The kind of subentry that a person with a telephone is.
SUBENTRY_CONTACT: Final = "contact"

# Home Assistant has it only in newer versions.
ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
ATTR_CALL_ID: Final = "call_id"
ATTR_MEDIA_URL: Final = "media_url"

#: On the event bus, with each event of the event entity.
EVENT_CALL: Final = f"{DOMAIN}_call"

SERVICE_ANNOUNCE: Final = "announce"
SERVICE_ANSWER_CALL: Final = "answer_call"
SERVICE_CHECK: Final = "check"
SERVICE_GET_CALLS: Final = "get_calls"
SERVICE_HANG_UP: Final = "hang_up"
SERVICE_PLACE_CALL: Final = "place_call"
SERVICE_PLAY_AUDIO: Final = "play_audio"
SERVICE_REJECT_CALL: Final = "reject_call"
ACTIONS: Final = (
    SERVICE_ANNOUNCE,
    SERVICE_ANSWER_CALL,
    SERVICE_CHECK,
    SERVICE_GET_CALLS,
    SERVICE_HANG_UP,
    SERVICE_PLACE_CALL,
    SERVICE_PLAY_AUDIO,
    SERVICE_REJECT_CALL,
)
