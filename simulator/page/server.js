// What the page sends to the simulator, and what the simulator pushes to it.

async function send(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}

export const ring = (from, number) => send("POST", "/phone/ring", { from, number });
export const act = (call, action) => send("POST", `/phone/calls/${call.id}/${action}`, {});
export const askHome = (wish) => send("POST", "/phone/home", wish);
export const changePerson = ({ number, peerNumber, ...rest }) => send("PUT", `/phone/people/${number}`, rest);

/** Call back with each view of the calls, with what has passed, and with whether there is a connection. */
export function watch({ onView, onTraffic, onConnection }) {
  const source = new EventSource("/phone/events");
  source.addEventListener("view", (event) => onView(JSON.parse(event.data)));
  source.addEventListener("traffic", (event) => onTraffic(JSON.parse(event.data)));
  source.onopen = () => onConnection(true);
  source.onerror = () => onConnection(false);
}
