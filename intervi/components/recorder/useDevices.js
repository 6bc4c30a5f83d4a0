import { useCallback, useEffect, useRef, useState } from "react";

import { closeStream, listDevices, openDevices, rememberDevices, rememberedDevices } from "./devices.js";
import { LevelMeter } from "./level.js";

/**
 * The open camera and microphone of a page.
 * @param {boolean} wanted devices are wanted at all (not while writing)
 * @param {boolean} wantPicture with the camera
 */
export function useDevices(wanted, wantPicture) {
  const [stream, setStream] = useState(null);
  const [trouble, setTrouble] = useState(null);
  const [available, setAvailable] = useState({ cameras: [], microphones: [] });
  const [chosen, setChosen] = useState(rememberedDevices);
  const [attempt, setAttempt] = useState(0);
  const lookAgain = useCallback(() => setAttempt((count) => count + 1), []);
  const retry = useCallback(() => {
    setTrouble(null);
    lookAgain();
  }, [lookAgain]);

  // Another wish, another answer. Looking again by ourselves leaves the help where it is until it is not needed.
  useEffect(() => setTrouble(null), [wanted, wantPicture, chosen]);
  useEffect(() => {
    if (!wanted) return undefined;
    let opened = null;
    let left = false;
    openDevices(wantPicture, chosen).then(
      async (found) => {
        if (left) return closeStream(found);
        opened = found;
        // Unplugged, or taken back by the browser: stop() of ours does not fire this.
        for (const track of found.getTracks()) track.addEventListener("ended", () => setTrouble("unplugged"));
        setTrouble(null);
        setStream(found);
        return setAvailable(await listDevices());
      },
      (refusal) => left || setTrouble(refusal.trouble ?? "unknown"),
    );
    return () => {
      left = true;
      closeStream(opened);
      setStream(null);
    };
  }, [wanted, wantPicture, chosen, attempt]);

  // Plugged in, or allowed in the browser's settings: no need to press "Try again".
  useEffect(() => {
    const devices = navigator.mediaDevices;
    const look = () => {
      listDevices().then(setAvailable);
      if (trouble) lookAgain();
    };
    devices?.addEventListener?.("devicechange", look);
    const watched = [];
    if (trouble === "denied") {
      for (const name of ["camera", "microphone"]) {
        navigator.permissions?.query({ name }).then((status) => {
          status.onchange = lookAgain;
          watched.push(status);
        }, () => {}); // this browser does not tell: the button is there
      }
    }
    return () => {
      devices?.removeEventListener?.("devicechange", look);
      for (const status of watched) status.onchange = null;
    };
  }, [trouble, lookAgain]);

  const choose = useCallback((kind, id) => {
    setChosen((before) => {
      const after = { ...before, [kind]: id };
      rememberDevices(after);
      return after;
    });
  }, []);

  return { stream: trouble ? null : stream, trouble, available, choose, retry };
}

/**
 * Calls back with the microphone's level, in dBFS, once per frame of the screen.
 * @param {MediaStream|null} stream
 * @param {(decibels: number, secondsSinceLast: number) => void} onLevel
 */
export function useLevel(stream, onLevel) {
  const latest = useRef(onLevel);
  latest.current = onLevel;
  useEffect(() => {
    if (!stream || stream.getAudioTracks().length === 0) return undefined;
    const meter = new LevelMeter(stream);
    let before = performance.now();
    let frame = requestAnimationFrame(function look(time) {
      latest.current(meter.read(), Math.max(0, time - before) / 1000);
      before = time;
      frame = requestAnimationFrame(look);
    });
    return () => {
      cancelAnimationFrame(frame);
      meter.close();
    };
  }, [stream]);
}
