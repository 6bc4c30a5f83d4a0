/**
 * Pictures of the camera go to the landmarks' worker, as many as this machine can spare, and none at all where it cannot: the recording
 * comes first.
 */

/** Five a second at most. */
const SHORTEST_INTERVAL_MS = 200;
/** Of the time that a picture takes; longer while the page itself comes late. */
const SHORTEST_REST = 3;
const LONGEST_REST = 24;
/** A picture that takes longer tells nothing in time. Three of them, and this machine is left in peace. */
const SLOWEST_MS = 2_500;
const PATIENCE = 3;
/** Loading took longer: given up. */
const LONGEST_START_MS = 60_000;
/** The page itself comes late by so much: something on this machine is short of breath. */
const LATE_MS = 400;
const BODY_EVERY_MS = 1_000;
/** Shoulders are looked at only where a face takes no longer than this. */
const FAST_MS = 120;
const SLOW_BODY_MS = 500;
const SIZE = { resizeWidth: 480, resizeQuality: "low" };

export class Landmarks {
  /**
   * @param {MediaStream} stream with a picture
   * @param {(face: object|null, body: object|null|undefined) => void} onLook
   */
  constructor(stream, onLook) {
    this.onLook = onLook;
    this.trouble = 0;
    this.rest = SHORTEST_REST;
    this.bodyAt = 0;
    this.bodies = 0;
    this.withoutBodies = false;
    this.lastMs = 0;
    this.video = Object.assign(document.createElement("video"), { muted: true, playsInline: true, srcObject: stream });
    // Once the page has nothing better to do: loading is megabytes.
    const idle = window.requestIdleCallback ?? ((run) => setTimeout(run, 1_000));
    idle(() => this.#start(), { timeout: 5_000 });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.worker?.terminate();
    this.video.srcObject = null;
  }

  #start() {
    if (this.closed) return;
    this.video.play().catch(() => {});
    this.worker = new Worker("/landmarks/worker.js");
    this.worker.onerror = () => this.close();
    this.worker.onmessage = ({ data }) => this.#hear(data);
    this.timer = setTimeout(() => this.close(), LONGEST_START_MS);
  }

  #hear({ ready, failed, ms, face, body }) {
    if (failed) return this.close();
    if (!ready) {
      if (body === undefined) this.lastMs = ms;
      else if (ms > SLOW_BODY_MS && this.bodies++ > 0) this.withoutBodies = true; // the first one loads the model, too
      this.trouble = ms > SLOWEST_MS ? this.trouble + 1 : 0;
      this.onLook(face, body);
    }
    return this.#again(Math.max(SHORTEST_INTERVAL_MS, this.rest * this.lastMs));
  }

  #again(interval) {
    clearTimeout(this.timer);
    if (this.trouble >= PATIENCE) return this.close();
    const due = performance.now() + interval;
    this.timer = setTimeout(() => {
      const isLate = performance.now() - due > LATE_MS;
      this.rest = isLate ? Math.min(2 * this.rest, LONGEST_REST) : Math.max(this.rest - 1, SHORTEST_REST);
      this.#send();
    }, interval);
    return undefined;
  }

  async #send() {
    if (this.closed) return;
    if (document.hidden || this.video.readyState < 2) return this.#again(1_000);
    const now = performance.now();
    const withBody = !this.withoutBodies && this.lastMs > 0 && this.lastMs < FAST_MS && now - this.bodyAt >= BODY_EVERY_MS;
    if (withBody) this.bodyAt = now;
    try {
      const image = await createImageBitmap(this.video, SIZE);
      if (!this.closed) this.worker.postMessage({ image, withBody }, [image]);
    } catch {
      this.#again(1_000); // no picture just now
    }
  }
}
