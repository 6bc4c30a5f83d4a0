/** The words of one answer: the one that is spoken now is marked, and a click on one plays from there. */
import { Fragment, memo, useEffect, useRef, useSyncExternalStore } from "react";

import { read, subscribe, wish } from "./store.js";

const CLASSES = {
  word: "transcript-word",
  filler: "transcript-word transcript-filler",
  pause: "transcript-pause",
};

/** The last token that has begun, unless it is over. */
function indexAt(tokens, time) {
  let low = 0;
  let high = tokens.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low > 0 && time < tokens[low - 1].end + 0.15 ? low - 1 : -1;
}

export const Transcript = memo(function Transcript({ answer, tokens }) {
  const text = useRef(null);
  const hidden = useSyncExternalStore(subscribe, () => read().hidden, () => read().hidden);

  // Marked by hand: drawing a thousand words anew at every step of the player would be too slow.
  useEffect(() => {
    let marked = null;
    const follow = () => {
      const { answer: playing, time } = read();
      const index = playing === answer ? indexAt(tokens, time) : -1;
      const word = index < 0 ? null : text.current?.children[index];
      if (word === marked) return;
      marked?.removeAttribute("data-now");
      word?.setAttribute("data-now", "");
      marked = word;
    };
    const stop = subscribe(follow);
    return () => {
      stop();
      marked?.removeAttribute("data-now");
    };
  }, [answer, tokens]);

  function play(event) {
    const start = event.target.dataset.start;
    if (start !== undefined) wish(answer, Number(start));
  }

  return (
    <p className="transcript" data-hidden={hidden.join(" ")} ref={text} onClick={play}>
      {tokens.map((token, index) => (
        <Fragment key={index}>
          <span className={CLASSES[token.kind]} data-start={token.start}>
            {token.text}
          </span>{" "}
        </Fragment>
      ))}
    </p>
  );
});
