"""What all entities of a number have in common."""

from pytest_homeassistant_custom_component.common import MockConfigEntry

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

KEYS = {
    *("last_call_status", "last_playback", "last_call_duration", "last_call_time"),
    *("line", "connected", "call", "call_audio", "answer", "reject", "hang_up"),
}


async def test_unique_ids_derive_from_the_entry_and_not_from_its_key(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass_ready), entry.entry_id)
    assert {entity.unique_id for entity in entities} == {f"{entry.entry_id}_{key}" for key in KEYS}
    for entity in entities:
        assert entity.translation_key == entity.unique_id.removeprefix(f"{entry.entry_id}_")
        assert entity.has_entity_name


async def test_all_entities_belong_to_one_device_that_is_a_service(
    hass_ready: HomeAssistant, entry: MockConfigEntry
) -> None:
    (device,) = dr.async_entries_for_config_entry(dr.async_get(hass_ready), entry.entry_id)
    assert device.identifiers == {("pilotstatus", entry.entry_id)}
    assert (device.name, device.manufacturer) == (entry.title, "Pilot Status")
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    entities = er.async_entries_for_config_entry(er.async_get(hass_ready), entry.entry_id)
    assert {entity.device_id for entity in entities} == {device.id}
