/**
 * Reading a question aloud with the browser's own voice. A browser without one stays silent.
 */

const MUTED = "intervi.readAloudMuted";

export function isMuted() {
  try {
    return localStorage.getItem(MUTED) === "true";
  } catch {
    return false;
  }
}

export function rememberMuted(muted) {
  try {
    localStorage.setItem(MUTED, String(muted));
  } catch {
    // Storage is switched off: the choice holds for this page only.
  }
}

export function readAloud(text, language = "en") {
  hush();
  if (!text || !window.speechSynthesis) return;
  const utterance = new SpeechSynthesisUtterance(text);
  utterance.lang = language;
  utterance.rate = 0.95;
  window.speechSynthesis.speak(utterance);
}

export function hush() {
  window.speechSynthesis?.cancel();
}
