/** What is heard and seen live, in a low voice: two or three slim bars with a word each, and one nudge at a time. */

const PACE_SCALE = 260;
const PACE = [120, 160];
const EYES = 0.6;
const POSTURE = 0.7;

export function Meters({ figures, wantPicture, texts }) {
  const { wordsPerMinute, eyeContact, posture } = figures;
  const bars = [
    {
      name: "pace",
      label: texts.pace,
      share: wordsPerMinute === null ? null : wordsPerMinute / PACE_SCALE,
      target: [PACE[0] / PACE_SCALE, PACE[1] / PACE_SCALE],
      word: paceWord(wordsPerMinute, texts),
    },
    wantPicture && {
      name: "eyes",
      label: texts.eye_contact,
      share: eyeContact,
      target: [EYES, 1],
      word: eyeContact === null ? texts.not_yet : eyeContact >= EYES ? texts.eyes_good : texts.eyes_away,
    },
    wantPicture &&
      posture !== null && {
        name: "posture",
        label: texts.posture,
        share: posture,
        target: [POSTURE, 1],
        word: posture >= POSTURE ? texts.posture_good : texts.posture_low,
      },
  ];
  return (
    <div className="rec-meters" role="group" aria-label={texts.live_figures}>
      {bars.filter(Boolean).map((bar) => (
        <Meter key={bar.name} {...bar} />
      ))}
    </div>
  );
}

function Meter({ name, label, share, target, word }) {
  const percent = (value) => `${Math.round(100 * Math.min(1, Math.max(0, value)))}%`;
  return (
    <div className="rec-meter" data-meter={name} data-share={share === null ? "" : share.toFixed(2)}>
      <span className="rec-meter-label">{label}</span>
      <span className="rec-meter-bar" aria-hidden="true">
        <span className="rec-meter-target" style={{ left: percent(target[0]), right: percent(1 - target[1]) }} />
        {share !== null && <span className="rec-meter-mark" style={{ left: percent(share) }} />}
      </span>
      <span className="rec-meter-word">{word}</span>
    </div>
  );
}

function paceWord(wordsPerMinute, texts) {
  if (wordsPerMinute === null) return texts.not_yet;
  if (wordsPerMinute > PACE[1]) return texts.pace_fast;
  return wordsPerMinute < PACE[0] ? texts.pace_slow : texts.pace_good;
}

/** One line that comes and goes. It is said to screen readers, too, when they have nothing else to say. */
export function Nudge({ nudge }) {
  return (
    <div className="rec-nudge-place" role="status">
      {nudge && (
        <p key={nudge.key} className="rec-nudge">
          {nudge.text}
        </p>
      )}
    </div>
  );
}
