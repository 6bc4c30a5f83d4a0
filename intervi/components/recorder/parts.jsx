/** What the device check and the room share: the own picture, the level meter, and help when a device cannot be used. */
import { useEffect, useRef } from "react";

import { browserFamily } from "./devices.js";
import { heightOf } from "./level.js";
import { useLevel } from "./useDevices.js";

export function Picture({ stream, label, hidden }) {
  const video = useRef(null);
  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
  }, [stream, hidden]);
  return hidden ? null : <video ref={video} className="rec-picture" autoPlay muted playsInline aria-label={label} />;
}

/** A slim vertical bar. It is drawn without React: sixty times a second would be a waste of it. */
export function LevelBar({ stream, label, onLevel }) {
  const bar = useRef(null);
  useLevel(stream, (decibels, seconds) => {
    bar.current?.style.setProperty("--level", heightOf(decibels).toFixed(3));
    onLevel?.(decibels, seconds);
  });
  return (
    <div className="rec-level" role="img" aria-label={label}>
      <div ref={bar} className="rec-level-fill" />
    </div>
  );
}

/** Why it does not work, what to do about it, and always a way on. */
export function TroubleHelp({ trouble, texts, wantPicture, onRetry, onWay }) {
  const steps = (texts.trouble[`${trouble}:${browserFamily()}`] ?? texts.trouble[trouble]).replace("{host}", window.location.host);
  const [title, ...lines] = steps.split("\n");
  const curable = trouble !== "insecure" && trouble !== "unsupported";
  const voiceHelps = wantPicture && curable && trouble !== "no-microphone";
  return (
    <div className="rec-help" role="alert">
      <h3>{title}</h3>
      {lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      <div className="rec-row">
        {curable && (
          <button type="button" className="rec-button rec-primary" onClick={onRetry}>
            {texts.retry}
          </button>
        )}
        {voiceHelps && (
          <button type="button" className="rec-button" onClick={() => onWay("audio")}>
            {texts.voice_only}
          </button>
        )}
        <button type="button" className="rec-button" onClick={() => onWay("text")}>
          {texts.in_writing}
        </button>
      </div>
    </div>
  );
}

const STROKES = {
  speaker: "M4 9v6h4l5 4V5L8 9H4zM16.5 8.5a5 5 0 0 1 0 7M19 6a8.5 8.5 0 0 1 0 12",
  muted: "M4 9v6h4l5 4V5L8 9H4zM17 9.5l5 5M22 9.5l-5 5",
  picture: "M3 7h12v10H3zM15 11l6-3v8l-6-3",
  hidden: "M3 7h12v10H3zM15 11l6-3v8l-6-3M2 3l20 18",
  help: "M9.2 9.3a2.9 2.9 0 1 1 4.2 2.6c-.9.5-1.4 1-1.4 2.1M12 17.2v.1",
  pen: "M4 20l1-4L16 5l3 3L8 19z",
  live: "M3 12h4l2.5-6 4 13 3-9 1.5 2H21",
  live_off: "M3 12h4l2.5-6 4 13 3-9 1.5 2H21M3 3l18 18",
  microphone: "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4",
};

export function Icon({ name }) {
  return (
    <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" strokeLinejoin="round">
      <path d={STROKES[name]} />
    </svg>
  );
}
