/** The device check of the set-up: own picture, level, "We hear you", and which devices to use. */
import { useEffect, useRef, useState } from "react";

import { SPEECH_DECIBELS, SPEECH_SECONDS } from "./level.js";
import { LevelBar, Picture, TroubleHelp } from "./parts.jsx";
import { useDevices } from "./useDevices.js";

export function DeviceCheck({ way, texts, onReady, onWay }) {
  const wantPicture = way === "video";
  const { stream, trouble, available, choose, retry } = useDevices(true, wantPicture);
  const [heard, setHeard] = useState(false);
  const loudSeconds = useRef(0);
  const ready = Boolean(stream);

  useEffect(() => {
    loudSeconds.current = 0;
    setHeard(false);
  }, [stream]);
  useEffect(() => {
    onReady(ready);
  }, [ready]);

  const listen = (decibels, seconds) => {
    if (decibels > SPEECH_DECIBELS) loudSeconds.current += Math.min(seconds, 0.1);
    if (loudSeconds.current >= SPEECH_SECONDS) setHeard(true);
  };

  if (trouble) {
    return (
      <div className="rec-check">
        <TroubleHelp trouble={trouble} texts={texts} wantPicture={wantPicture} onRetry={retry} onWay={onWay} />
      </div>
    );
  }
  return (
    <div className="rec-check" aria-busy={!stream}>
      <div className="rec-check-view">
        <LevelBar stream={stream} label={texts.level} onLevel={listen} />
        {wantPicture ? (
          <div className="rec-frame">
            {stream ? <Picture stream={stream} label={texts.own_picture} /> : <p className="rec-quiet">{texts.allow_devices}</p>}
          </div>
        ) : (
          <p className="rec-voice-note">{stream ? texts.voice_note : texts.allow_devices}</p>
        )}
      </div>
      <p className={heard ? "rec-heard rec-yes" : "rec-heard"} role="status">
        {!stream ? texts.waiting_for_devices : heard ? texts.we_hear_you : texts.say_something}
      </p>
      {stream && (
        <div className="rec-pickers">
          {wantPicture && (
            <Picker label={texts.camera} devices={available.cameras} current={stream.getVideoTracks()[0]} onChoose={(id) => choose("camera", id)} />
          )}
          <Picker label={texts.microphone} devices={available.microphones} current={stream.getAudioTracks()[0]} onChoose={(id) => choose("microphone", id)} />
        </div>
      )}
    </div>
  );
}

function Picker({ label, devices, current, onChoose }) {
  return (
    <label className="rec-picker">
      <span>{label}</span>
      <select value={current?.getSettings().deviceId ?? ""} onChange={(event) => onChoose(event.target.value)}>
        {devices.map((device, index) => (
          <option key={device.deviceId} value={device.deviceId}>
            {device.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}
