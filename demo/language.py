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
    #: What the terminal says at first.
    starting: str
    #: What it says when all is there: ``{home}`` and ``{phone}`` are addresses.
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
    starting="Starting Home Assistant and the simulator: half a minute…",
    opening="""
Open both, side by side:

  Home Assistant   {home}
  The telephone    {phone}   (click on it once, so that you hear it)

  1. On the dashboard, press Water in the cellar. Ana's telephone rings. Let it ring:
     after 12 seconds Bruno's does. Pick it up, answer, and listen.
  2. On the telephone, press Call. On the dashboard, answer, and hear your home say
     hello. Nobody there? After 15 seconds it answers by itself.
  3. On the telephone, press Say…, write a sentence, and hear your home say it.

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
    greeting="Olá, {name}. Aqui é a sua casa. Está tudo bem.",
    message="Atenção. Vazamento na lavanderia. Feche o registro.",
    stranger="visitante",
    told="{name} já sabe.",
    starting="Iniciando o Home Assistant e o simulador: meio minuto…",
    opening="""
Abra os dois, lado a lado:

  Home Assistant   {home}
  O celular        {phone}   (clique na página uma vez, para ouvir)

  1. No painel, toque em Vazamento. O celular da Ana toca. Deixe tocar: depois de
     12 segundos toca o do Bruno. Pegue, atenda e ouça.
  2. No celular, toque em Chamar. No painel, atenda e ouça a casa cumprimentar
     você. Ninguém por perto? Depois de 15 segundos ela atende sozinha.
  3. No celular, toque em Diga…, escreva uma frase e ouça a casa dizê-la.

Ctrl-C encerra a demonstração.
""",
)


def choose_language(environment: Mapping[str, str]) -> Language:
    """Return the language of the terminal: Portuguese if it is, else English."""
    names = (environment.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    is_portuguese = next(filter(None, names), "").lower().startswith("pt")
    return PORTUGUESE if is_portuguese else ENGLISH
