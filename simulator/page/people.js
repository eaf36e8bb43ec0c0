// Whose telephone it is: a tab for each person, which says whose rings.

import { liveCallOf, screenOf } from "./calls.js";
import { words } from "./words.js";

/** Those who are known, and one whom nobody knows. */
export function everybody({ people, stranger }) {
  const known = people.map((person) => ({ ...person, isStranger: false }));
  if (known.some((person) => person.number === stranger)) return known;
  const unknown = { number: stranger, peerNumber: stranger.slice(1), name: null, does: "ignore", isStranger: true };
  return [...known, unknown];
}

export const nameOf = (person) => person.name ?? words.stranger;

function tab(person, onChoose) {
  const button = document.createElement("button");
  button.type = "button";
  button.role = "tab";
  button.id = `tab-${person.number.slice(1)}`;
  button.setAttribute("aria-controls", "phone");
  button.dataset.number = person.number;
  const initial = document.createElement("span");
  initial.className = "initial";
  initial.ariaHidden = "true";
  const name = document.createElement("span");
  name.className = "name";
  const is = document.createElement("span");
  is.className = "is";
  button.append(initial, name, is);
  button.onclick = () => onChoose(person.number);
  return button;
}

/** Show the tabs, each with what its telephone is doing. */
export function show(list, people, chosen, calls, onChoose) {
  const tabs = new Map([...list.children].map((item) => [item.dataset.number, item]));
  for (const person of people) {
    if (!tabs.has(person.number)) list.append(tab(person, onChoose));
    const button = list.querySelector(`[data-number="${person.number}"]`);
    tabs.delete(person.number);
    const screen = screenOf(liveCallOf(person, calls));
    const is = { "incoming-call": words.is.rings, "outgoing-call": words.is.calls, "in-call": words.is.inCall }[screen] ?? "";
    const name = nameOf(person);
    button.querySelector(".initial").textContent = person.isStranger ? "?" : name[0];
    button.querySelector(".name").textContent = name;
    button.querySelector(".is").textContent = is;
    button.dataset.screen = screen;
    button.ariaSelected = String(person.number === chosen);
    button.tabIndex = person.number === chosen ? 0 : -1;
  }
  const hadFocus = [...tabs.values()].includes(document.activeElement);
  for (const gone of tabs.values()) gone.remove();
  if (hadFocus) list.querySelector(`[data-number="${chosen}"]`).focus();
}

/** Arrow keys go from tab to tab and around, Home and End to the first and to the last. */
export function useKeys(list, onChoose) {
  list.addEventListener("keydown", (event) => {
    const tabs = [...list.children];
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs.at(to % tabs.length);
    next.focus();
    onChoose(next.dataset.number);
  });
}
