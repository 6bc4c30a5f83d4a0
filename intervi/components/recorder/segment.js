/**
 * One recorded segment of an answer, as bytes that grow while the candidate speaks and can be read again from any offset.
 *
 * It is the source of a tus upload. tus-js-client's own source for streams cannot go back; this one keeps every byte until the server
 * has acknowledged the whole segment, so an upload can begin anew from whatever offset the server still knows.
 */

/** MediaRecorder hands over a piece this often: what a crash can cost at most, together with one request. */
export const TIMESLICE_MS = 1000;

/** VP8 first: it costs the candidate's and the analysing machine the least; Safari knows only mp4. */
const CONTAINERS = {
  video: ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/webm", "video/mp4"],
  audio: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};

/** The first container of this kind that the browser can write; empty: its own default. */
export function containerFor(kind) {
  return CONTAINERS[kind].find((type) => MediaRecorder.isTypeSupported(type)) ?? "";
}

export class Segment {
  /**
   * @param {object} record what is kept about it (see store.js); `ended` with its pieces for one from an earlier page
   * @param {Blob[]} pieces
   */
  constructor(record, pieces = []) {
    this.record = record;
    this.pieces = pieces;
    this.size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    this.waiting = [];
  }

  push(piece) {
    this.pieces.push(piece);
    this.size += piece.size;
    this.#wakeReaders();
  }

  end(seconds) {
    this.record.seconds = seconds;
    this.record.ended = true;
    this.#wakeReaders();
  }

  blob() {
    return new Blob(this.pieces, { type: this.record.type });
  }

  /**
   * tus-js-client's source: what lies from `start` on, as soon as there is something or the segment has ended.
   * @returns {Promise<{value: Blob, done: boolean}>}
   */
  async slice(start, end) {
    while (this.size <= start && !this.record.ended) await new Promise((wake) => this.waiting.push(wake));
    const stop = Math.min(end, this.size);
    return { value: this.blob().slice(start, stop), done: this.record.ended && stop === this.size };
  }

  /** Part of tus-js-client's interface of a source; nothing is held open here. */
  close() {}

  #wakeReaders() {
    this.waiting.splice(0).forEach((wake) => wake());
  }
}

/**
 * Records a stream into a segment until it is stopped, a device goes away or the recorder fails; whatever came by then is kept.
 * @param {MediaStream} stream
 * @param {Segment} segment
 * @param {(piece: Blob) => void} onPiece
 * @param {(cut: boolean) => void} onEnd `cut`: it ended by itself, not by {@link stop}
 * @returns {{stop: () => void, startedAt: number}}
 */
export function record(stream, segment, onPiece, onEnd) {
  const recorder = new MediaRecorder(stream, {
    ...(segment.record.type && { mimeType: segment.record.type }),
    videoBitsPerSecond: 1_200_000,
    audioBitsPerSecond: 96_000,
  });
  const startedAt = performance.now();
  let asked = false;
  const stop = () => recorder.state !== "inactive" && recorder.stop();

  recorder.addEventListener("dataavailable", ({ data }) => data.size > 0 && onPiece(data));
  recorder.addEventListener("error", stop);
  recorder.addEventListener(
    "stop",
    () => {
      segment.end((performance.now() - startedAt) / 1000);
      onEnd(!asked);
    },
    { once: true },
  );
  // One device gone (unplugged) leaves the other recording half an answer: end it properly and say so.
  for (const track of stream.getTracks()) track.addEventListener("ended", stop, { once: true });
  recorder.start(TIMESLICE_MS);
  return {
    startedAt,
    stop: () => {
      asked = true;
      stop();
    },
  };
}
