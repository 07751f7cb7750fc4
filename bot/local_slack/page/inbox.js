// Events that come while a listing is being read wait for it: the listing may be older than they are,
// and would wipe out what they brought.

const waiting = [];
let readings = 0;
let handle = () => undefined;

/** Say who handles the events; what still waits was for somebody else. */
export function handleWith(handler) {
  handle = handler;
  waiting.length = 0;
}

export function take(event) {
  if (readings) waiting.push(event);
  else handle(event);
}

/** Hold events back until the reading is done, well or not. */
export async function whileReading(read) {
  readings += 1;
  try {
    await read();
  } finally {
    readings -= 1;
    // One of them may begin a reading of its own, for which the rest wait.
    while (!readings && waiting.length) handle(waiting.shift());
  }
}
