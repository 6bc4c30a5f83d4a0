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

function preferred() {
  const kept = document.cookie.match(/(?:^|; )language=(\w+)/)?.[1];
  const wishes = [kept, ...navigator.languages].filter(Boolean).map((tag) => tag.split("-")[0]);
  return wishes.find((language) => language === BUILT_IN || language in loaders) ?? BUILT_IN;
}

async function speak(language) {
  // Whatever else the browser asks for (a form's refusal, a file) is in this language, too.
  document.cookie = `language=${language}; path=/; max-age=31536000; samesite=lax`;
  document.documentElement.lang = language;
  if (language === spoken) return;
  words = language in loaders ? (await loaders[language]()).default : {};
  spoken = language;
  listeners.forEach((listener) => listener());
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
    speak(locale || preferred());
  }, [locale]);
  return createElement(Fragment, { key: shown }, children);
}
