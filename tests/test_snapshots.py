"""Snapshots of every entity, the diagnostics, and what get_calls returns."""

import json
from pathlib import Path
import re
from typing import Any

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from custom_components.pilotstatus.diagnostics import async_get_config_entry_diagnostics
from homeassistant.core import HomeAssistant
from homeassistant.helpers.json import JSONEncoder
from simulator.client import Phone

from .audio import make_audio
from .common import PLAYBACK, act, be_told, local, poll, settled_call, state_of, until

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(Z|[+-]\d\d:\d\d)")
#: What differs from run to run or from one Home Assistant to the next.
_MASKS = (
    (re.compile(r"call_[0-9a-f]{20}"), "<call>"),
    (re.compile(r"\b[0-9A-F]{32}\b"), "<provider's call>"),
    (re.compile(r"http://127\.0\.0\.1:\d+"), "<simulator>"),
    (_INSTANT, "<instant>"),
    (re.compile(r'"duration": \d+'), '"duration": "<seconds>"'),
)


def masked(value: Any) -> Any:
    """Return a value as JSON, without what differs from run to run."""
    text = json.dumps(value, cls=JSONEncoder, sort_keys=True)
    for pattern, mask in _MASKS:
        text = pattern.sub(mask, text)
    return json.loads(text)


@pytest.fixture
def snapshot(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Return snapshots that are stored as JSON."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.fixture
async def story(
    hass_ready: HomeAssistant, media_entry: MockConfigEntry, phone: Phone, tmp_path: Path
) -> MockConfigEntry:
    """Set up a number with a missed call, an answered one, and one that rings; return its entry."""
    missed = await phone.ring("+5511911112222")
    await be_told(media_entry, missed, "call.ringing")
    await phone.act(missed, "hang_up")
    await be_told(media_entry, missed, "call.missed")
    answered = await settled_call(hass_ready, media_entry, phone)
    file = make_audio(tmp_path, "wav", 0.1)
    await act(hass_ready, "play_audio", call_id=answered, media=local(file.name))
    assert await until(lambda: state_of(hass_ready, PLAYBACK).state == "played")
    await act(hass_ready, "hang_up", call_id=answered)
    await be_told(media_entry, answered, "call.ended")
    await be_told(media_entry, await phone.ring("+5511933334444"), "call.ringing")
    await poll(media_entry)
    await hass_ready.async_block_till_done(wait_background_tasks=True)
    return media_entry


async def test_every_entity(
    hass_ready: HomeAssistant, story: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    ours = [state for state in hass_ready.states.async_all() if "casa" in state.entity_id]
    shown = {
        state.entity_id: {"state": state.state, "attributes": dict(state.attributes)}
        for state in sorted(ours, key=lambda state: state.entity_id)
    }
    assert masked(shown) == snapshot


async def test_the_diagnostics(
    hass_ready: HomeAssistant, story: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    found = await async_get_config_entry_diagnostics(hass_ready, story)
    # Its order and its figures differ; it has tests of its own.
    observed = found["observed"]
    assert len(observed.pop("timeline")) > len(observed["statuses"])
    observed["headers"] = {kind: sorted(seen) for kind, seen in observed["headers"].items()}
    found["webhook"]["log"] = bool(found["webhook"]["log"])
    assert masked(found) == snapshot


async def test_what_get_calls_returns(
    hass_ready: HomeAssistant, story: MockConfigEntry, snapshot: SnapshotAssertion
) -> None:
    assert masked(await act(hass_ready, "get_calls")) == snapshot
