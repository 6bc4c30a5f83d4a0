/**
 * The way of recorded segments to the server: each goes up while it grows (tus), is kept until the server has acknowledged all of it, and is
 * tried again for as long as it takes when the network is away.
 *
 * The segments of one answer go up one after the other. The first one of a new take says so (`anew`): from then on the server counts
 * nothing that came before it, and removes that once the new one is stored. So a take is never given up for one that did not arrive.
 *
 * Independent of Reflex: a lost connection there costs nothing here.
 */
import * as tus from "tus-js-client";

import { Segment } from "./segment.js";
import { Store } from "./store.js";

const ENDPOINT = "/api/uploads";
const CHUNK_BYTES = 1024 * 1024;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 15_000;
/** So long a room waits for the recordings that another page holds, before it begins without them. */
const HANDOVER_MS = 3000;
/** Rooms say here whose recordings they want; what merely sends them on lets go. */
const CHANNEL = "intervi-outbox";
/** A page that crashed says nothing of the last piece's length. */
const PIECE_SECONDS = 1;

/**
 * @typedef {object} OutboxState
 * @property {number} pendingBytes recorded and not acknowledged
 * @property {number} totalBytes of everything not yet whole on the server
 * @property {boolean} busy something is not up yet
 * @property {"lost"|"server"|"signed-out"|null} hindrance why nothing goes up at the moment; it is tried again
 * @property {{id: string, message: string, blob: Blob, filename: string}[]} refused what the server will not take, for keeping elsewhere or
 *   discarding (`discard`); it stays until then, and is offered to the server again by the next page
 */

export class Outbox {
  /**
   * @param {string} interviewId
   * @param {() => void} onChange the state or a segment changed
   * @param {(exchangeId: string) => void} onUploaded an answer's recordings are all on the server
   * @param {{yields?: boolean}} options `yields`: to the interview's room, on whatever page that is opened
   */
  constructor(interviewId, onChange, onUploaded, { yields = false } = {}) {
    this.interviewId = interviewId;
    this.onChange = onChange;
    this.onUploaded = onUploaded;
    this.yields = yields;
    /** @type {{segment: Segment, upload: tus.Upload|null, sent: number, hindrance: string|null, refusal: string|null, retry: any, attempt: number, told: boolean}[]} */
    this.entries = [];
    this.storing = Store.open();
    /** All that is being written to the browser's database. */
    this.kept = Promise.resolve();
    this.closed = false;
    this.released = new Promise((release) => (this.release = release));
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
    if (yields) this.channel?.addEventListener("message", ({ data }) => data === interviewId && this.close());
    this.retryNow = () => this.entries.forEach((entry) => entry.retry && entry.hindrance && this.#start(entry));
    window.addEventListener("online", this.retryNow);
  }

  /**
   * Takes up what an earlier page of this interview left behind. One page at a time holds an interview's recordings: a room has them given
   * up by a page that merely sends them, and where another room has them, it begins without them after a moment.
   */
  resume() {
    if (!navigator.locks) return this.#takeUp();
    if (!this.yields) this.channel?.postMessage(this.interviewId);
    return new Promise((resumed) => {
      const withoutThem = this.yields ? null : setTimeout(resumed, HANDOVER_MS);
      navigator.locks.request(`${CHANNEL}-${this.interviewId}`, async () => {
        clearTimeout(withoutThem);
        if (!this.closed) await this.#takeUp();
        resumed();
        await this.released;
      });
    });
  }

  async #takeUp() {
    const store = await this.storing;
    const known = new Set(this.entries.map(({ segment }) => segment.record.id));
    for (const record of await store.segmentsOf(this.interviewId)) {
      if (known.has(record.id)) continue;
      const segment = new Segment(record, record.stored ? [] : await store.piecesOf(record));
      if (!record.ended) {
        segment.end(segment.pieces.length * PIECE_SECONDS);
        this.#keep((store) => store.saveSegment(record));
      }
      const entry = this.#enter(segment);
      if (!record.stored && segment.size === 0) this.#forget(entry);
    }
    for (const exchangeId of new Set(this.entries.map(({ segment }) => segment.record.exchangeId))) this.#goOn(exchangeId);
    this.onChange();
  }

  /** Begins to send a segment that is being recorded. */
  add(segment) {
    this.#keep((store) => store.saveSegment(segment.record));
    this.#enter(segment);
    this.#goOn(segment.record.exchangeId);
    this.onChange();
  }

  /** Takes the next piece of a segment: kept first, sent as soon as the upload asks for it. */
  push(segment, piece) {
    const number = segment.pieces.length;
    this.#keep((store) => store.savePiece(segment.record.id, number, piece));
    segment.push(piece);
    this.onChange();
  }

  /** A segment has ended: its length is known now. One without a byte is no segment. */
  ended(segment) {
    const entry = this.entries.find((one) => one.segment === segment);
    if (segment.size === 0) {
      entry.upload?.abort(true).catch(() => {}); // nothing is lost with it
      this.#forget(entry);
      this.#goOn(segment.record.exchangeId);
    } else this.#keep((store) => store.saveSegment(segment.record));
    this.#releaseIfClosed();
    this.onChange();
  }

  /** The segments of an answer's newest take, in order. */
  takeOf(exchangeId) {
    const own = this.entries.map(({ segment }) => segment).filter(({ record }) => record.exchangeId === exchangeId);
    const newest = Math.max(0, ...own.map(({ record }) => record.take));
    return own.filter(({ record }) => record.take === newest);
  }

  isUp(exchangeId) {
    return this.entries.every(({ segment: { record } }) => record.exchangeId !== exchangeId || record.stored);
  }

  /** @returns {OutboxState} */
  state() {
    const open = this.entries.filter(({ segment }) => !segment.record.stored);
    const going = open.filter(({ refusal, hindrance }) => refusal === null && hindrance !== "another's");
    return {
      totalBytes: going.reduce((sum, { segment }) => sum + segment.size, 0),
      pendingBytes: going.reduce((sum, { segment, sent }) => sum + segment.size - sent, 0),
      busy: going.length > 0,
      hindrance: going.find(({ hindrance }) => hindrance)?.hindrance ?? null,
      refused: open
        .filter(({ refusal }) => refusal !== null)
        .map(({ segment, refusal }) => ({
          id: segment.record.id,
          message: refusal,
          blob: segment.blob(),
          filename: filenameOf(segment.record),
        })),
    };
  }

  /** Sends nothing more. What is still being recorded is kept to its end, and only then left to whoever sends it next. */
  close() {
    if (this.closed) return;
    this.closed = true;
    this.channel?.close();
    window.removeEventListener("online", this.retryNow);
    for (const entry of this.entries) {
      clearTimeout(entry.retry);
      entry.upload?.abort();
    }
    this.#releaseIfClosed();
    this.onChange();
  }

  #releaseIfClosed() {
    if (this.closed && this.entries.every(({ segment }) => segment.record.ended)) this.kept.then(this.release);
  }

  #keep(step) {
    this.kept = Promise.allSettled([this.kept, this.storing.then(step)]).then(() => {});
    return this.kept;
  }

  #enter(segment) {
    const entry = { segment, upload: null, sent: 0, hindrance: null, refusal: null, retry: null, attempt: 0, told: false };
    this.entries.push(entry);
    return entry;
  }

  #start(entry) {
    clearTimeout(entry.retry);
    entry.retry = null;
    entry.upload ??= this.#uploadOf(entry);
    entry.upload.start();
  }

  #uploadOf(entry) {
    const { segment } = entry;
    const { record } = segment;
    return new tus.Upload(segment, {
      endpoint: new URL(ENDPOINT, window.location.origin).href,
      uploadUrl: record.uploadUrl,
      fileReader: { openFile: async () => segment },
      fingerprint: async () => null, // where it goes on is kept with the segment itself
      storeFingerprintForResuming: false,
      uploadLengthDeferred: true,
      chunkSize: CHUNK_BYTES,
      retryDelays: null, // we never give up; see #failed
      metadata: {
        exchange_id: record.exchangeId,
        kind: record.kind,
        filename: filenameOf(record),
        ...(record.owner && { owner: record.owner }),
        filetype: record.type.split(";")[0],
        offset_seconds: String(record.offsetSeconds),
        ...(record.take > 1 && record.offsetSeconds === 0 && { anew: "true" }),
      },
      onUploadUrlAvailable: () => {
        record.uploadUrl = entry.upload.url;
        this.#keep((store) => store.saveSegment(record));
      },
      onAfterResponse: refuseToBeginAnew,
      onChunkComplete: (_size, accepted) => {
        Object.assign(entry, { sent: accepted, attempt: 0, hindrance: null });
        this.onChange();
      },
      onSuccess: () => this.#stored(entry),
      onError: (error) => this.#failed(entry, error),
    });
  }

  async #stored(entry) {
    const { record } = entry.segment;
    Object.assign(entry, { sent: entry.segment.size, hindrance: null });
    record.stored = true;
    await this.#keep(async (store) => {
      await store.saveSegment(record);
      await store.forgetPieces(record.id);
    });
    this.#goOn(record.exchangeId);
    this.onChange();
  }

  #failed(entry, error) {
    const status = error.originalResponse?.getStatus() ?? error.causingError?.status ?? 0;
    if (status === 403 && entry.segment.record.owner) {
      entry.hindrance = "another's"; // whose it is sends it on; whoever is signed in now is not even told of it
    } else if (isForGood(error.originalRequest?.getMethod(), status)) {
      entry.hindrance = null;
      entry.refusal = refusalIn(error.originalResponse?.getBody());
      this.#goOn(entry.segment.record.exchangeId);
    } else {
      entry.hindrance = status === 401 ? "signed-out" : status >= 500 ? "server" : "lost";
      const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** entry.attempt++);
      entry.retry = setTimeout(() => this.#start(entry), delay * (0.75 + Math.random() / 2));
    }
    this.onChange();
  }

  /** Sends the next segment of an answer that waits; with none left, the answer is told to be up. */
  #goOn(exchangeId) {
    if (this.closed) return;
    const own = this.entries.filter(({ segment, refusal }) => segment.record.exchangeId === exchangeId && refusal === null);
    const next = own.find(({ segment }) => !segment.record.stored);
    if (next && !next.upload) this.#start(next);
    if (next || own.length === 0) return;
    this.onUploaded(exchangeId);
    for (const entry of own) entry.told = true;
  }

  /** Removes what the server will not take, because whoever recorded it said so. */
  discard(id) {
    const entry = this.entries.find(({ segment, refusal }) => segment.record.id === id && refusal !== null);
    if (!entry) return;
    this.#forget(entry);
    this.onChange();
  }

  #forget(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.#keep((store) => store.forget(entry.segment.record.id));
  }

  /** Answers that are left behind, wholly on the server and told to be, need not be remembered here. */
  forgetToldExcept(exchangeId) {
    for (const entry of this.entries) {
      if (entry.told && entry.segment.record.exchangeId !== exchangeId) this.#forget(entry);
    }
  }
}

/** A refusal to begin an upload stands; one to go on may only mean that the upload must be asked after, or begun anew. */
function isForGood(method, status) {
  if (status < 400 || status >= 500) return false;
  return method === "POST" ? ![401, 408, 423, 429].includes(status) : [400, 403, 413, 415, 422].includes(status);
}

function filenameOf(record) {
  return `take-${record.take}-at-${Math.round(record.offsetSeconds)}s.${record.type.includes("mp4") ? "mp4" : "webm"}`;
}

/** An upload that the server cannot tell of now; it may tell later. */
class Untold extends Error {
  constructor(status) {
    super(`where the upload goes on was answered with ${status}`);
    this.status = status;
  }
}

/** tus-js-client takes whatever refusal to say where an upload goes on as the word that there is none, and begins another one. */
function refuseToBeginAnew(request, response) {
  const status = response.getStatus();
  if (request.getMethod() === "HEAD" && status >= 400 && ![403, 404, 410].includes(status)) throw new Untold(status);
}

/** The server's own words, if it said any. */
function refusalIn(body) {
  try {
    const { message, detail } = JSON.parse(body);
    return message ?? (typeof detail === "string" ? detail : "");
  } catch {
    return "";
  }
}
