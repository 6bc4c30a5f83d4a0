"""What scores, and the parts they are made of, are called by people."""

from intervi.translation import N_

SCORES = {
    "overall": N_("Overall"),
    "content": N_("Content"),
    "structure": N_("Structure"),
    "delivery": N_("Delivery"),
    "presence": N_("Presence"),
}

PARTS = {
    **SCORES,
    "coverage": N_("Points covered"),
    "specificity": N_("Concreteness"),
    "situation": N_("Situation"),
    "task": N_("Task"),
    "action": N_("Action"),
    "result": N_("Result"),
    "claim": N_("Position"),
    "reason": N_("Reason"),
    "example": N_("Example"),
    "limits": N_("Limits"),
    "consequence": N_("Consequence"),
    "assessment": N_("Finding out first"),
    "follow-up": N_("Following up"),
    "pace": N_("Pace"),
    "pauses": N_("Share of pauses"),
    "fillers": N_("Fillers"),
    "pitch_variation": N_("Variation of pitch"),
    "clarity": N_("Clarity"),
    "eye_contact": N_("Eye contact"),
    "posture": N_("Posture"),
    "face_in_view": N_("Face in the picture"),
}
