/**
 * From the figures of single pictures to eye contact and posture, against the candidate's own usual pose: cameras stand above, below or
 * beside, so there is no absolute zero. Bounds and scales are those of the report (workers/vision/attention.py and posture.py).
 */

const HEAD_YAW_BOUND = 15;
const HEAD_PITCH_BOUND = 12;
const GAZE_BOUND = 15;
const DEGREES_PER_EYE_X = 220;
const DEGREES_PER_EYE_Y = 500;
const BLINK = 0.6;
const FEWEST_FACES = 10;
/** Of pictures that say what is usual: some five minutes. */
const MOST_FACES = 1_500;
const SHARE_SECONDS = 5;
const LEVEL = [3, 15];
const UPRIGHT = [0.1, 0.4];

export class Attention {
  constructor() {
    this.faces = [];
    this.bodies = [];
    this.looks = [];
    this.unsent = [];
  }

  /**
   * @param {number} seconds when the picture was taken
   * @param {object|null} face as landmarks.worker.js gives it
   */
  see(seconds, face) {
    if (face) {
      this.faces.push(face);
      if (this.faces.length > MOST_FACES) this.faces.shift();
    }
    const contact = face ? this.#isContact(face) : null;
    if (contact === null) return;
    this.looks.push({ seconds, contact });
    this.unsent.push(contact);
    while (this.looks[0].seconds < seconds - SHARE_SECONDS) this.looks.shift();
  }

  /** @param {object|null} body likewise */
  seeBody(body) {
    if (body) this.bodies.push(body);
    if (this.bodies.length > MOST_FACES) this.bodies.shift();
  }

  /** Share of the last five seconds with eyes on the camera; null while that is not known. */
  eyeContact(now) {
    const recent = this.looks.filter(({ seconds }) => seconds >= now - SHARE_SECONDS);
    return recent.length ? recent.filter(({ contact }) => contact).length / recent.length : null;
  }

  /** The same share since it was asked for last; null if no face was seen. */
  takeEyeContact() {
    const taken = this.unsent.splice(0);
    return taken.length ? taken.filter(Boolean).length / taken.length : null;
  }

  /** 0 to 1: how level and upright the shoulders are, over the last three pictures of them; null while that is not known. */
  posture() {
    if (this.bodies.length < 3) return null;
    const recent = this.bodies.slice(-3);
    const height = median(this.bodies.map(({ head }) => head));
    const drop = height > 0 ? 1 - median(recent.map(({ head }) => head)) / height : 0;
    return Math.min(mark(Math.abs(median(recent.map(({ tilt }) => tilt))), LEVEL), mark(Math.max(drop, 0), UPRIGHT));
  }

  #isContact(face) {
    if (this.faces.length < FEWEST_FACES) return null;
    const usual = (name) => median(this.faces.map((each) => each[name]));
    const head = Math.abs(face.yaw - usual("yaw")) <= HEAD_YAW_BOUND && Math.abs(face.pitch - usual("pitch")) <= HEAD_PITCH_BOUND;
    // A blink does not end it.
    if (face.opening < BLINK * usual("opening")) return head;
    const gazeX = DEGREES_PER_EYE_X * (face.gazeX - usual("gazeX"));
    const gazeY = DEGREES_PER_EYE_Y * (face.gazeY - usual("gazeY"));
    return head && Math.abs(gazeX) <= GAZE_BOUND && Math.abs(gazeY) <= GAZE_BOUND;
  }
}

/** 1 up to the first bound, falling to 0 at the second. */
function mark(value, [good, bad]) {
  return Math.min(1, Math.max(0, (bad - value) / (bad - good)));
}

function median(values) {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1];
}
