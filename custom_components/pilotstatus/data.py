"""What is set up for one number, built once."""

from dataclasses import dataclass

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback

from .announcer import Announcer
from .api import PilotStatusClient
from .call_control import CallControl
from .client import make_client
from .contacts import Contacts
from .coordinator import PilotStatusCoordinator
from .failures import FailureReporter
from .media.prepare import MediaContext
from .media.store import MediaStore
from .network import is_private_host
from .observed import Observed
from .player import Player
from .registration import Registration


@dataclass(frozen=True, slots=True, kw_only=True)
class PilotStatusData:
    """The parts of one number, each the owner of one subject.

    ``is_private_server`` is whether Pilot Status is itself on this network.
    """

    announcer: Announcer
    client: PilotStatusClient
    contacts: Contacts
    coordinator: PilotStatusCoordinator
    failures: FailureReporter
    call_control: CallControl
    media: MediaContext
    observed: Observed
    player: Player
    registration: Registration
    is_private_server: bool


type PilotStatusConfigEntry = ConfigEntry[PilotStatusData]


@callback
def async_build_data(hass: HomeAssistant, entry: ConfigEntry) -> PilotStatusData:
    """Build the parts of one number; nothing is sent yet."""
    client = make_client(hass, entry.data)
    coordinator = PilotStatusCoordinator(hass, entry, client)
    contacts = Contacts(entry)

    def peer_of(call_id: str) -> str | None:
        call = coordinator.calls.find(call_id)
        return None if call is None else contacts.shown(call.peer_number)

    observed = Observed(client.now)
    coordinator.async_add_change_listener(observed.record_change)
    failures = FailureReporter(hass, entry, peer_of)
    is_private_server = is_private_host(client.host)
    media = MediaContext(
        hass=hass,
        entry=entry,
        store=MediaStore(coordinator.calls.is_over, on_fetch=observed.record_fetch),
        is_private_server=is_private_server,
    )
    call_control = CallControl(client, contacts, coordinator, failures)
    player = Player(client, coordinator, failures, media)
    return PilotStatusData(
        announcer=Announcer(hass, entry, coordinator, call_control, media, player, client.now),
        client=client,
        contacts=contacts,
        coordinator=coordinator,
        failures=failures,
        call_control=call_control,
        media=media,
        observed=observed,
        player=player,
        registration=Registration(
            hass,
            entry,
            client.in_background(),
            coordinator,
            is_private_server=is_private_server,
        ),
        is_private_server=is_private_server,
    )
