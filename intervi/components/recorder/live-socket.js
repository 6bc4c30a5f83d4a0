/**
 * The coach's socket (`/ws/analysis/{id}`): sound goes up, figures and nudges come back. Losing it costs the recording nothing; it comes
 * back by itself.
 */

/** Not worth another try: signed out, no such interview, interview over. */
const FINAL = new Set([4401, 4404, 4410]);
/** Another page of the same person has taken the place: this one waits until the next answer is recorded here. */
const TAKEN_OVER = 4409;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;
/** Sound that the network does not take in time is left out: figures of what was said long ago help nobody. */
const MOST_WAITING_BYTES = 512 * 1024;

export class LiveSocket {
  /**
   * @param {string} interviewId
   * @param {number} rate samples a second
   * @param {(message: {type: string, message?: string, data: object}) => void} onMessage metrics and nudges
   */
  constructor(interviewId, rate, onMessage) {
    this.address = `${window.location.origin.replace(/^http/, "ws")}/ws/analysis/${interviewId}`;
    this.rate = rate;
    this.onMessage = onMessage;
    this.delay = FIRST_DELAY_MS;
    this.answer = null;
    this.closed = false;
    this.#open();
  }

  /**
   * An answer is being recorded from now on.
   * @param {{exchangeId: string, take: number, offsetSeconds: () => number}} answer `offsetSeconds`: how long it is so far
   */
  begin(answer) {
    this.answer = answer;
    if (this.socket) this.#sayAnswer();
    else if (!this.closed) this.#open();
  }

  end() {
    this.answer = null;
    this.#say({ type: "answer_end" });
  }

  sendSound(chunk) {
    if (this.#isOpen() && this.socket.bufferedAmount < MOST_WAITING_BYTES) this.socket.send(chunk);
  }

  /** @param {number|null} eyeContact share of the last second */
  sendFigures(eyeContact) {
    if (this.answer) this.#say({ type: "figures", eye_contact: eyeContact });
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket?.close();
    this.socket = null;
  }

  #open() {
    clearTimeout(this.timer);
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onopen = () => {
      this.#say({ type: "config", sampleRate: this.rate, details: true });
      if (this.answer) this.#sayAnswer();
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      this.delay = FIRST_DELAY_MS;
      if (message.type === "ping") this.#say({ type: "pong" });
      else if (message.type !== "error") this.onMessage(message);
    };
    socket.onclose = ({ code }) => {
      if (this.socket !== socket) return;
      this.socket = null;
      if (this.closed || FINAL.has(code)) return;
      if (code === TAKEN_OVER) return;
      this.timer = setTimeout(() => this.#open(), this.delay);
      this.delay = Math.min(2 * this.delay, LONGEST_DELAY_MS);
    };
  }

  #sayAnswer() {
    const { exchangeId, take, offsetSeconds } = this.answer;
    this.#say({ type: "answer", exchange_id: exchangeId, take, offset_seconds: Math.round(offsetSeconds() * 100) / 100 });
  }

  #isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  #say(message) {
    if (this.#isOpen()) this.socket.send(JSON.stringify(message));
  }
}
