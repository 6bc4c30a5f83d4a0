import { useCallback, useEffect, useReducer, useRef, useState } from "react";

import { Outbox } from "./outbox.js";
import { containerFor, record, Segment } from "./segment.js";

/**
 * The recordings of an interview's room: what was recorded, what is up, and the recorder itself.
 * @param {string} interviewId
 * @param {(exchangeId: string) => void} onUploaded
 */
export function useOutbox(interviewId, onUploaded) {
  const [, refresh] = useReducer((count) => count + 1, 0);
  const [ready, setReady] = useState(false);
  const outbox = useRef(null);
  const latest = useRef(onUploaded);
  latest.current = onUploaded;

  useEffect(() => {
    if (!interviewId) return undefined;
    const own = new Outbox(interviewId, refresh, (exchangeId) => latest.current(exchangeId));
    outbox.current = own;
    own.resume().then(() => outbox.current === own && setReady(true));
    return () => {
      outbox.current = null;
      setReady(false);
      own.close();
    };
  }, [interviewId]);

  // Kept in the browser's database too, but only an open page of ours goes on sending, such as the one to sign in at.
  useEffect(() => {
    const warn = (event) => {
      const { busy, hindrance } = outbox.current?.state() ?? {};
      if (busy && hindrance !== "signed-out") event.preventDefault();
    };
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, []);

  return { outbox: outbox.current, ready };
}

/**
 * Recording one answer: begin, stop, begin again. Each begin makes a segment; `anew` opens the next take.
 * @returns {{recording: object|null, begin: (anew: boolean) => void, stop: () => Promise<void>}}
 *   `recording`: what runs now, with `startedAt` (performance.now) and `before` (seconds recorded earlier in this take)
 */
export function useRecording({ outbox, stream, kind, interviewId, owner, exchangeId, onCut }) {
  const [recording, setRecording] = useState(null);
  const running = useRef(null);
  const cut = useRef(onCut);
  cut.current = onCut;

  const begin = useCallback(
    (anew) => {
      if (running.current || !outbox || !stream || !exchangeId) return;
      const take = outbox.takeOf(exchangeId);
      const before = anew ? 0 : take.reduce((sum, segment) => sum + segment.record.seconds, 0);
      const segment = new Segment({
        id: crypto.randomUUID(),
        interviewId,
        owner,
        exchangeId,
        take: (take[0]?.record.take ?? 0) + (anew || take.length === 0 ? 1 : 0),
        kind,
        type: containerFor(kind),
        offsetSeconds: before,
        seconds: 0,
        ended: false,
        stored: false,
        uploadUrl: null,
      });
      const run = { before, take: segment.record.take };
      run.over = new Promise((over) => {
        Object.assign(
          run,
          record(stream, segment, (piece) => outbox.push(segment, piece), (byItself) => {
            running.current = null;
            setRecording(null);
            outbox.ended(segment);
            over();
            if (byItself) cut.current();
          }),
        );
      });
      outbox.add(segment);
      running.current = run;
      setRecording(run);
    },
    [outbox, stream, kind, interviewId, owner, exchangeId],
  );

  const stop = useCallback(async () => {
    const run = running.current;
    run?.stop();
    await run?.over;
  }, []);

  useEffect(() => () => running.current?.stop(), []);
  return { recording, begin, stop };
}
