/** Texts in the reader's language (see __init__.py). */
import { Fragment, createElement, useEffect, useSyncExternalStore } from "react";
import { loaders } from "$/words/index.js";

const BUILT_IN = "en";
let spoken = BUILT_IN;
let words = {};
const listeners = new Set();

/** The text in the language that is spoken, its named places filled; with `plural`, in the form that `values.count` asks for. */
export function t(text, values, plural) {
  const known = words[text];
  let found = known ?? text;
  if (plural) {
    const form = new Intl.PluralRules(spoken).select(values.count) === "one" ? 0 : 1;
    found = (known ?? [text, plural])[form];
  }
  return values ? found.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place) : found;
}

async function speak(language) {
  const root = document.documentElement;
  // Whatever else the browser asks for (a form's refusal, a file) is in this language, too.
  document.cookie = `language=${language}; path=/; max-age=31536000; samesite=lax`;
  root.lang = language;
  try {
    if (language === spoken) return;
    words = language in loaders ? (await loaders[language]()).default : {};
    spoken = language;
    listeners.forEach((listener) => listener());
  } finally {
    delete root.dataset.awaits;
  }
}

function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A text for where nothing draws it anew. */
export function Said({ text }) {
  useSyncExternalStore(subscribe, () => spoken, () => BUILT_IN);
  return t(text);
}

/** What is within is drawn anew when the language changes. The first drawing is the built one: it must equal what the server sent. */
export function Words({ locale, children }) {
  const shown = useSyncExternalStore(subscribe, () => spoken, () => BUILT_IN);
  useEffect(() => {
    // Until the server has said what it is to be, it is what was chosen before the first frame.
    speak(locale || document.documentElement.lang);
  }, [locale]);
  return createElement(Fragment, { key: shown }, children);
}
