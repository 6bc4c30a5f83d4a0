/** The form that sends in the recording of an interview (see __init__.py for its props). */
import { useId, useRef, useState } from "react";

const ADDRESS = "/api/v1/transcription/upload";

/** fetch tells nothing of how much has gone up. */
function post(body, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => onProgress(Math.floor((100 * loaded) / total));
    request.onload = () => resolve(request);
    request.onerror = reject;
    request.open("POST", ADDRESS);
    request.send(body);
  });
}

function refusal(request, words) {
  try {
    return JSON.parse(request.responseText).error.message;
  } catch {
    return words.unreachable;
  }
}

export function InterviewUpload({ interview, longestConsent, words, onSent }) {
  const id = useId();
  const form = useRef(null);
  const [kind, setKind] = useState("video");
  const [percent, setPercent] = useState(null);
  const [problem, setProblem] = useState("");
  const [isSent, setIsSent] = useState(false);

  async function send(event) {
    event.preventDefault();
    const { file, consentedBy } = form.current.elements;
    setProblem("");
    setIsSent(false);
    if (!file.files.length) {
      setProblem(words.choose);
      return file.focus();
    }
    const body = new FormData();
    // What says what the file is goes before it: the server need not read it all to refuse it.
    body.append("interviewId", interview);
    body.append("format", kind);
    body.append("consentedBy", consentedBy.value);
    body.append("file", file.files[0]);
    setPercent(0);
    try {
      const request = await post(body, setPercent);
      if (request.status === 201) {
        form.current.reset();
        setIsSent(true);
        onSent();
      } else setProblem(refusal(request, words));
    } catch {
      setProblem(words.unreachable);
    }
    setPercent(null);
  }

  /** A file says itself what it is, mostly. */
  function chosen({ target }) {
    const [type] = (target.files[0]?.type ?? "").split("/");
    if (type === "audio" || type === "video") setKind(type);
  }

  return (
    <form className="form" ref={form} onSubmit={send} noValidate>
      <p className="notice notice--act" role="alert">{problem}</p>
      <div className="field">
        <label htmlFor={`${id}-file`}>{words.file}</label>
        <input id={`${id}-file`} name="file" type="file" accept="audio/*,video/*" onChange={chosen} />
      </div>
      <fieldset className="row">
        <legend className="small">{words.kind}</legend>
        {["video", "audio"].map((one) => (
          <label key={one} className="tick">
            <input type="radio" name="format" value={one} checked={kind === one} onChange={() => setKind(one)} />{" "}
            {words[one]}
          </label>
        ))}
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-consent`}>{words.consent}</label>
        <input
          id={`${id}-consent`}
          name="consentedBy"
          className="input"
          maxLength={longestConsent}
          aria-describedby={`${id}-hint`}
        />
        <span id={`${id}-hint`} className="quiet small">{words.consentHint}</span>
      </div>
      <div className="row">
        <button className="button" type="submit" disabled={percent !== null}>{words.send}</button>
        {percent !== null && <progress max="100" value={percent} aria-label={words.send} />}
        <span className="quiet small" role="status">
          {percent !== null && words.sending.replace("{percent}", percent)}
          {isSent && words.sent}
        </span>
      </div>
    </form>
  );
}
