// What a call means for the person whose telephone it is.

import { words } from "./words.js";

export const LIVE = ["INITIATED", "RINGING", "ACCEPTED"];

/** The person's calls, newest first. */
export const callsOf = (person, calls) => calls.filter((call) => isOf(person, call));

function isOf(person, call) {
  if (call.peerNumber === null) return person.isStranger;
  return call.peerNumber === person.peerNumber || `+${call.peerNumber}` === person.number;
}

export const liveCallOf = (person, calls) =>
  callsOf(person, calls).find((call) => LIVE.includes(call.status)) ?? null;

/** Which screen shows a call: incoming-call, outgoing-call, in-call; without a call: home. */
export function screenOf(call) {
  if (!call) return "home";
  if (call.status === "ACCEPTED") return "in-call";
  if (call.direction === "INBOUND") return "outgoing-call";
  return call.status === "RINGING" ? "incoming-call" : "home";
}

/** What is said or played now, as text; `null` while nothing is. */
export function captionOf(call, now) {
  let waits = null;
  for (const play of call.plays) {
    if (play.error) waits = words.notHeard(play.error);
    else if (!play.startsAt) waits ??= words.soon;
    else {
      const starts = Date.parse(play.startsAt);
      if (now >= starts && now < starts + play.seconds * 1000) return play.title ?? words.plays(nameOf(play.mediaUrl));
    }
  }
  return waits;
}

/** The file's name, unless it is an address that says nothing. */
function nameOf(mediaUrl) {
  const name = decodeURIComponent(new URL(mediaUrl).pathname.split("/").pop());
  return /^[\w -]{1,30}\.\w{3,4}$/.test(name) && !/[0-9a-f]{16}/i.test(name) ? name : words.audio;
}
