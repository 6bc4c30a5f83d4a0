/**
 * Sends on what was recorded in a room and is not up yet, from whatever other page is open: an interview that was left, a tab that was closed
 * or a browser that crashed loses nothing, also if nobody opens its room again. Where there is nothing to send it loads nothing more.
 */
import { useEffect, useState } from "react";

import { megabytes } from "./amounts.js";
import { Refused } from "./refused.jsx";
import { Store } from "./store.js";

export function Sender({ texts }) {
  const { amount, refused, discard } = useSending();
  return (
    <div className="outbox">
      <Refused refused={refused} texts={texts} onDiscard={discard} look="refused" linkLook="link" />
      <div role="status">{amount && <p className="sending" data-hindrance={amount.hindrance ?? ""}>{inWords(amount, texts)}</p>}</div>
    </div>
  );
}

function inWords({ sent, total, hindrance }, texts) {
  if (hindrance) return texts.hindrance[hindrance];
  return texts.sending.replace("{sent}", megabytes(sent)).replace("{total}", megabytes(total));
}

const NOTHING = { amount: null, refused: [], discard: () => {} };

/**
 * @returns {{amount: {sent: number, total: number, hindrance: string|null}|null, refused: object[], discard: (id: string) => void}}
 *   `amount`: bytes on their way, null if there are none; `refused`: as {@link OutboxState}'s
 */
function useSending() {
  const [shown, setShown] = useState(NOTHING);

  useEffect(() => {
    let left = false;
    const outboxes = [];
    const discard = (id) => outboxes.forEach((outbox) => outbox.discard(id));
    const begin = async () => {
      const interviews = await (await Store.open()).interviewsToSend();
      if (interviews.length === 0) return;
      const { Outbox } = await import("./outbox.js");
      if (left) return;
      for (const interviewId of interviews) {
        let taken = false;
        const outbox = new Outbox(
          interviewId,
          () => {
            if (taken && !outbox.state().busy) outbox.close();
            if (!left) setShown({ amount: amountOf(outboxes), refused: outboxes.flatMap((one) => one.state().refused), discard });
          },
          () => {}, // the server begins the analysis by itself
          { yields: true },
        );
        outboxes.push(outbox);
        outbox.resume().then(() => {
          taken = true;
          outbox.onChange();
        });
      }
    };
    begin();
    return () => {
      left = true;
      outboxes.forEach((outbox) => outbox.close());
    };
  }, []);

  return shown;
}

function amountOf(outboxes) {
  const states = outboxes.filter(({ closed }) => !closed).map((outbox) => outbox.state());
  const going = states.filter(({ busy }) => busy);
  if (going.length === 0) return null;
  const total = going.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
  const pending = going.reduce((sum, { pendingBytes }) => sum + pendingBytes, 0);
  return { sent: total - pending, total, hindrance: going.find(({ hindrance }) => hindrance)?.hindrance ?? null };
}
