// The picture of the sound: a bar for each 50 ms, the newest on the right.

const WIDTH = 3;
const GAP = 3;
const EVERY = 50;

/** Draw on a canvas until `signal` aborts; return what takes the loudness of each 50 ms. */
export function draw(canvas, signal) {
  const waiting = [];
  const bars = [];
  const timer = setInterval(() => {
    // What arrived late is caught up on; silence arrives as nothing.
    for (let n = waiting.length > 6 ? 2 : 1; n > 0; n -= 1) bars.push(waiting.shift() ?? 0);
    paint(canvas, bars);
  }, EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
  return (loudness) => waiting.push(loudness);
}

function paint(canvas, bars) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = window.devicePixelRatio;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const room = Math.floor(width / (WIDTH + GAP));
  bars.splice(0, bars.length - room);
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  bars.forEach((loudness, index) => {
    const size = Math.max(WIDTH, Math.sqrt(loudness) * height);
    const x = width - (bars.length - index) * (WIDTH + GAP);
    context.fillStyle = `rgb(255 255 255 / ${loudness ? 0.95 : 0.35})`;
    context.beginPath();
    context.roundRect(x, (height - size) / 2, WIDTH, size, WIDTH / 2);
    context.fill();
  });
}
