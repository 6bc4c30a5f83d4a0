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
/** A page that crashed says nothing of the last piece's length. */
const PIECE_SECONDS = 1;

/**
 * @typedef {object} OutboxState
 * @property {number} pendingBytes recorded and not acknowledged
 * @property {number} totalBytes of everything not yet whole on the server
 * @property {boolean} busy something is not up yet
 * @property {"lost"|"server"|"signed-out"|null} hindrance why nothing goes up at the moment; it is tried again
 * @property {{message: string, blob: Blob, filename: string}[]} refused what the server will not take, for keeping elsewhere
 */

export class Outbox {
  /**
   * @param {string} interviewId
   * @param {() => void} onChange the state or a segment changed
   * @param {(exchangeId: string) => void} onUploaded an answer's recordings are all on the server
   */
  constructor(interviewId, onChange, onUploaded) {
    this.interviewId = interviewId;
    this.onChange = onChange;
    this.onUploaded = onUploaded;
    /** @type {{segment: Segment, upload: tus.Upload|null, sent: number, hindrance: string|null, refusal: string|null, retry: any, attempt: number, told: boolean}[]} */
    this.entries = [];
    this.storing = Store.open();
    this.closed = false;
    this.retryNow = () => this.entries.forEach((entry) => entry.retry && entry.hindrance && this.#start(entry));
    window.addEventListener("online", this.retryNow);
  }

  /** Takes up what an earlier page of this interview left behind. One tab at a time: another waits until this one is closed. */
  resume() {
    return new Promise((resumed) => {
      const takeUp = async () => {
        if (this.closed) return;
        await this.#takeUp();
        resumed();
        await new Promise((release) => (this.release = release));
      };
      if (navigator.locks) {
        navigator.locks.request(`intervi-outbox-${this.interviewId}`, takeUp);
        setTimeout(resumed, 1000); // held by another tab: this one begins without its recordings
      } else takeUp();
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
        store.saveSegment(record);
      }
      const entry = this.#enter(segment);
      if (!record.stored && segment.size === 0) this.#forget(entry);
    }
    for (const exchangeId of new Set(this.entries.map(({ segment }) => segment.record.exchangeId))) this.#goOn(exchangeId);
    this.onChange();
  }

  /** Begins to send a segment that is being recorded. */
  add(segment) {
    this.storing.then((store) => store.saveSegment(segment.record));
    this.#enter(segment);
    this.#goOn(segment.record.exchangeId);
    this.onChange();
  }

  /** Takes the next piece of a segment: kept first, sent as soon as the upload asks for it. */
  push(segment, piece) {
    const number = segment.pieces.length;
    this.storing.then((store) => store.savePiece(segment.record.id, number, piece));
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
    } else this.storing.then((store) => store.saveSegment(segment.record));
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
    const going = open.filter((entry) => !entry.refusal);
    return {
      totalBytes: going.reduce((sum, { segment }) => sum + segment.size, 0),
      pendingBytes: going.reduce((sum, { segment, sent }) => sum + segment.size - sent, 0),
      busy: going.length > 0,
      hindrance: going.find(({ hindrance }) => hindrance)?.hindrance ?? null,
      refused: open
        .filter((entry) => entry.refusal)
        .map(({ segment, refusal }) => ({ message: refusal, blob: segment.blob(), filename: filenameOf(segment.record) })),
    };
  }

  close() {
    this.closed = true;
    window.removeEventListener("online", this.retryNow);
    for (const entry of this.entries) {
      clearTimeout(entry.retry);
      entry.upload?.abort();
    }
    this.release?.();
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
        filetype: record.type.split(";")[0],
        offset_seconds: String(record.offsetSeconds),
        ...(record.take > 1 && record.offsetSeconds === 0 && { anew: "true" }),
      },
      onUploadUrlAvailable: () => {
        record.uploadUrl = entry.upload.url;
        this.storing.then((store) => store.saveSegment(record));
      },
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
    const store = await this.storing;
    await store.saveSegment(record);
    await store.forgetPieces(record.id);
    this.#goOn(record.exchangeId);
    this.onChange();
  }

  #failed(entry, error) {
    const status = error.originalResponse?.getStatus() ?? 0;
    if (isForGood(error.originalRequest?.getMethod(), status)) {
      entry.hindrance = null;
      entry.refusal = refusalIn(error.originalResponse.getBody());
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
    const own = this.entries.filter(({ segment, refusal }) => segment.record.exchangeId === exchangeId && !refusal);
    const next = own.find(({ segment }) => !segment.record.stored);
    if (next && !next.upload) this.#start(next);
    if (next || own.length === 0 || this.closed) return;
    this.onUploaded(exchangeId);
    for (const entry of own) entry.told = true;
  }

  #forget(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    this.storing.then((store) => store.forget(entry.segment.record.id));
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

/** The server's own words, if it said any. */
function refusalIn(body) {
  try {
    const { message, detail } = JSON.parse(body);
    return message ?? (typeof detail === "string" ? detail : "");
  } catch {
    return "";
  }
}
