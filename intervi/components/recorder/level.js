/**
 * How loud the microphone is, measured: root mean square of the samples, in decibels relative to full scale.
 */

/** Speech at arm's length from a laptop is -40 to -15 dBFS; a quiet room lies below -55. */
export const SPEECH_DECIBELS = -45;
/** So long must it be that loud, all in all, before "We hear you" is true: no single click or knock. */
export const SPEECH_SECONDS = 0.4;
const SILENCE_DECIBELS = -70;

/**
 * @param {Float32Array} samples in -1 … 1
 * @returns {number} dBFS; silence gives -Infinity
 */
export function decibels(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / samples.length);
}

/** The meter's height for a level: 0 at -70 dBFS, 1 at full scale. */
export function heightOf(level) {
  return Math.min(1, Math.max(0, 1 - level / SILENCE_DECIBELS));
}

export class LevelMeter {
  /** @param {MediaStream} stream with a sound track */
  constructor(stream) {
    this.context = new AudioContext();
    this.analyser = new AnalyserNode(this.context, { fftSize: 2048, smoothingTimeConstant: 0 });
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
    // Some browsers start it suspended until the first click or key.
    this.wake = () => this.context.resume();
    this.wake();
    for (const name of ["pointerdown", "keydown"]) window.addEventListener(name, this.wake, { once: true });
  }

  /** The level of the last 43 ms (at 48 kHz), in dBFS. */
  read() {
    this.analyser.getFloatTimeDomainData(this.samples);
    return decibels(this.samples);
  }

  close() {
    for (const name of ["pointerdown", "keydown"]) window.removeEventListener(name, this.wake);
    this.context.close();
  }
}
