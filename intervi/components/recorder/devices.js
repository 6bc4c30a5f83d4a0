/**
 * Camera and microphone: opening them, and saying in one word why they cannot be opened.
 */

const REMEMBERED = "intervi.devices";

/** What the constraints ask for: enough for a report on face and posture, little enough to go up while one speaks. */
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };
const SOUND = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: false };

/** @typedef {"insecure"|"unsupported"|"denied"|"no-camera"|"no-microphone"|"busy"|"unknown"} Trouble */

/**
 * Why nothing can be recorded on this page at all, whatever the devices are; null when it can.
 * @returns {Trouble|null}
 */
export function pageTrouble() {
  if (!window.isSecureContext) return "insecure";
  if (!navigator.mediaDevices?.getUserMedia || typeof MediaRecorder === "undefined") return "unsupported";
  return null;
}

/**
 * The devices chosen last time on this machine.
 * @returns {{camera?: string, microphone?: string}}
 */
export function rememberedDevices() {
  try {
    return JSON.parse(localStorage.getItem(REMEMBERED)) ?? {};
  } catch {
    return {}; // storage is switched off, or holds something foreign: the system's defaults serve
  }
}

export function rememberDevices(chosen) {
  try {
    localStorage.setItem(REMEMBERED, JSON.stringify(chosen));
  } catch {
    // Storage is switched off: the choice holds for this page only.
  }
}

/**
 * Opens the microphone, and the camera if pictures are wanted.
 * @param {boolean} wantPicture
 * @param {{camera?: string, microphone?: string}} chosen device ids; a device that is gone gives way to the default
 * @returns {Promise<MediaStream>}
 * @throws {{trouble: Trouble}}
 */
export async function openDevices(wantPicture, chosen) {
  const trouble = pageTrouble();
  if (trouble) throw { trouble };
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { ...SOUND, ...(chosen.microphone && { deviceId: { ideal: chosen.microphone } }) },
      video: wantPicture && { ...PICTURE, ...(chosen.camera && { deviceId: { ideal: chosen.camera } }) },
    });
  } catch (error) {
    throw { trouble: await troubleOf(error, wantPicture) };
  }
}

/** @returns {Promise<Trouble>} */
async function troubleOf(error, wantPicture) {
  switch (error.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "denied";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "NotFoundError":
    case "OverconstrainedError": {
      const { microphones } = await listDevices();
      return wantPicture && microphones.length > 0 ? "no-camera" : "no-microphone";
    }
    default:
      return "unknown";
  }
}

/**
 * What is plugged in. Labels are empty until the candidate has allowed a device.
 * @returns {Promise<{cameras: MediaDeviceInfo[], microphones: MediaDeviceInfo[]}>}
 */
export async function listDevices() {
  const all = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  return {
    cameras: all.filter((device) => device.kind === "videoinput"),
    microphones: all.filter((device) => device.kind === "audioinput"),
  };
}

/** Ends every track: the camera's light goes out. */
export function closeStream(stream) {
  stream?.getTracks().forEach((track) => track.stop());
}

/**
 * Which browser's words the help should use.
 * @returns {"firefox"|"safari"|"chrome"}
 */
export function browserFamily() {
  const agent = navigator.userAgent;
  if (/Firefox\//.test(agent)) return "firefox";
  if (/Safari\//.test(agent) && !/Chrom(e|ium)\//.test(agent)) return "safari";
  return "chrome";
}
