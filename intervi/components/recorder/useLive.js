import { useCallback, useEffect, useRef, useState } from "react";

import { Attention } from "./attention.js";
import { Landmarks } from "./landmarks.js";
import { LiveSocket } from "./live-socket.js";
import { LiveSound } from "./live-sound.js";

const SWITCHED_OFF = "intervi.liveOff";
const NUDGE_MS = 7_000;
const TELL_EVERY_MS = 1_000;

/** Whether live hints are wanted: as chosen on this machine last. */
export function useLiveChoice() {
  const [on, setOn] = useState(() => {
    try {
      return localStorage.getItem(SWITCHED_OFF) !== "true";
    } catch {
      return true; // storage is switched off
    }
  });
  const toggle = useCallback(() => {
    try {
      localStorage.setItem(SWITCHED_OFF, String(on));
    } catch {
      // The choice holds for this page only.
    }
    setOn(!on);
  }, [on]);
  return [on, toggle];
}

/**
 * What is heard and seen while the candidate answers. Nothing of it can fail the recording: it only listens along.
 * @param {object} options
 * @param {boolean} options.on
 * @param {MediaStream|null} options.stream
 * @param {boolean} options.wantPicture
 * @param {string} options.interviewId
 * @param {string} options.exchangeId
 * @param {object|null} options.recording what runs now (see useRecording)
 * @param {string} options.worklet address of capture.worklet.js
 * @returns {{wordsPerMinute: number|null, eyeContact: number|null, posture: number|null, nudge: {text: string, key: number}|null}}
 */
export function useLive({ on, stream, wantPicture, interviewId, exchangeId, recording, worklet }) {
  const [figures, setFigures] = useState(NOTHING);
  const [nudge, setNudge] = useState(null);
  const parts = useRef(null);
  // Twelve answers come a second, and few of them change a figure: the room is drawn anew for those alone.
  const show = useCallback((seen) => {
    setFigures((before) => (Object.entries(seen).every(([name, value]) => before[name] === value) ? before : { ...before, ...seen }));
  }, []);

  useEffect(() => {
    if (!on || !stream || stream.getAudioTracks().length === 0) return undefined;
    const hear = ({ data, message, type }) => {
      show({ wordsPerMinute: data.words_per_minute ?? null });
      if (type === "nudge") setNudge({ text: message, key: performance.now() });
    };
    const made = quietly(() => {
      const sound = new LiveSound(stream, worklet, (chunk) => socket.sendSound(chunk));
      const socket = new LiveSocket(interviewId, sound.rate, hear);
      return { sound, socket };
    });
    if (!made) return undefined;
    const { sound, socket } = made;
    parts.current = made;
    return () => {
      parts.current = null;
      sound.close();
      socket.close();
      setFigures(NOTHING);
      setNudge(null);
    };
  }, [on, stream, interviewId, worklet]);

  // Sound goes up while an answer is recorded, and at no other time.
  useEffect(() => {
    if (!recording || !parts.current) return undefined;
    const { sound, socket } = parts.current;
    const { before, startedAt, take } = recording;
    socket.begin({ exchangeId, take, offsetSeconds: () => before + (performance.now() - startedAt) / 1000 });
    sound.begin();
    return () => {
      sound.end();
      socket.end();
      show({ wordsPerMinute: null });
    };
  }, [recording, on, stream]);

  useEffect(() => {
    if (!on || !stream || !wantPicture || stream.getVideoTracks().length === 0) return undefined;
    const attention = new Attention();
    const tell = () => {
      const eyeContact = attention.eyeContact(performance.now() / 1000);
      show({ eyeContact, posture: eyeContact === null ? null : attention.posture() });
    };
    const look = (face, body) => {
      attention.see(performance.now() / 1000, face);
      if (body !== undefined) attention.seeBody(body);
      tell();
    };
    const landmarks = quietly(() => new Landmarks(stream, look));
    const telling = setInterval(() => {
      tell(); // with no pictures any more, the meter must not stand still
      parts.current?.socket.sendFigures(attention.takeEyeContact());
    }, TELL_EVERY_MS);
    return () => {
      clearInterval(telling);
      landmarks?.close();
    };
  }, [on, stream, wantPicture]);

  useEffect(() => {
    if (!nudge) return undefined;
    const timer = setTimeout(() => setNudge(null), NUDGE_MS);
    return () => clearTimeout(timer);
  }, [nudge]);

  return { ...figures, nudge };
}

/** What `make` makes, or null: a browser that cannot do this records all the same. */
function quietly(make) {
  try {
    return make();
  } catch (error) {
    console.warn("no live hints here:", error);
    return null;
  }
}

const NOTHING = { wordsPerMinute: null, eyeContact: null, posture: null };
