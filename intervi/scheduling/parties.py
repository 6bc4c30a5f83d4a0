"""Who takes part in an interview of others, in the owner's own references."""

from dataclasses import asdict, dataclass

from intervi.interviews.models import Interview

_PREFERENCE = "parties"


@dataclass(frozen=True, slots=True)
class Parties:
    """Who takes part, in the owner's own references."""

    candidate: str | None = None
    job: str | None = None
    interviewers: tuple[str, ...] = ()

    @property
    def people(self) -> tuple[str, ...]:
        """Everyone whose time the interview takes."""
        return tuple(dict.fromkeys((*((self.candidate,) if self.candidate else ()), *self.interviewers)))


def keep_parties(interview: Interview, parties: Parties) -> None:
    """These people take part from now on; the row is held by the caller."""
    interview.preferences = {**interview.preferences, _PREFERENCE: asdict(parties)}


def parties_of(interview: Interview) -> Parties:
    """Who takes part; nobody in an interview that was not arranged here."""
    kept = interview.preferences.get(_PREFERENCE, {})
    return Parties(kept.get("candidate"), kept.get("job"), tuple(kept.get("interviewers", ())))
