/**
 * The practice room. It owns camera, microphone, recorder, upload and keys, and draws all of it, so that it goes on when the page's own
 * connection is lost; the page hears coarse events only, and may hear one twice.
 */
import { useCallback, useEffect, useRef, useState } from "react";

import { megabytes } from "./amounts.js";
import { forgetDraft, keptDraft, keepDraft } from "./drafts.js";
import { Meters, Nudge } from "./meters.jsx";
import { Icon, LevelBar, Picture, TroubleHelp } from "./parts.jsx";
import { hush, isMuted, readAloud, rememberMuted } from "./reader.js";
import { Refused } from "./refused.jsx";
import { useDevices } from "./useDevices.js";
import { useKeys } from "./useKeys.js";
import { useLive, useLiveChoice } from "./useLive.js";
import { useOutbox, useRecording } from "./useOutbox.js";

/** An event of ours that shows no effect for so long is told again: the page takes it once. */
const TELL_AGAIN_MS = 5000;

export function PracticeRoom({ interviewId, owner, exchange, planned, way, suggestedSeconds, language, finished, timeIsUp, notice, texts, worklet, onAnswer, onSkip, onUploaded, onEnd, onLeave }) {
  const [ownWay, setOwnWay] = useState(null);
  const currentWay = ownWay ?? way;
  const writing = currentWay === "text";
  const wantPicture = currentWay === "video";
  const [hidden, setHidden] = useState(false);
  const [help, setHelp] = useState(false);
  const [ending, setEnding] = useState(false);
  const [listening, setListening] = useState(false);
  const [hint, setHint] = useState("");
  const [muted, setMuted] = useState(isMuted);
  const [told, tell] = useTold(exchange?.id, finished);
  const [draft, setDraft] = useDraft(exchange?.id);

  const { outbox, ready } = useOutbox(interviewId, onUploaded);
  const { stream, trouble, retry } = useDevices(!finished && !writing, wantPicture);
  const { recording, begin, stop } = useRecording({
    outbox,
    stream,
    kind: wantPicture ? "video" : "audio",
    interviewId,
    owner,
    exchangeId: exchange?.id,
    onCut: () => setHint(texts.cut_short),
  });
  const [live, toggleLive] = useLiveChoice();
  const figures = useLive({ on: live && !finished && !writing, stream, wantPicture, interviewId, exchangeId: exchange?.id, recording, worklet });
  const take = (exchange && outbox?.takeOf(exchange.id)) || [];
  const phase = finished ? "done" : told ? "moving" : recording ? "recording" : take.length > 0 ? "recorded" : "question";
  const answered = take.length > 0 || draft.trim() !== "";
  // With no device there is nothing to press yet; the help says what to do.
  const beforeAnswering = writing ? texts.phase.writing : trouble ? "" : texts.phase.question;

  // --- what one can do -------------------------------------------------------------------------------------------

  const startOrStop = () => {
    setHint("");
    setListening(false);
    hush();
    if (recording) stop();
    else if (phase === "question" || phase === "recorded") begin(false);
  };
  const redo = () => {
    if (phase !== "recorded" || !stream) return;
    setHint("");
    setListening(false);
    hush();
    begin(true);
  };
  const next = async () => {
    if (!exchange || phase === "moving" || phase === "done") return;
    await stop();
    const recorded = outbox?.takeOf(exchange.id).length > 0;
    if (!recorded && draft.trim() === "") return setHint(writing ? texts.write_first : texts.record_first);
    return tell(exchange.id, () => onAnswer(exchange.id, draft.trim(), !recorded || outbox.isUp(exchange.id)));
  };
  const skip = async () => {
    if (!exchange || phase === "moving" || phase === "done") return;
    await stop();
    tell(exchange.id, () => onSkip(exchange.id));
  };
  const end = async () => {
    setEnding(false);
    await stop();
    const recorded = exchange && outbox?.takeOf(exchange.id).length > 0;
    const answer = recorded || draft.trim() !== "" ? exchange.id : "";
    tell(exchange?.id, () => onEnd(answer, draft.trim(), !recorded || outbox.isUp(exchange.id)));
  };
  const toggleMuted = () => {
    rememberMuted(!muted);
    setMuted(!muted);
    if (muted && exchange && !recording) readAloud(exchange.question, language);
    else hush();
  };
  const goOnBy = async (chosen) => {
    await stop();
    setHint("");
    setOwnWay(chosen);
  };
  const field = useRef(null);

  useKeys({
    " ": () => (writing ? field.current?.focus() : startOrStop()),
    n: next,
    r: redo,
    m: toggleMuted,
    l: () => !writing && toggleLive(),
    "?": () => setHelp((shown) => !shown),
    Escape: () => {
      setHelp(false);
      setEnding(false);
    },
  });

  // --- what happens by itself ------------------------------------------------------------------------------------

  useEffect(() => {
    setHint("");
    setListening(false);
    if (exchange && !finished && !muted) readAloud(exchange.question, language);
    return hush;
  }, [exchange?.id, finished]);

  const upload = outbox?.state();
  const allUp = finished && ready && !upload.busy && upload.refused.length === 0;
  useEffect(() => {
    if (allUp && !timeIsUp) onLeave();
  }, [allUp, timeIsUp]);

  // Answers left behind and wholly up need no memory here any more.
  useEffect(() => {
    if (ready) outbox.forgetToldExcept(finished ? null : exchange?.id);
  }, [ready, exchange?.id, finished]);

  if (finished) return <Done interviewId={interviewId} outbox={outbox} ready={ready} timeIsUp={timeIsUp} texts={texts} onLeave={onLeave} />;

  return (
    <div className="rec-room" data-phase={exchange && ready ? phase : "loading"}>
      <header className="rec-top">
        <Dots position={exchange?.position ?? 0} planned={planned} texts={texts} />
        <div className="rec-tools">
          <Tool icon={muted ? "muted" : "speaker"} label={muted ? texts.read_aloud_on : texts.read_aloud_off} onClick={toggleMuted} />
          {wantPicture && !trouble && (
            <Tool icon={hidden ? "hidden" : "picture"} label={hidden ? texts.show_picture : texts.hide_picture} onClick={() => setHidden(!hidden)} />
          )}
          {!writing && <Tool icon={live ? "live" : "live_off"} label={live ? texts.live_off : texts.live_on} onClick={toggleLive} />}
          {writing ? (
            <Tool icon="microphone" label={texts.speak_instead} onClick={() => goOnBy(way === "text" ? "audio" : way)} />
          ) : (
            <Tool icon="pen" label={texts.write_instead} onClick={() => goOnBy("text")} />
          )}
          <Tool icon="help" label={texts.keys} expanded={help} onClick={() => setHelp(!help)} />
          <button type="button" className="rec-button rec-end" onClick={() => setEnding(true)}>
            {texts.end}
          </button>
        </div>
      </header>

      {help && <KeysHelp texts={texts} writing={writing} />}
      {ending && (
        <div className="rec-panel" role="dialog" aria-label={texts.end_title}>
          <p>{texts.end_question}</p>
          <div className="rec-row">
            <button type="button" className="rec-button rec-primary" autoFocus onClick={end}>
              {texts.end_now}
            </button>
            <button type="button" className="rec-button" onClick={() => setEnding(false)}>
              {texts.go_on}
            </button>
          </div>
        </div>
      )}

      <div className="rec-question" aria-live="polite">
        {exchange ? (
          <>
            <p className="rec-quiet">{exchange.kind}</p>
            <h1>{exchange.question}</h1>
          </>
        ) : (
          <div className="rec-skeleton" aria-label={texts.loading} />
        )}
      </div>

      <main className="rec-stage">
        {writing ? (
          <textarea
            ref={field}
            className="rec-writing"
            aria-label={texts.your_answer}
            autoFocus={ownWay === "text"}
            placeholder={texts.write_here}
            value={draft}
            maxLength={50_000}
            readOnly={phase === "moving"}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") field.current.blur();
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) next();
            }}
          />
        ) : trouble ? (
          <TroubleHelp trouble={trouble} texts={texts} wantPicture={wantPicture} onRetry={retry} onWay={goOnBy} />
        ) : (
          <>
            <LevelBar stream={stream} label={texts.level} />
            <div className={wantPicture ? "rec-frame" : "rec-frame rec-voice"}>
              {listening ? (
                <Playback take={take} texts={texts} />
              ) : wantPicture ? (
                <Picture stream={stream} label={texts.own_picture} hidden={hidden} />
              ) : (
                <p className="rec-quiet">{stream ? texts.voice_note : texts.waiting_for_devices}</p>
              )}
              {wantPicture && hidden && !listening && <p className="rec-quiet">{texts.picture_hidden}</p>}
            </div>
            <Nudge nudge={figures.nudge} />
          </>
        )}
      </main>

      <footer className="rec-controls">
        {live && !writing && !trouble && <Meters figures={figures} wantPicture={wantPicture} texts={texts} />}
        <p className="rec-status" role="status">
          {notice || hint || (phase === "question" ? beforeAnswering : texts.phase[phase])}
        </p>
        <div className="rec-row rec-main-row">
          {phase === "recorded" && !writing ? (
            <button type="button" className="rec-button" onClick={redo} disabled={!stream}>
              {texts.redo} <kbd>R</kbd>
            </button>
          ) : (
            <button type="button" className="rec-button" onClick={skip} disabled={phase === "moving" || phase === "recording"}>
              {texts.skip}
            </button>
          )}
          {writing ? (
            <span className="rec-words">{texts.words.replace("{count}", String(countWords(draft)))}</span>
          ) : (
            <RecordButton recording={recording} take={take} phase={phase} suggestedSeconds={suggestedSeconds} disabled={!stream || !ready || phase === "moving"} texts={texts} onClick={startOrStop} />
          )}
          <button type="button" className={answered ? "rec-button rec-primary" : "rec-button"} onClick={next} disabled={phase === "moving" || (!answered && !recording)}>
            {exchange && exchange.position >= planned ? texts.finish : texts.next} <kbd>N</kbd>
          </button>
        </div>
        <div className="rec-below">
          {upload?.hindrance ? (
            <p className="rec-upload" role="status" data-hindrance={upload.hindrance}>
              {texts.hindrance[upload.hindrance]}
              {upload.hindrance === "signed-out" && <SignIn interviewId={interviewId} texts={texts} />}
            </p>
          ) : (
            phase === "recorded" &&
            !writing &&
            take.some((segment) => segment.size > 0) && (
              <button type="button" className="rec-link" onClick={() => setListening(!listening)}>
                {listening ? texts.stop_playback : texts.play_back}
              </button>
            )
          )}
        </div>
        {upload && <RefusedHere outbox={outbox} texts={texts} />}
      </footer>
    </div>
  );
}

/** Tells the page something about a question, again and again until the page has moved on from that question. */
function useTold(exchangeId, finished) {
  const [told, setTold] = useState(null);
  const open = told && told.exchangeId === exchangeId && !finished ? told : null;
  useEffect(() => {
    if (!open) return undefined;
    const timer = setInterval(open.say, TELL_AGAIN_MS);
    return () => clearInterval(timer);
  }, [open]);
  const tell = useCallback((id, say) => {
    setTold({ exchangeId: id, say });
    say();
  }, []);
  return [open, tell];
}

/** The typed answer, kept in the browser until it is given: a reload loses no word. */
function useDraft(exchangeId) {
  const [draft, setDraft] = useState("");
  const before = useRef(null);
  useEffect(() => {
    if (before.current && before.current !== exchangeId) forgetDraft(before.current);
    before.current = exchangeId;
    setDraft(exchangeId ? keptDraft(exchangeId) : "");
  }, [exchangeId]);
  const change = (text) => {
    setDraft(text);
    keepDraft(exchangeId, text);
  };
  return [draft, change];
}

function Tool({ icon, label, onClick, expanded }) {
  return (
    <button type="button" className="rec-tool" aria-label={label} title={label} aria-expanded={expanded} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

function Dots({ position, planned, texts }) {
  const label = texts.position.replace("{position}", String(position)).replace("{planned}", String(Math.max(planned, position)));
  return (
    <div className="rec-dots" role="img" aria-label={label}>
      {Array.from({ length: Math.max(planned, position) }, (_, index) => (
        <span key={index} className={index + 1 < position ? "rec-dot rec-past" : index + 1 === position ? "rec-dot rec-now" : "rec-dot"} />
      ))}
      <span className="rec-quiet rec-position">{position > 0 && label}</span>
    </div>
  );
}

/** The round button with the ring around it: how much of the suggested time has gone by. Nothing happens when it is full. */
function RecordButton({ recording, take, phase, suggestedSeconds, disabled, texts, onClick }) {
  const [, tick] = useState(0);
  useEffect(() => {
    if (!recording) return undefined;
    const timer = setInterval(() => tick((count) => count + 1), 200);
    return () => clearInterval(timer);
  }, [recording]);
  const seconds = recording
    ? recording.before + (performance.now() - recording.startedAt) / 1000
    : take.reduce((sum, segment) => sum + segment.record.seconds, 0);
  const label = recording ? texts.stop : phase === "recorded" ? texts.continue_recording : texts.record;
  return (
    <div className="rec-record">
      <button type="button" className="rec-round" aria-label={label} title={label} data-recording={Boolean(recording)} disabled={disabled} onClick={onClick}>
        <svg viewBox="0 0 100 100" aria-hidden="true">
          <circle className="rec-ring" cx="50" cy="50" r="46" />
          <circle className="rec-ring-done" cx="50" cy="50" r="46" pathLength="1" strokeDasharray="1" strokeDashoffset={1 - Math.min(1, seconds / suggestedSeconds)} />
        </svg>
        <span className="rec-knob" />
      </button>
      <span className="rec-time">{clock(seconds)}</span>
    </div>
  );
}

/** The take as recorded, one segment after the other. */
function Playback({ take, texts }) {
  const [index, setIndex] = useState(0);
  const segment = take.filter(({ size }) => size > 0)[index];
  const [url, setUrl] = useState(null);
  useEffect(() => {
    if (!segment) return undefined;
    const made = URL.createObjectURL(segment.blob());
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [segment]);
  if (!segment || !url) return null;
  const common = { src: url, controls: true, autoPlay: true, onEnded: () => setIndex(index + 1 < take.length ? index + 1 : 0), "aria-label": texts.play_back };
  return segment.record.kind === "video" ? <video className="rec-playback" playsInline {...common} /> : <audio {...common} />;
}

function KeysHelp({ texts, writing }) {
  return (
    <aside className="rec-panel rec-keys" aria-label={texts.keys}>
      <dl>
        {(writing ? texts.key_list_writing : texts.key_list).map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </aside>
  );
}

function RefusedHere({ outbox, texts }) {
  return <Refused refused={outbox.state().refused} texts={texts} onDiscard={(id) => outbox.discard(id)} look="rec-refused" linkLook="rec-link" />;
}

/** A whole new page, whose socket carries the new login; the room goes on here afterwards. */
function SignIn({ interviewId, texts }) {
  return (
    <a className="rec-link" href={`/sign-in?next=/practice/${interviewId}`}>
      {texts.sign_in}
    </a>
  );
}

/** After the last question: what is still on its way, until all of it has arrived. */
function Done({ interviewId, outbox, ready, timeIsUp, texts, onLeave }) {
  const upload = outbox?.state();
  const share = upload?.totalBytes ? 1 - upload.pendingBytes / upload.totalBytes : 1;
  return (
    <div className="rec-room rec-done" data-phase="done">
      <h1>{timeIsUp ? texts.time_up_title : texts.done_title}</h1>
      {timeIsUp && <p>{texts.time_up}</p>}
      {ready && (
        <>
          <p role="status">{upload.hindrance ? texts.hindrance[upload.hindrance] : upload.busy ? texts.done_uploading : texts.done_up}</p>
          {upload.hindrance === "signed-out" && <SignIn interviewId={interviewId} texts={texts} />}
          <progress className="rec-progress" max="1" value={share} aria-label={texts.done_uploading} />
          <p className="rec-quiet">
            {upload.busy && texts.megabytes.replace("{sent}", megabytes(upload.totalBytes - upload.pendingBytes)).replace("{total}", megabytes(upload.totalBytes))}
          </p>
          <RefusedHere outbox={outbox} texts={texts} />
          {!upload.busy && (
            <button type="button" className="rec-button rec-primary" onClick={onLeave}>
              {texts.to_report}
            </button>
          )}
        </>
      )}
    </div>
  );
}

function clock(seconds) {
  const whole = Math.floor(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function countWords(text) {
  return text.trim() === "" ? 0 : text.trim().split(/\s+/).length;
}
