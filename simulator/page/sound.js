// What the telephone sounds like: its ring, its keys, and the call, heard while it is played.

const RATE = 48000;
/** Samples of one bar of the picture: 50 ms. */
const BAR = 2400;
/** Seconds that what arrives waits, so that a late piece leaves no gap. */
const AHEAD = 0.15;

let context = null;
let output = null;
let isMuted = false;
let ringing = null;

/** Browsers play sound only after the first click or key: call this then. */
export function wake() {
  if (!context) {
    context = new AudioContext({ sampleRate: RATE });
    output = context.createGain();
    output.gain.value = isMuted ? 0 : 1;
    output.connect(context.destination);
  }
  return context.resume();
}

export const isAwake = () => context?.state === "running";
export const muted = () => isMuted;

export function mute(value) {
  isMuted = value;
  if (output) output.gain.value = value ? 0 : 1;
}

function tone(frequencies, at, seconds, loudness) {
  const gain = context.createGain();
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(loudness, at + 0.01);
  gain.gain.setTargetAtTime(0, at + seconds * 0.4, seconds / 4);
  gain.connect(output);
  for (const frequency of frequencies) {
    const oscillator = context.createOscillator();
    oscillator.frequency.value = frequency;
    oscillator.connect(gain);
    oscillator.start(at);
    oscillator.stop(at + seconds * 1.5);
  }
}

const PATTERNS = {
  // A bell of four notes, every two seconds.
  incoming: { every: 2000, play: (now) => [659, 784, 988, 784].forEach((note, i) => tone([note, note * 2], now + i * 0.16, 0.5, 0.12)) },
  // What a caller hears in Brazil: 425 Hz for a second, every five.
  outgoing: { every: 5000, play: (now) => tone([425], now, 1, 0.08) },
};

/** Ring in one of the two ways, or stop: `null`. */
export function ring(pattern) {
  if (ringing?.pattern === pattern) return;
  clearInterval(ringing?.timer);
  ringing = null;
  if (!pattern) return;
  const { every, play } = PATTERNS[pattern];
  const once = () => isAwake() && play(context.currentTime);
  ringing = { pattern, timer: setInterval(once, every) };
  once();
}

const ROWS = { 1: 697, 2: 697, 3: 697, 4: 770, 5: 770, 6: 770, 7: 852, 8: 852, 9: 852, "*": 941, 0: 941, "+": 941 };
const COLUMNS = { 1: 1209, 4: 1209, 7: 1209, "*": 1209, 2: 1336, 5: 1336, 8: 1336, 0: 1336, 3: 1477, 6: 1477, 9: 1477, "+": 1477 };

export function key(name) {
  if (isAwake()) tone([ROWS[name], COLUMNS[name]], context.currentTime, 0.15, 0.06);
}

/**
 * Play a call's audio as it is heard there, until the call ends or `signal` aborts.
 * `onBar` gets the loudness of each 50 ms, from 0 to 1.
 */
export async function listen(call, onBar, signal) {
  const response = await fetch(`/phone/calls/${call.id}/live`, { signal });
  const reader = response.body.getReader();
  let rest = new Uint8Array();
  let next = 0;
  let bar = [];
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const bytes = new Uint8Array(rest.length + value.length);
    bytes.set(rest);
    bytes.set(value, rest.length);
    // A piece may end in the middle of a sample.
    const whole = bytes.length - (bytes.length % 2);
    rest = bytes.slice(whole);
    const samples = Float32Array.from(new Int16Array(bytes.buffer, 0, whole / 2), (sample) => sample / 32768);
    if (!samples.length) continue;
    for (const sample of samples) {
      bar.push(Math.abs(sample));
      if (bar.length === BAR) {
        onBar(Math.max(...bar));
        bar = [];
      }
    }
    if (isAwake()) next = schedule(samples, next);
  }
}

function schedule(samples, next) {
  const buffer = context.createBuffer(1, samples.length, RATE);
  buffer.copyToChannel(samples, 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(output);
  const at = next > context.currentTime ? next : context.currentTime + AHEAD;
  source.start(at);
  return at + buffer.duration;
}
