"""Names that more than one module uses."""

from typing import Final

DOMAIN: Final = "pilotstatus"

CONF_ADVANCED: Final = "advanced"
CONF_BASE_URL: Final = "base_url"
CONF_KEY_TYPE: Final = "key_type"
CONF_NOTIFY_ON_ERROR: Final = "notify_on_error"

# Home Assistant has it only in newer versions.
ATTR_CONFIG_ENTRY_ID: Final = "config_entry_id"
ATTR_CALL_ID: Final = "call_id"
ATTR_MEDIA_URL: Final = "media_url"

SERVICE_PLAY_AUDIO: Final = "play_audio"
