"""Set the engine up without a question."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult


class EspeakConfigFlow(ConfigFlow, domain="espeak"):
    """There is nothing to ask."""

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Create the entry at once."""
        return self.async_create_entry(title="eSpeak NG", data={})
