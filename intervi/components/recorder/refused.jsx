/** What the server will not take: why, and the ways to keep it elsewhere or to let it go. The room shows it, and so does every other page. */

/**
 * @param {object} props
 * @param {import("./outbox.js").OutboxState["refused"]} props.refused
 * @param {{refused: string, save_copy: string, discard: string}} props.texts
 * @param {(id: string) => void} props.onDiscard
 * @param {string} props.look class of each of them
 * @param {string} props.linkLook class of its buttons
 */
export function Refused({ refused, texts, onDiscard, look, linkLook }) {
  return refused.map(({ id, message, blob, filename }) => (
    <p key={id} className={look} role="alert">
      <span>
        {texts.refused} {message}
      </span>{" "}
      <button type="button" className={linkLook} onClick={() => save(blob, filename)}>
        {texts.save_copy}
      </button>{" "}
      <button type="button" className={linkLook} onClick={() => onDiscard(id)}>
        {texts.discard}
      </button>
    </p>
  ));
}

function save(blob, filename) {
  const url = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: url, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
