// One line for each request and each delivery that has passed.

import { timeOfDay, words } from "./words.js";

const KEPT = 200;

/** Ids at a length that leaves room for what matters. */
const short = (text) => text.replace(/(_[0-9a-f]{4})[0-9a-f]{8,}/g, "$1…");

export function add(list, passed) {
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 8;
  for (const item of passed) {
    const line = document.createElement("li");
    const isGood = item.status !== null && item.status < 400;
    line.className = `${item.kind}${isGood ? "" : " bad"}`;
    const arrow = item.kind === "request" ? "→" : "←";
    for (const [name, text] of [
      ["at", timeOfDay(item.at, "medium")],
      ["what", `${arrow} ${short(item.what)}`],
      ["status", `${item.status ?? words.noAnswer}`],
      ["took", `${item.milliseconds} ms`],
    ]) {
      const part = document.createElement("span");
      part.className = name;
      part.textContent = text;
      line.append(part);
    }
    list.append(line);
  }
  while (list.children.length > KEPT) list.firstChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}
