/**
 * Hands the microphone's samples over in chunks, on the audio thread: nothing on the page can delay it, and it delays nothing there.
 * Runs as an AudioWorklet (see live-sound.js); silent until it is told to begin.
 */
const CHUNK = 4096;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.chunk = new Float32Array(CHUNK);
    this.filled = 0;
    this.wanted = false;
    this.port.onmessage = ({ data }) => {
      this.wanted = data === "begin";
      this.filled = 0;
    };
  }

  process([input]) {
    const samples = input[0];
    if (!this.wanted || !samples) return true;
    // A render quantum (128) divides a chunk, so none is ever cut in two.
    this.chunk.set(samples, this.filled);
    this.filled += samples.length;
    if (this.filled >= CHUNK) {
      const full = this.chunk;
      this.chunk = new Float32Array(CHUNK);
      this.filled = 0;
      this.port.postMessage(full.buffer, [full.buffer]);
    }
    return true;
  }
}

registerProcessor("capture", Capture);
