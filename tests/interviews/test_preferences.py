"""What an interview's owner wishes of a live assistant."""

import pytest

from intervi.errors import InvalidInput
from intervi.ids import new_id
from intervi.interviews.models import Interview, Origin
from intervi.interviews.preferences import Preferences, prefer, preferences_of, spoken_language


def an_interview() -> Interview:
    return Interview(user_id=new_id(), origin=Origin.ASSISTANT, preferences={"of another": 1})


def test_without_a_wish_it_is_as_documented() -> None:
    assert preferences_of(an_interview()) == Preferences()


def test_a_wish_changes_that_alone() -> None:
    interview = an_interview()
    prefer(interview, {"company": "Tech Corp", "requirements": ("React",)})
    prefer(interview, {"confidence_threshold": 0.5})
    wishes = preferences_of(interview)
    assert (wishes.company, wishes.requirements, wishes.confidence_threshold) == ("Tech Corp", ("React",), 0.5)
    assert interview.preferences["of another"] == 1


@pytest.mark.parametrize(
    ("tag", "spoken"), [("en", "en"), ("en-GB", "en"), ("PT-br", "pt"), ("zh-Hant-TW", "zh"), ("yue", "yue")]
)
def test_a_language_tag_tells_what_is_spoken(tag: str, spoken: str) -> None:
    interview = an_interview()
    prefer(interview, {"language": tag})
    assert spoken_language(interview) == spoken


@pytest.mark.parametrize("tag", ["", "xx", "english", "en_GB", "e", "../etc", "en-", "de\n"])
def test_what_is_no_language_is_refused(tag: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        prefer(an_interview(), {"language": tag})
    assert "preferred_language" in refused.value.details
