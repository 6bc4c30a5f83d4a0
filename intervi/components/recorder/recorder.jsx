/** What the pages use of us (see __init__.py). */
import "./recorder.css";

export { DeviceCheck } from "./check.jsx";
export { PracticeRoom } from "./room.jsx";
