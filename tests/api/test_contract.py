"""The five contracts as data."""

import pytest

from intervi.api.contract import (
    ASSISTANT,
    CANDIDATE,
    COACH,
    CONTRACTS,
    CONVERSATION,
    HIRING,
    Contract,
    Failure,
    contract_of,
)
from intervi.errors import Conflict, InvalidInput, NotFound, WrongState
from intervi.ids import new_id, parse_id
from intervi.interviews.models import Status


@pytest.mark.parametrize(
    ("path", "contract"),
    [
        ("/api", CANDIDATE),
        ("/api/auth/login", CANDIDATE),
        ("/api/v10/interviews", CANDIDATE),
        ("/api/v1", HIRING),
        ("/api/v1/interviews", HIRING),
        ("/api/v1/interviewers", HIRING),
        ("/transcription/stream/interview-1", HIRING),
        ("/api/v1/interview", CONVERSATION),
        ("/api/v1/interview/sessions", CONVERSATION),
        ("/interview-sessions", ASSISTANT),
        ("/interview-sessions/1/details", ASSISTANT),
        ("/interview", COACH),
        ("/interview/sessions", COACH),
        ("/auth/token", COACH),
        ("/ws/analysis/1", COACH),
        ("/interviews", None),
        ("/auth", None),
        ("/auth/tokens", None),
        ("/apis", None),
        ("/", None),
        ("/_event", None),
        ("/ping", None),
        ("/_health", None),
        ("/docs", None),
        ("//api/ping", None),
    ],
)
def test_whose_path_it_is(path: str, contract: Contract | None) -> None:
    assert contract_of(path) is contract


# The table of `contracts/README.md`, "Status words".
WORDS = {
    Status.SCHEDULED: ("scheduled", "paused", "created", "scheduled", "scheduled"),
    Status.ACTIVE: ("in-progress", "active", "in_progress", "in_progress", "in-progress"),
    Status.PAUSED: ("in-progress", "paused", "in_progress", "paused", "in-progress"),
    Status.COMPLETED: ("completed", "completed", "completed", "completed", "completed"),
    Status.CANCELLED: ("cancelled", "completed", "cancelled", "cancelled", "cancelled"),
}


@pytest.mark.parametrize("status", Status)
def test_status_words_both_ways(status: Status) -> None:
    words = tuple(contract.word(status) for contract in CONTRACTS)
    assert words == WORDS[status]
    assert all(status in contract.statuses(word) for contract, word in zip(CONTRACTS, words, strict=True))


def test_one_word_for_several_statuses() -> None:
    assert ASSISTANT.statuses("paused") == {Status.SCHEDULED, Status.PAUSED}
    assert CANDIDATE.statuses("in-progress") == {Status.ACTIVE, Status.PAUSED}
    assert COACH.statuses("in-progress") == frozenset()


def test_ids_are_spelt_as_published_and_read_back() -> None:
    identity = new_id()
    spelt = [contract.spell_id(identity) for contract in CONTRACTS]
    assert [len(text) for text in spelt] == [24, 36, 36, len("interview-") + 24, 24]
    assert {parse_id(text) for text in spelt} == {identity}


FAILURE = Failure(404, "There is no such record.")
INVALID = Failure(400, "Not valid.", {"email": ["Wrong."], "password": ["Short.", "Weak."]})


class TestErrorBodies:
    def test_candidate(self) -> None:
        assert CANDIDATE.error_body(FAILURE) == {"message": "There is no such record.", "details": {}}
        assert CANDIDATE.error_body(INVALID) == {
            "message": "Not valid.",
            "details": {"email": ["Wrong."], "password": ["Short.", "Weak."]},
        }

    def test_assistant(self) -> None:
        assert ASSISTANT.error_body(FAILURE) == {
            "statusCode": 404,
            "message": "There is no such record.",
            "error": "Not Found",
        }
        assert ASSISTANT.error_body(INVALID)["message"] == "email: Wrong. password: Short. password: Weak."

    def test_coach(self) -> None:
        assert COACH.error_body(FAILURE) == {"detail": "There is no such record."}

    @pytest.mark.parametrize(
        ("status", "code"),
        [
            (400, "VALIDATION_ERROR"),
            (401, "UNAUTHORIZED"),
            (403, "FORBIDDEN"),
            (404, "NOT_FOUND"),
            (405, "VALIDATION_ERROR"),
            (409, "VALIDATION_ERROR"),
            (413, "VALIDATION_ERROR"),
            (415, "VALIDATION_ERROR"),
            (422, "VALIDATION_ERROR"),
            (429, "RATE_LIMITED"),
            (500, "PROCESSING_ERROR"),
            (503, "PROCESSING_ERROR"),
        ],
    )
    def test_hiring(self, status: int, code: str) -> None:
        body = HIRING.error_body(Failure(status, "No.", {"duration": ["Too long."]}))
        assert set(body) == {"success", "error", "timestamp", "requestId"}
        assert body["success"] is False
        assert body["error"] == {"code": code, "message": "No.", "details": {"duration": ["Too long."]}}

    def test_conversation(self) -> None:
        assert CONVERSATION.error_body(FAILURE) == {"success": False, "message": "There is no such record."}


class TestFailures:
    # (validation status, status of a move that is not allowed)
    @pytest.mark.parametrize(
        ("contract", "invalid", "wrong_state"),
        [(CANDIDATE, 400, 400), (ASSISTANT, 400, 400), (COACH, 422, 400), (HIRING, 422, 409), (CONVERSATION, 400, 400)],
    )
    def test_statuses(self, contract: Contract, invalid: int, wrong_state: int) -> None:
        moved = WrongState("It is over.", current=Status.COMPLETED, wanted=Status.ACTIVE)
        assert contract.failure(InvalidInput("No.")).status == invalid
        assert contract.failure(moved).status == wrong_state
        assert contract.failure(Conflict("Taken.")).status == 409
        assert contract.failure(NotFound("Nothing.")).status == 404

    def test_a_refused_move_names_both_states_in_the_contracts_words(self) -> None:
        refused = WrongState("It is over.", current=Status.COMPLETED, wanted=Status.ACTIVE)
        assert [contract.failure(refused).message for contract in CONTRACTS] == [
            "Invalid status transition from 'completed' to 'in-progress'",
            "Invalid status transition from 'completed' to 'active'",
            "Invalid status transition from 'completed' to 'in_progress'",
            "Invalid status transition from 'completed' to 'in_progress'",
            "Invalid status transition from 'completed' to 'in-progress'",
        ]

    def test_fields_are_called_as_in_the_contract(self) -> None:
        error = InvalidInput("No.", details={"job_title": ["Too long."]})
        assert set(CANDIDATE.failure(error).details) == {"jobTitle"}
        assert set(COACH.failure(error).details) == {"job_title"}
        assert set(CANDIDATE.failure(InvalidInput("No.", details={"Idempotency-Key": []})).details) == {
            "Idempotency-Key"
        }


class TestEnvelopes:
    def test_bare(self) -> None:
        for contract in (CANDIDATE, ASSISTANT, COACH):
            assert contract.envelope({"a": 1}, None) == {"a": 1}

    def test_hiring(self) -> None:
        body = HIRING.envelope({"a": 1}, "Done")
        assert body | {"timestamp": "", "requestId": ""} == {
            "success": True,
            "data": {"a": 1},
            "message": "Done",
            "timestamp": "",
            "requestId": "",
        }

    def test_conversation(self) -> None:
        assert CONVERSATION.envelope([1], None) == {"success": True, "data": [1]}
        assert CONVERSATION.envelope(None, "Deleted") == {"success": True, "message": "Deleted"}
