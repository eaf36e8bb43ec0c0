"""The rules of hassfest for the texts of a custom integration, and a few of ours."""

import re
from string import Formatter
from typing import Any, Final

import voluptuous as vol

from homeassistant.const import Platform
from homeassistant.helpers import config_validation as cv

from .hassfest_rules import each_of, slug

_URL: Final = re.compile(
    r"((ftps?|scp|https?|mqtts?|sockets?|socks5)://|www\.)\w+([-.]\w+)*\.[a-z]{2,5}",
    re.IGNORECASE,
)


def text(value: Any) -> str:
    """Return a text that may be shown, or raise Invalid."""
    if not isinstance(value, str):
        raise vol.Invalid("not a text")
    words: str = cv.string_with_no_html(value)
    if words != words.strip() or not words:
        raise vol.Invalid("a text begins or ends with space, or is empty")
    if _URL.search(words):
        raise vol.Invalid("an address is a placeholder's")
    if re.search(r"'\{\w+\}'|\[%", words):
        raise vol.Invalid("a placeholder in single quotes, or a reference")
    try:
        fields = {field for _, field, _, _ in Formatter().parse(words) if field is not None}
    except ValueError as err:
        raise vol.Invalid("a brace has no counterpart") from err
    if not all(field.isidentifier() for field in fields):
        raise vol.Invalid("a placeholder is not an identifier")
    return words


def title(value: Any) -> str:
    """Return the name of something, which is no sentence."""
    if (words := text(value)).endswith((".", "!", ":")):
        raise vol.Invalid("a name ends like a sentence")
    return words


def plain(value: Any) -> str:
    """Return a name that nothing is filled into."""
    if "{" in (words := title(value)):
        raise vol.Invalid("nothing is filled in here")
    return words


def _described(value: dict[str, Any]) -> dict[str, Any]:
    for step in value["step"].values():
        for part in (step, *step.get("sections", {}).values()):
            if part.get("data", {}).keys() != part.get("data_description", {}).keys():
                raise vol.Invalid("a field has no description, or a description no field")
    return value


_DATA: Final = {vol.Optional("data"): {slug: plain}, vol.Optional("data_description"): {slug: text}}
_FLOW: Final = {
    vol.Required("step"): {
        slug: {
            vol.Optional("title"): title,
            vol.Optional("description"): text,
            vol.Optional("menu_options"): {slug: plain},
            vol.Optional("menu_option_descriptions"): {slug: text},
            vol.Optional("submit"): plain,
            vol.Optional("sections"): {
                slug: {vol.Required("name"): plain, vol.Optional("description"): text, **_DATA}
            },
            **_DATA,
        }
    },
    **{vol.Optional(it): {slug: text} for it in ("error", "abort", "progress", "create_entry")},
}
_SUBENTRY_FLOW: Final = {
    **_FLOW,
    vol.Required("entry_type"): plain,
    vol.Required("initiate_flow"): {
        vol.Required("user"): plain,
        vol.Optional("reconfigure"): plain,
    },
}
_DESCRIBED: Final = each_of({"name": plain, "description": text})
_OFFERED: Final = {slug: {**_DESCRIBED, vol.Optional("fields"): {slug: _DESCRIBED}}}
_STATES: Final = {vol.Optional("name"): plain, vol.Optional("state"): {slug: plain}}
_ENTITY: Final = {**_STATES, vol.Optional("state_attributes"): {slug: _STATES}}
_CATEGORIES: Final = {
    "config": vol.All(_FLOW, _described),
    "config_subentries": {slug: vol.All(_SUBENTRY_FLOW, _described)},
    "options": vol.All(_FLOW, _described),
    "selector": {slug: each_of({"options": {slug: plain}})},
    "entity": {vol.In(list(Platform)): {slug: _ENTITY}},
    "exceptions": {slug: each_of({"message": text})},
    "issues": {
        slug: vol.Any(
            each_of({"title": title, "description": text}),
            each_of({"title": title, "fix_flow": vol.All(_FLOW, _described)}),
        )
    },
    "services": _OFFERED,
    "triggers": _OFFERED,
    "conditions": _OFFERED,
    "system_health": each_of({"info": {slug: plain}}),
    "common": {slug: text},
}
TRANSLATIONS: Final = vol.Schema(each_of(_CATEGORIES))
