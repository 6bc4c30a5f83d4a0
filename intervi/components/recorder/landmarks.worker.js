/**
 * Face and shoulders in a picture, away from the page's own thread. Classic worker: MediaPipe's scripts are loaded with importScripts.
 *
 * In:  {image: ImageBitmap, withBody: boolean}, one at a time.
 * Out: {ready: true} once, then for each picture {ms, face, body}; or {failed: reason} and nothing more.
 *   face: null, or {yaw, pitch: degrees; gazeX, gazeY: widths of an eye; opening: of the eyes, likewise}
 *   body: undefined if not asked for; null, or {tilt: degrees, head: height of the nose above the shoulders, in their widths}
 * No point of a face leaves this worker.
 */
"use strict";

// MediaPipe's way of loading itself in a worker does not find its own files; its way on a page does. So this is the page it expects: a
// place for scripts, canvases, and nothing else.
self.window = self;
self.document = {
  body: {
    appendChild(script) {
      self.importScripts(script.src);
      script.loaded();
    },
  },
  createElement(name) {
    if (name === "canvas") return Object.assign(new OffscreenCanvas(1, 1), { style: {}, addEventListener() {} });
    return {
      setAttribute(attribute, value) {
        this[attribute] = value;
      },
      addEventListener(event, listener) {
        if (event === "load") this.loaded = listener;
      },
    };
  },
  addEventListener() {},
  getElementById: () => null,
  querySelector: () => null,
};

const at = (folder) => (name) => `/landmarks/${folder}/${name}`;
let mesh = null;
let pose = null;
let points = null;
let bodyPoints = null;

async function openMesh() {
  importScripts(at("face_mesh")("face_mesh.js"));
  mesh = new self.FaceMesh({ locateFile: at("face_mesh") });
  mesh.setOptions({ maxNumFaces: 1, refineLandmarks: true, minDetectionConfidence: 0.5, minTrackingConfidence: 0.5 });
  mesh.onResults(({ multiFaceLandmarks }) => {
    points = multiFaceLandmarks?.[0] ?? null;
  });
  await mesh.initialize();
}

async function openPose() {
  importScripts(at("pose")("pose.js"));
  pose = new self.Pose({ locateFile: at("pose") });
  pose.setOptions({ modelComplexity: 0 });
  pose.onResults(({ poseLandmarks }) => {
    bodyPoints = poseLandmarks ?? null;
  });
  await pose.initialize();
}

// --- what the points say: as workers/vision/face.py and posture.py, whose conventions these are -----------------------

const minus = (a, b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const dot = (a, b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const cross = (a, b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
const scaled = (a, by) => a.map((value) => value * by);
const unit = (a) => scaled(a, 1 / Math.max(Math.hypot(...a), 1e-9));
const middle = (a, b) => scaled([a[0] + b[0], a[1] + b[1], a[2] + b[2]], 0.5);
const degrees = (radians) => (radians * 180) / Math.PI;

/** Corners, iris, upper and lower lid of both eyes, by the canonical mesh's numbers. */
const EYES = [
  [33, 133, 468, 159, 145],
  [362, 263, 473, 386, 374],
];
const TEMPLES = [234, 454];
const FOREHEAD = 10;
const BRIDGE = 6;

function faceOf(landmarks, aspect) {
  const point = (index) => [landmarks[index].x * aspect, landmarks[index].y, landmarks[index].z * aspect];
  // Neither temple, forehead nor bridge moves with speech.
  const [left, right] = TEMPLES.map(point);
  const across = unit(minus(right, left));
  const downwards = minus(point(BRIDGE), point(FOREHEAD));
  const down = unit(minus(downwards, scaled(across, dot(across, downwards))));
  const ahead = cross(across, down);
  const eyes = EYES.map((eye) => eyeOf(eye.map(point)));
  const mean = (name) => (eyes[0][name] + eyes[1][name]) / 2;
  return {
    yaw: degrees(Math.atan2(ahead[0], ahead[2])),
    pitch: degrees(Math.atan2(ahead[1], ahead[2])),
    gazeX: mean("x"),
    gazeY: mean("y"),
    opening: mean("opening"),
  };
}

function eyeOf([left, right, iris, upper, lower]) {
  const across = [right[0] - left[0], right[1] - left[1], 0];
  const width = Math.max(Math.hypot(...across), 1e-9);
  const along = scaled(across, 1 / width);
  const below = [-along[1], along[0], 0];
  const place = scaled(minus(iris, middle(left, right)), 1 / width);
  place[2] = 0;
  return { x: dot(place, along), y: dot(place, below), opening: Math.hypot(lower[0] - upper[0], lower[1] - upper[1]) / width };
}

const NOSE = 0;
const SHOULDERS = [12, 11]; // the viewer's left, then right
const VISIBLE = 0.5;

function bodyOf(landmarks, aspect) {
  const [left, right] = SHOULDERS.map((index) => landmarks[index]);
  const width = Math.hypot((right.x - left.x) * aspect, right.y - left.y);
  if (Math.min(left.visibility, right.visibility) < VISIBLE || right.x <= left.x || width < 0.02) return null;
  return {
    tilt: degrees(Math.atan2(right.y - left.y, (right.x - left.x) * aspect)),
    head: ((left.y + right.y) / 2 - landmarks[NOSE].y) / width,
  };
}

// --- one picture after the other ------------------------------------------------------------------------------------

async function look({ image, withBody }) {
  const began = performance.now();
  const aspect = image.width / image.height;
  points = bodyPoints = null;
  await mesh.send({ image });
  const face = points && faceOf(points, aspect);
  let body;
  if (withBody) {
    if (!pose) await openPose();
    await pose.send({ image });
    body = bodyPoints && bodyOf(bodyPoints, aspect);
  }
  image.close();
  self.postMessage({ ms: performance.now() - began, face, body });
}

function fail(reason) {
  self.postMessage({ failed: String(reason?.message ?? reason) });
  self.close();
}

self.onmessage = ({ data }) => look(data).catch(fail);
self.onunhandledrejection = ({ reason }) => fail(reason);
openMesh().then(() => self.postMessage({ ready: true }), fail);
