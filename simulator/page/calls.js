// What a call means for the person whose telephone it is.

import { duration, words } from "./words.js";

/** Milliseconds for which what was said can still be read. */
const READ_ON = 4000;

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

/** How a call that is over went, in a few words. */
export function outcomeOf(call) {
  if (call.durationSeconds !== null) return words.ended(duration(call.durationSeconds));
  const isMine = call.direction === "INBOUND";
  if (call.status === "REJECTED") return isMine ? words.homeDeclined : words.youDeclined;
  return isMine ? words.homeMissed : words.youMissed;
}

/** What is said or played now, as `text`, or was a moment ago; `null` while nothing is. */
export function captionOf(call, now) {
  let waits = null;
  for (const play of call.plays) {
    if (play.error) waits = { text: words.notHeard(play.error), isNow: true };
    else if (!play.startsAt) waits = { text: words.soon, isNow: false };
    else {
      const starts = Date.parse(play.startsAt);
      const ends = starts + play.seconds * 1000;
      const text = play.title ?? words.plays(nameOf(play.mediaUrl));
      if (now >= starts && now < ends) return { text, isNow: true };
      if (now >= ends && now < ends + READ_ON) waits = { text, isNow: false };
    }
  }
  return waits;
}

/** The file's name, unless it is an address that says nothing. */
function nameOf(mediaUrl) {
  const name = decodeURIComponent(new URL(mediaUrl).pathname.split("/").pop());
  return /^[\w -]{1,30}\.\w{3,4}$/.test(name) && !/[0-9a-f]{16}/i.test(name) ? name : words.audio;
}
