/** The forms of an account (see __init__.py for their props). */
import { useRef, useState } from "react";

async function call(path, body, method = "POST") {
  return fetch(path, {
    method,
    // What is refused is said in the language of the page.
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    body: body && JSON.stringify(body),
  });
}

/**
 * A whole new page: its socket must carry the new cookie. What the server keeps of this window's pages is under Reflex' own token, so that
 * goes too: nobody who signs in here next is sent what was shown before.
 */
function beginAnew(address) {
  sessionStorage.removeItem("token");
  window.location.assign(address);
}

export function AccountForm({ action, method, fields, submit, next, done, words }) {
  const form = useRef(null);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState({});
  const [message, setMessage] = useState("");
  const [isDone, setDone] = useState(false);

  function refuse(text, details) {
    setErrors(details);
    const shown = fields.find((field) => details[field.name]);
    // A sentence that stands at its field already is not said twice.
    setMessage(shown ? "" : text);
    if (shown) form.current.elements[shown.name].focus();
    setBusy(false);
  }

  async function send(event) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(form.current));
    if (fields.some((field) => field.name === "firstName")) {
      values.timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    }
    setBusy(true);
    setMessage("");
    setDone(false);
    let answer, body;
    try {
      answer = await call(action, values, method);
      body = answer.status === 204 ? {} : await answer.json();
    } catch {
      return refuse(words.unreachable, {});
    }
    if (!answer.ok) return refuse(body.message, body.details ?? {});
    if (!done) return beginAnew(next);
    form.current.reset();
    setErrors({});
    setBusy(false);
    setDone(true);
  }

  return (
    <form className="form" ref={form} onSubmit={send} noValidate>
      <p className="notice notice--act" role="alert">{message}</p>
      {fields.map((field) => (
        <Field key={field.name} field={field} errors={errors[field.name]} words={words} />
      ))}
      <button type="submit" className={`button button--${method === "DELETE" ? "act" : "primary"}`} disabled={busy} aria-busy={busy}>
        {submit}
      </button>
      {done && <p className="hint" role="status">{isDone ? done : ""}</p>}
    </form>
  );
}

function Field({ field, errors, words }) {
  const [shown, setShown] = useState(false);
  const isPassword = field.type === "password";
  const hint = `${field.name}-hint`;
  return (
    <div className="field">
      <label className="label" htmlFor={field.name}>
        {field.label} {field.optional && <span className="quiet">({words.optional})</span>}
      </label>
      <div className={isPassword ? "input-with" : undefined}>
        <input
          id={field.name}
          name={field.name}
          className="input"
          type={isPassword && shown ? "text" : field.type}
          autoComplete={field.autocomplete}
          autoCapitalize={field.type === "text" ? "words" : "none"}
          spellCheck={false}
          aria-invalid={Boolean(errors)}
          aria-describedby={hint}
        />
        {isPassword && (
          <button
            type="button"
            className="link"
            aria-pressed={shown}
            aria-label={words.showPassword}
            onClick={() => setShown(!shown)}
          >
            {shown ? words.hide : words.show}
          </button>
        )}
      </div>
      <p id={hint} className={errors ? "hint hint--error" : "hint"} aria-live="polite">
        {errors ? errors.join(" ") : field.hint}
      </p>
    </div>
  );
}

export function SignOut({ label, failed }) {
  const [again, setAgain] = useState(false);

  async function leave() {
    const answer = await call("/api/auth/logout").catch(() => null);
    // 401: the login has ended already.
    if (answer?.ok || answer?.status === 401) beginAnew("/");
    else setAgain(true);
  }

  return (
    <button type="button" className="top-link" onClick={leave}>
      {again ? failed : label}
    </button>
  );
}
