"""Which automation or script runs an action."""

from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import Context, Event, HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.trace import trace_id_get
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN

#: Entities of an automation and of the script in which it runs the action, empty if unknown.
type Origin = tuple[str, ...]

#: Home Assistant fires them when a run starts, in the context that its actions have.
_STARTS: Final = ("automation_triggered", "script_started")
_SCRIPT: Final = "script"
#: Runs that are kept.
MAX_RUNS: Final = 1000
#: In ``hass.data``, for the context of each of the newest runs: the entities that started in it.
_RUNS: Final[HassKey[dict[str, set[str]]]] = HassKey(f"{DOMAIN}_runs")


@callback
def async_record_runs(hass: HomeAssistant) -> None:
    """Record the automations and scripts that run from now on."""
    runs = hass.data.setdefault(_RUNS, {})

    @callback
    def record(event: Event[Any]) -> None:
        if isinstance(entity_id := event.data.get("entity_id"), str):
            runs.setdefault(event.context.id, set()).add(entity_id)
            if len(runs) > MAX_RUNS:
                del runs[next(iter(runs))]

    for event_type in _STARTS:
        hass.bus.async_listen(event_type, record)


@dataclass(frozen=True, slots=True)
class Run:
    """In which context an action is carried out, and the script of the trace it belongs to."""

    context_id: str
    script: str | None


@callback
def async_current_run(context: Context | None) -> Run | None:
    """Return in what the action is carried out that was called in a context."""
    if context is None:
        return None
    # An automation shares its context with all scripts that it runs, one after the other. Which
    # of them runs the action, the trace knows.
    domain, _, unique_id = (trace_id_get() or ("", ""))[0].partition(".")
    return Run(context.id, unique_id if domain == _SCRIPT else None)


@callback
def async_find_origin(hass: HomeAssistant, run: Run | None) -> Origin:
    """Return who runs an action, or ran it."""
    if run is None or not (started := hass.data.get(_RUNS, {}).get(run.context_id)):
        return ()
    script = run.script and er.async_get(hass).async_get_entity_id(_SCRIPT, _SCRIPT, run.script)
    return tuple(sorted(it for it in started if it == script or not it.startswith(_SCRIPT)))
