/** The player and its timeline (see __init__.py). Times are seconds of the answer; an answer may be several recorded files. */
import { useEffect, useRef, useState, useSyncExternalStore } from "react";

import { clock, onWish, publish, read, subscribe, toggle as toggleLane, wish } from "./store.js";

/** Marks nearer than this to where the player stands are where it stands. */
const HERE_SECONDS = 0.25;
/** What goes on all the time is a lane, and no mark to go to. */
const GROUND = ["speech", "live_contact"];

export function Player({ answers, words, onStale }) {
  const video = useRef(null);
  const frame = useRef(null);
  // What the video element has open, and where it is to stop; no reason to draw anything anew.
  const open = useRef({ segment: null, url: null, until: null, retried: null });
  const latest = useRef(answers);
  latest.current = answers;
  const { answer: chosen, time, playing } = useSyncExternalStore(subscribe, read, read);
  const [broken, setBroken] = useState(false);
  const [length, setLength] = useState(0);
  const shown = answers.find((each) => each.id === chosen) ?? answers[0];
  // A recording that was not decoded yet has no length of its own.
  const answer = shown && { ...shown, duration: shown.duration || length };

  function seek(id, at, { play = false, until = null } = {}) {
    const wanted = latest.current.find((each) => each.id === id);
    if (!wanted) return;
    const segment = wanted.segments.findLast((each) => each.offset <= at + 0.01) ?? wanted.segments[0];
    const element = video.current;
    open.current.until = until;
    publish({ answer: id, time: at });
    const within = Math.max(0, at - segment.offset);
    const go = () => {
      element.currentTime = within;
      if (play) element.play().catch(() => publish({ playing: false }));
    };
    if (open.current.segment?.id === segment.id && element.readyState > 0) return go();
    open.current = { ...open.current, segment, url: segment.url };
    setBroken(false);
    element.addEventListener("loadedmetadata", go, { once: true });
    element.src = segment.url;
    element.load();
  }

  useEffect(() => {
    const isOpen = open.current.segment && answers.some((each) => each.id === read().answer);
    if (answers.length && !isOpen) seek(answers[0].id, 0);
    // A link that had expired: the page has sent a new one.
    const { segment, retried } = open.current;
    if (segment && retried === segment.id) {
      const now = answers.flatMap((each) => each.segments).find((each) => each.id === segment.id);
      if (now && now.url !== open.current.url) {
        const { answer: id, time: at, playing: play } = read();
        open.current.segment = null;
        seek(id, at, { play });
      }
    }
  }, [answers]);

  useEffect(
    () =>
      onWish((id, start, end) => {
        seek(id, start, { play: true, until: end });
        const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
        frame.current?.scrollIntoView({ block: "nearest", behavior: still ? "auto" : "smooth" });
      }),
    [],
  );

  useEffect(() => {
    const play = (event) => {
      const button = event.target.closest?.("[data-play]");
      if (!button) return;
      const [id, start, end] = button.dataset.play.split(":");
      wish(id, Number(start), end ? Number(end) : null);
    };
    document.addEventListener("click", play);
    return () => document.removeEventListener("click", play);
  }, []);

  // Word by word needs more than the four time updates a second that a video element sends.
  useEffect(() => {
    if (!playing) return undefined;
    let request = requestAnimationFrame(function follow() {
      const { segment, until } = open.current;
      if (segment) {
        const at = segment.offset + video.current.currentTime;
        publish({ time: at });
        if (until !== null && at >= until) {
          open.current.until = null;
          video.current.pause();
        }
      }
      request = requestAnimationFrame(follow);
    });
    return () => cancelAnimationFrame(request);
  }, [playing]);

  function goOn() {
    const { segment } = open.current;
    const next = answer.segments.find((each) => each.offset > segment.offset);
    if (next) seek(answer.id, next.offset, { play: true, until: open.current.until });
    else publish({ playing: false });
  }

  function fail() {
    const { segment } = open.current;
    if (!segment) return;
    if (open.current.retried === segment.id) return setBroken(true);
    open.current.retried = segment.id;
    onStale?.();
  }

  if (!answer) return null;
  const toggle = () =>
    playing
      ? video.current.pause()
      : seek(answer.id, time >= answer.duration - 0.1 ? 0 : time, { play: true });

  return (
    <div className="player" ref={frame}>
      <div className={answer.kind === "video" ? "stage-picture" : "stage-picture stage-picture--sound"}>
        <video
          ref={video}
          playsInline
          preload="metadata"
          aria-label={`${words.answer} ${answer.number}`}
          onDurationChange={(event) =>
            setLength(Number.isFinite(event.target.duration) ? event.target.duration : 0)
          }
          onPlay={() => publish({ playing: true })}
          onPause={() => publish({ playing: false })}
          onEnded={goOn}
          onError={fail}
          onClick={toggle}
        />
        {answer.kind !== "video" && <span className="quiet small">{words.sound}</span>}
      </div>
      {broken && <p className="notice" role="alert">{words.broken}</p>}
      <div className="transport">
        <button type="button" className="transport-play" onClick={toggle} aria-label={playing ? words.pause : words.play}>
          <svg viewBox="0 0 16 16" width="16" height="16" fill="currentColor" aria-hidden="true">
            {playing ? <path d="M3.5 2.5h3v11h-3zM9.5 2.5h3v11h-3z" /> : <path d="M4.5 2v12l9-6z" />}
          </svg>
        </button>
        <input
          type="range"
          min="0"
          max={Math.max(answer.duration, 0.1)}
          step="0.1"
          value={Math.min(time, answer.duration)}
          aria-label={words.position}
          aria-valuetext={`${clock(time)} / ${clock(answer.duration)}`}
          onChange={(event) => seek(answer.id, Number(event.target.value), { play: playing })}
        />
        <span className="small quiet">{`${clock(time)} / ${clock(answer.duration)}`}</span>
      </div>
      {answers.length > 1 && (
        <div className="takes" role="group" aria-label={words.answer}>
          {answers.map((each) => (
            <button
              key={each.id}
              type="button"
              className="take"
              aria-pressed={each.id === answer.id}
              aria-label={`${words.answer} ${each.number}`}
              onClick={() => seek(each.id, 0, { play: playing })}
            >
              {each.number}
            </button>
          ))}
        </div>
      )}
      <Timeline answer={answer} time={time} words={words} />
    </div>
  );
}

function Timeline({ answer, time, words }) {
  const { hidden } = useSyncExternalStore(subscribe, read, read);
  const place = (seconds) => `${(100 * Math.min(seconds, answer.duration)) / answer.duration}%`;
  if (!answer.lanes.length || !answer.duration) return null;
  const marks = answer.lanes
    .filter((lane) => !GROUND.includes(lane.name) && !hidden.includes(lane.name))
    .flatMap((lane) => lane.marks)
    .sort((one, other) => one.start - other.start);
  const earlier = marks.findLast((mark) => mark.start < time - HERE_SECONDS);
  const later = marks.find((mark) => mark.start > time + HERE_SECONDS);

  function jump(event) {
    const box = event.currentTarget.getBoundingClientRect();
    wish(answer.id, (answer.duration * (event.clientX - box.left)) / box.width);
  }

  return (
    <section className="timeline" aria-label={words.marks}>
      <div className="lanes">
        {answer.lanes.map((lane) => [
          <button
            key={`${lane.name}-name`}
            type="button"
            className={`lane-name lane-name--${lane.name}`}
            aria-pressed={!hidden.includes(lane.name)}
            onClick={() => toggleLane(lane.name)}
          >
            {lane.label}
            <span className="quiet">{GROUND.includes(lane.name) ? "" : ` ${lane.marks.length}`}</span>
          </button>,
          <div
            key={lane.name}
            className={`lane lane--${lane.name}`}
            data-off={hidden.includes(lane.name) || undefined}
            role="img"
            aria-label={lane.marks.map((mark) => mark.text).join("; ") || "–"}
            onClick={jump}
          >
            {lane.marks.map((mark) => (
              <span key={mark.start} title={mark.text} style={{ left: place(mark.start), width: place(mark.end - mark.start) }} />
            ))}
            <span className="lane-now" style={{ left: place(time) }} />
          </div>,
        ])}
      </div>
      <div className="row row--between">
        <Step mark={earlier} label={words.earlier} answer={answer.id} />
        <Step mark={later} label={words.later} answer={answer.id} />
      </div>
    </section>
  );
}

/** To the mark before or after where the player stands. */
function Step({ mark, label, answer }) {
  return (
    <button
      type="button"
      className="link small"
      disabled={!mark}
      onClick={() => wish(answer, Math.max(0, mark.start - 0.3), Math.max(mark.end, mark.start + 1) + 0.5)}
    >
      {mark ? `${label}: ${mark.text}` : label}
    </button>
  );
}
