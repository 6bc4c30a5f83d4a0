/** Typed answers that were not given yet, kept in the browser. */

const keyOf = (exchangeId) => `intervi.draft.${exchangeId}`;

export function keptDraft(exchangeId) {
  try {
    return localStorage.getItem(keyOf(exchangeId)) ?? "";
  } catch {
    return ""; // storage is switched off: nothing was kept
  }
}

export function keepDraft(exchangeId, text) {
  try {
    localStorage.setItem(keyOf(exchangeId), text);
  } catch {
    // Storage is switched off or full: the text lives in the page alone.
  }
}

export function forgetDraft(exchangeId) {
  try {
    localStorage.removeItem(keyOf(exchangeId));
  } catch {
    // Storage is switched off: there is nothing to forget.
  }
}
