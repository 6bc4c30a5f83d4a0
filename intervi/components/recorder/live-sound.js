/**
 * The microphone's samples for the coach, taken on the audio thread. The recording does not pass through here.
 */
export class LiveSound {
  /**
   * @param {MediaStream} stream with a sound track
   * @param {string} worklet address of capture.worklet.js
   * @param {(chunk: ArrayBuffer) => void} onChunk Float32, one channel, `rate` samples a second
   */
  constructor(stream, worklet, onChunk) {
    this.context = new AudioContext();
    this.rate = this.context.sampleRate;
    this.wanted = false;
    this.context.audioWorklet.addModule(worklet).then(
      () => {
        if (this.context.state === "closed") return;
        this.node = new AudioWorkletNode(this.context, "capture", { channelCount: 1, channelCountMode: "explicit" });
        this.node.port.onmessage = ({ data }) => this.wanted && onChunk(data);
        this.context.createMediaStreamSource(stream).connect(this.node);
        // It writes nothing to its output; but what leads nowhere is not asked for samples.
        this.node.connect(this.context.destination);
        if (this.wanted) this.begin();
      },
      () => {}, // no worklets here: no live figures, and nothing else is amiss
    );
  }

  begin() {
    this.wanted = true;
    this.context.resume();
    this.node?.port.postMessage("begin");
  }

  end() {
    this.wanted = false;
    this.node?.port.postMessage("end");
  }

  close() {
    this.end();
    if (this.context.state !== "closed") this.context.close();
  }
}
