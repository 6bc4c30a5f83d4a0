/** Keyboard shortcuts (see __init__.py). */
import { useEffect, useRef } from "react";
import { useNavigate } from "react-router";

const PATIENCE_MS = 1200;

function isTyping(target) {
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
}

export function Shortcuts({ places, keys, heading, close }) {
  const overlay = useRef(null);
  const led = useRef(0);
  const navigate = useNavigate();

  useEffect(() => {
    function press(event) {
      const isChord = event.ctrlKey || event.metaKey || event.altKey;
      if (isChord || event.defaultPrevented || event.repeat || isTyping(event.target)) return;
      if (event.key === "?") {
        if (overlay.current.open) overlay.current.close();
        else overlay.current.showModal();
        return;
      }
      // Another dialog has the keyboard.
      if (document.querySelector("dialog[open]")) return;
      const place = performance.now() - led.current < PATIENCE_MS ? places[event.key] : undefined;
      led.current = event.key === "g" ? performance.now() : 0;
      if (place) {
        event.preventDefault();
        navigate(place);
      }
    }
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, [places, navigate]);

  return (
    <dialog
      ref={overlay}
      className="dialog"
      aria-labelledby="keys-heading"
      // A click beside it closes it: what is hit then is the dialog itself, and nothing in it.
      onClick={(event) => event.target === overlay.current && overlay.current.close()}
    >
      <div className="stack">
        <h2 id="keys-heading" className="heading">{heading}</h2>
        <dl className="keys">
          {keys.map(([combination, what]) => (
            <div key={combination}>
              <dt>
                {combination.split(" ").map((key) => <kbd key={key}>{key}</kbd>)}
              </dt>
              <dd>{what}</dd>
            </div>
          ))}
        </dl>
        <div className="row">
          <button type="button" className="button" onClick={() => overlay.current.close()}>{close}</button>
        </div>
      </div>
    </dialog>
  );
}
