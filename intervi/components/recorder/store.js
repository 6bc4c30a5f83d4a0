/**
 * What has been recorded and is not up yet, kept in the browser's own database: a reload, a crash or a closed tab loses nothing.
 *
 * Two stores: `segments` (one record each) and `pieces` (their bytes, by segment and number). Where the database is switched off (some
 * private windows) or full, recording goes on in memory alone.
 */
import { openDB } from "idb";

/**
 * @typedef {object} SegmentRecord
 * @property {string} id made here
 * @property {string} interviewId
 * @property {string} owner whose it is; several people may use one browser
 * @property {string} exchangeId
 * @property {number} take 1, 2 … : recording again begins the next take
 * @property {"video"|"audio"} kind
 * @property {string} type the recorder's mime type
 * @property {number} offsetSeconds where it begins in its answer
 * @property {number} seconds its length; 0 until it has ended
 * @property {boolean} ended
 * @property {boolean} stored acknowledged whole by the server
 * @property {string|null} uploadUrl where its upload goes on
 */

function open() {
  return openDB("intervi-recordings", 1, {
    upgrade(database) {
      database.createObjectStore("segments", { keyPath: "id" }).createIndex("interviewId", "interviewId");
      database.createObjectStore("pieces", { keyPath: ["segmentId", "number"] }).createIndex("segmentId", "segmentId");
    },
  });
}

export class Store {
  /** @returns {Promise<Store>} one that keeps nothing, where the browser has no database for us */
  static async open() {
    return new Store(await open().catch(() => null));
  }

  constructor(database) {
    this.database = database;
  }

  /** Runs one step; a database that fails (full, gone) is given up, and memory alone serves from then on. */
  async #step(action, otherwise) {
    if (!this.database) return otherwise;
    try {
      return await action(this.database);
    } catch (error) {
      console.warn("Recordings are kept in memory only:", error);
      this.database = null;
      return otherwise;
    }
  }

  saveSegment(record) {
    return this.#step((database) => database.put("segments", record));
  }

  async savePiece(segmentId, number, piece) {
    // Bytes, not blobs: Safari's private windows keep no blobs.
    const bytes = await piece.arrayBuffer();
    return this.#step((database) => database.put("pieces", { segmentId, number, bytes }));
  }

  /** @returns {Promise<SegmentRecord[]>} in the order recorded */
  segmentsOf(interviewId) {
    return this.#step(async (database) => {
      const found = await database.getAllFromIndex("segments", "interviewId", interviewId);
      return found.sort((a, b) => a.take - b.take || a.offsetSeconds - b.offsetSeconds);
    }, []);
  }

  /** @returns {Promise<string[]>} the interviews of which something is not up yet */
  interviewsToSend() {
    return this.#step(async (database) => {
      const found = await database.getAll("segments");
      return [...new Set(found.filter(({ stored }) => !stored).map(({ interviewId }) => interviewId))];
    }, []);
  }

  /** @returns {Promise<Blob[]>} */
  piecesOf(record) {
    return this.#step(async (database) => {
      const found = await database.getAllFromIndex("pieces", "segmentId", record.id);
      return found.sort((a, b) => a.number - b.number).map(({ bytes }) => new Blob([bytes]));
    }, []);
  }

  /** The bytes are up: only the record stays, so that a reload still knows that this answer has a recording. */
  forgetPieces(segmentId) {
    return this.#step(async (database) => {
      const writing = database.transaction("pieces", "readwrite");
      for (const key of await writing.store.index("segmentId").getAllKeys(segmentId)) writing.store.delete(key);
      await writing.done;
    });
  }

  async forget(segmentId) {
    await this.forgetPieces(segmentId);
    return this.#step((database) => database.delete("segments", segmentId));
  }
}
