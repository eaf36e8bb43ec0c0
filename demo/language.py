"""The language of the demo, and what is said in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What differs by language: entity ids come from the names that entities have in it."""

    code: str
    #: The name of the dashboard.
    title: str
    line: str
    call: str
    status: str
    playback: str
    player: str
    #: Said to whoever calls, and whom it is said to: ``{name}``.
    greeting: str
    #: The message of an emergency.
    message: str
    stranger: str
    #: Shown by the water's automation when somebody answered: ``{name}``.
    told: str
    #: What the terminal says: ``{home}`` and ``{phone}`` are addresses.
    opening: str


ENGLISH: Final = Language(
    code="en",
    title="Calls",
    line="sensor.casa_line",
    call="event.casa_call",
    status="sensor.casa_last_call_status",
    playback="sensor.casa_last_playback",
    player="media_player.casa_call_audio",
    greeting="Hello, {name}. This is your home. All is well.",
    message="Attention. There is water in the cellar. Close the valve.",
    stranger="stranger",
    told="{name} was told.",
    opening="""
Open both, side by side:

  Home Assistant   {home}
  The telephone    {phone}

  1. On the telephone, press Call. On the dashboard, answer: you have 15 seconds
     until the home answers by itself, and says hello.
  2. On the dashboard, press Water in the cellar. Ana's telephone rings. Answer and
     listen, or let it ring: Bruno is next.
  3. On the telephone, press Say… and have your home say it to you.

Ctrl-C ends the demo.
""",
)

PORTUGUESE: Final = Language(
    code="pt-BR",
    title="Chamadas",
    line="sensor.casa_linha",
    call="event.casa_chamada",
    status="sensor.casa_status_da_ultima_chamada",
    playback="sensor.casa_ultima_reproducao",
    player="media_player.casa_audio_da_chamada",
    greeting="Olá, {name}. Aqui é a casa. Está tudo bem.",
    message="Atenção. Vazamento na lavanderia. Feche o registro.",
    stranger="desconhecido",
    told="{name} já sabe.",
    opening="""
Abra os dois, lado a lado:

  Home Assistant   {home}
  O telefone       {phone}

  1. No telefone, toque em Chamar. No painel, atenda: você tem 15 segundos até que a
     casa atenda sozinha e diga olá.
  2. No painel, toque em Vazamento. O telefone da Ana toca. Atenda e ouça, ou deixe
     tocar: o Bruno é o próximo.
  3. No telefone, toque em Diga… e a casa dirá isso a você.

Ctrl-C encerra a demonstração.
""",
)


def choose_language(environment: Mapping[str, str]) -> Language:
    """Return the language of the terminal: Portuguese if it is, else English."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    is_portuguese = next(filter(None, names), "").lower().startswith("pt")
    return PORTUGUESE if is_portuguese else ENGLISH
