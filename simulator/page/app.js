// The telephone: shows what the simulator pushes, and sends what is pressed.

import { callsOf, captionOf, liveCallOf, LIVE, outcomeOf, screenOf } from "./calls.js";
import * as people from "./people.js";
import { draw } from "./picture.js";
import * as recent from "./recent.js";
import * as server from "./server.js";
import * as sound from "./sound.js";
import * as traffic from "./traffic.js";
import { duration, translate, readable, words } from "./words.js";

const byId = (id) => document.getElementById(id);
const SCREENS = ["home", "incoming-call", "outgoing-call", "in-call"];
/** What the focus goes to when its screen gives way to another. */
const FIRST = { home: "#call-home", "incoming-call": "#answer", "outgoing-call": ".hang-up", "in-call": ".hang-up" };
/** Milliseconds for which an outcome or a failure is shown. */
const SAID_FOR = 8000;
/** Milliseconds in which the home calls who asks for it. */
const PATIENCE = 3000;

let view = { calls: [], people: [], numbers: [], stranger: "+0", speaks: false };
let chosen = decodeURIComponent(location.hash.slice(1));
let person = null;
let call = null;
let listening = null;
let asked = 0;
const hideTimers = {};

translate();

function show() {
  const all = people.everybody(view);
  person = all.find((it) => it.number === chosen) ?? all[0];
  people.show(byId("people"), all, person.number, view.calls, choose);
  byId("phone").setAttribute("aria-labelledby", `tab-${person.number.slice(1)}`);
  const before = call;
  call = liveCallOf(person, view.calls);
  const home = view.numbers.find((number) => number.id === call?.numberId) ?? view.numbers[0];
  for (const element of document.querySelectorAll(".home-name")) element.textContent = home.name;
  document.querySelector(".home-number").textContent = readable(home.phone);
  showScreen(screenOf(call));
  if (before && before.id !== call?.id) showOutcome(before.id);
  recent.show(byId("recent"), person, view.calls);
  byId("none").hidden = byId("recent").children.length > 0;
  byId("say").hidden = byId("say-more").hidden = !view.speaks;
  byId("does").value = person.does;
  byId("does").closest("label").hidden = person.isStranger;
  byId("rings").textContent = call?.peerNumber === null ? words.ringsWithheld : words.rings;
  showRinging(all);
  follow();
  tick();
}

function showScreen(screen) {
  const hadFocus = byId("phone").contains(document.activeElement);
  const isTyping = document.activeElement.matches("input:not([type=checkbox])");
  const old = SCREENS.find((id) => !byId(id).hidden);
  if (old === screen) return;
  for (const id of SCREENS) byId(id).hidden = id !== screen;
  // The next key of somebody who is typing must not answer a call.
  const next = isTyping ? "h2" : FIRST[screen];
  if (hadFocus) byId(screen).querySelector(next).focus();
  fold(byId("say-more"), false);
  fold(byId("open-keys"), false);
  byId("news").textContent = screen === "incoming-call" ? words.ringsNow(document.querySelector(".home-name").textContent) : "";
}

/** Any telephone that rings is heard and told of, since all of them lie on this table. */
function showRinging(all) {
  const rings = (it) => screenOf(liveCallOf(it, view.calls)) === "incoming-call";
  const ringing = rings(person) ? person : all.find(rings);
  sound.ring(ringing ? "incoming" : screenOf(call) === "outgoing-call" ? "outgoing" : null);
  const name = people.nameOf(ringing ?? person);
  document.title = ringing ? words.ringsAt(name) : `${name} · ${words.title}`;
  const elsewhere = byId("elsewhere");
  const hadFocus = elsewhere === document.activeElement;
  elsewhere.hidden = !ringing || ringing === person;
  if (hadFocus && elsewhere.hidden) byId("people").querySelector("[aria-selected=true]").focus();
  elsewhere.textContent = words.ringsElsewhere(name);
  elsewhere.onclick = () => { choose(ringing.number); byId("answer").focus(); };
}

/** Hear the call that is shown, and draw what is heard. */
function follow() {
  const wanted = screenOf(call) === "in-call" ? call.id : null;
  if (listening?.id === wanted) return;
  listening?.controller.abort();
  listening = null;
  if (!wanted) return;
  const controller = new AbortController();
  listening = { id: wanted, controller };
  const onBar = draw(byId("picture"), controller.signal);
  sound.listen(call, onBar, controller.signal).catch((error) => {
    if (error.name !== "AbortError") fail(error);
  });
}

function showOutcome(id) {
  const over = callsOf(person, view.calls).find((it) => it.id === id);
  if (!over || LIVE.includes(over.status)) return;
  const text = outcomeOf(over);
  say("outcome", text);
  byId("news").textContent = text;
}

function say(id, text) {
  const element = byId(id);
  element.textContent = text;
  element.hidden = false;
  clearTimeout(hideTimers[id]);
  hideTimers[id] = setTimeout(() => { element.hidden = true; }, SAID_FOR);
}

const fail = (error) => say("failure", `${words.failed}: ${error.message}`);

/** What changes by itself while a call goes on: the time, and what is said. */
function tick() {
  if (screenOf(call) !== "in-call") return;
  byId("time").textContent = duration(Math.max(0, (Date.now() - Date.parse(call.connectedAt)) / 1000));
  const caption = captionOf(call, Date.now());
  const text = caption?.text ?? (view.speaks ? words.quietSay : words.quiet);
  byId("caption").classList.toggle("soft", !caption?.isNow);
  // Read aloud again only if it is another one.
  if (byId("caption").textContent !== text) byId("caption").textContent = text;
}

function showSound() {
  const isOn = !sound.muted();
  byId("sound").setAttribute("aria-pressed", String(isOn));
  byId("sound").querySelector("use").setAttribute("href", isOn ? "#loud" : "#quiet");
  const waits = isOn && !sound.isAwake();
  byId("sound").querySelector("span").textContent = waits ? words.soundWaits : isOn ? words.soundOn : words.soundOff;
}

function choose(number) {
  chosen = number;
  history.replaceState(null, "", `#${number}`);
  call = null;
  asked = 0;
  byId("outcome").hidden = true;
  byId("recent").replaceChildren();
  show();
}

/** Open or close what a button unfolds. */
function fold(button, isOpen) {
  button.setAttribute("aria-expanded", String(isOpen));
  const part = byId(button.getAttribute("aria-controls"));
  part.hidden = !isOpen;
  if (isOpen) part.querySelector("input").focus();
}

const press = (selector, action) => {
  for (const button of document.querySelectorAll(selector)) button.onclick = () => action(button).catch(fail);
};

press("#call-home", async () => server.ring(person.number, view.numbers[0].id));
press("#call-me", async () => {
  // Until it rings, a second press is one of impatience, and no second wish.
  if (Date.now() < asked + PATIENCE) return;
  asked = Date.now();
  await server.askHome({ to: person.number });
});
press("#answer", async () => server.act(call, "answer"));
press("#decline", async () => server.act(call, "decline"));
press(".hang-up", async () => server.act(call, "hang_up"));
for (const id of ["say", "open-keys", "say-more"])
  press(`#${id}`, async (button) => {
    const isOpen = button.ariaExpanded !== "true";
    for (const other of ["say", "open-keys"]) if (other !== id) fold(byId(other), false);
    fold(button, isOpen);
  });
press("#close-keys", async () => {
  fold(byId("open-keys"), false);
  byId("open-keys").focus();
});
press("#erase", async () => { byId("dialed").value = byId("dialed").value.slice(0, -1); });
press("#sound", async () => {
  // The first press wakes the sound; it is on already.
  if (sound.isAwake() || sound.muted()) sound.mute(!sound.muted());
  await sound.wake();
  showSound();
});

for (const form of document.querySelectorAll("form.say"))
  form.onsubmit = (event) => {
    event.preventDefault();
    const message = new FormData(form).get("message");
    server
      .askHome({ to: person.number, message, ...(call ? { call_id: call.id } : {}) })
      .then(() => form.reset())
      .catch(fail);
  };

byId("keypad").onsubmit = (event) => {
  event.preventDefault();
  const digits = byId("dialed").value.replace(/\D/g, "");
  const number = view.numbers.find((it) => it.phone === `+${digits}` || it.phone === `+55${digits}`);
  if (!number) say("not-in-service", words.inService);
  else if (!byId("withhold").checked) server.ring(person.number, number.id).catch(fail);
  // Nobody can tell whose call it is: it is the stranger's.
  else server.ring(null, number.id).then(() => choose(view.stranger)).catch(fail);
};

for (const name of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "+", "0", "*"]) {
  const key = document.createElement("button");
  key.type = "button";
  key.textContent = name;
  key.onclick = () => { sound.key(name); byId("dialed").value += name; };
  byId("keys").append(key);
}

for (const [value, label] of Object.entries(words.does)) byId("does").add(new Option(label, value));
byId("does").onchange = () => {
  const { isStranger, ...rest } = person;
  server.changePerson({ ...rest, does: byId("does").value }).catch(fail);
};

people.useKeys(byId("people"), choose);
window.addEventListener("hashchange", () => choose(decodeURIComponent(location.hash.slice(1))));
for (const gesture of ["pointerdown", "keydown"])
  window.addEventListener(gesture, () => sound.isAwake() || sound.wake().then(showSound), { capture: true });
setInterval(tick, 250);
showSound();
server.watch({
  onView: (it) => { view = it; show(); },
  onTraffic: (passed) => traffic.add(byId("traffic"), passed),
  onConnection: (isThere) => {
    // All that has passed comes again.
    byId("traffic").replaceChildren();
    if (isThere) byId("failure").hidden = true;
    else say("failure", words.lost);
  },
});
