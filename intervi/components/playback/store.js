/** What is played, where it stands, and who wants to know. One interview is on a page, so one store is enough. */
let state = { answer: null, time: 0, playing: false, hidden: [] };
const listeners = new Set();
let handler = null;

export const read = () => state;

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function publish(changes) {
  state = { ...state, ...changes };
  for (const listener of listeners) listener();
}

/** Shows or hides the marks of a lane, on the timeline and in the transcript. */
export function toggle(lane) {
  const hidden = state.hidden.includes(lane) ? state.hidden.filter((each) => each !== lane) : [...state.hidden, lane];
  publish({ hidden });
}

/** The player takes wishes; without one they go nowhere. */
export function onWish(take) {
  handler = take;
  return () => {
    if (handler === take) handler = null;
  };
}

/** Plays an answer from `start`, up to `end` if there is one (seconds of the answer). */
export function wish(answer, start, end = null) {
  handler?.(answer, start, end);
}

/** Seconds as 2:14. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
