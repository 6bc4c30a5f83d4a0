import { useEffect, useRef } from "react";

/** Whoever types is never interrupted, and a control that has the focus keeps its own keys. */
const TYPING = "input, textarea, select, [contenteditable='true']";
const CONTROLS = "a[href], button, summary, video, audio";

/**
 * Keys of the whole page.
 * @param {Record<string, () => void>} actions by `KeyboardEvent.key`, letters in lower case
 */
export function useKeys(actions) {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const press = (event) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
      if (event.key === " " && event.target.closest?.(CONTROLS)) return;
      const action = latest.current[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!action) return;
      event.preventDefault();
      action();
    };
    // A button pressed with the mouse gives the focus back, so that Space still means "record".
    const release = (event) => {
      if (event.detail > 0) event.target.closest?.("button")?.blur();
    };
    window.addEventListener("keydown", press);
    window.addEventListener("click", release);
    return () => {
      window.removeEventListener("keydown", press);
      window.removeEventListener("click", release);
    };
  }, []);
}
