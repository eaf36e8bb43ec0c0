// The list of calls that are over, newest first. A line stays where the eye and the focus are.

import { callsOf, LIVE, outcomeOf } from "./calls.js";
import { timeOfDay, words } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  return svg;
}

function line(call) {
  const item = document.createElement("li");
  item.dataset.call = call.id;
  const isMine = call.direction === "INBOUND";
  const text = document.createElement("div");
  const who = document.createElement("strong");
  who.textContent = isMine ? words.you : words.home;
  const how = document.createElement("span");
  how.className = "soft";
  how.textContent = `${timeOfDay(call.createdAt)} · ${outcomeOf(call)}`;
  text.append(who, how);
  item.append(icon(isMine ? "outgoing" : "incoming"), text);
  item.classList.toggle("bad", call.durationSeconds === null);
  if (call.plays.some((play) => play.startsAt)) {
    const audio = document.createElement("audio");
    audio.controls = true;
    audio.preload = "metadata";
    audio.src = `/phone/calls/${call.id}/heard.wav`;
    audio.ariaLabel = words.listen;
    item.append(audio);
  }
  return item;
}

export function show(list, person, calls) {
  const over = callsOf(person, calls).filter((call) => !LIVE.includes(call.status));
  const ids = new Set(over.map((call) => call.id));
  for (const item of [...list.children]) if (!ids.has(item.dataset.call)) item.remove();
  const known = new Set([...list.children].map((item) => item.dataset.call));
  // They come newest first: new ones go above those that are there.
  const before = list.firstElementChild;
  for (const call of over) if (!known.has(call.id)) list.insertBefore(line(call), before);
}
