"""Every word that the recorder's component shows, translated."""

from typing import Any

from intervi.translation import _


def texts() -> dict[str, Any]:
    """By the names that the ``.jsx`` files use; ``{…}`` in a text is filled there."""
    return {
        **_controls(),
        **_live(),
        **_refused(),
        "trouble": _trouble(),
        "phase": {
            "question": _("Take a breath. Press the button or Space when you are ready."),
            "writing": _("Take your time. Press Ctrl and Enter when your answer is done."),
            "recording": _("Recording. Press the button or Space to stop."),
            "recorded": _("Your answer is kept. Go on to the next question, or add to it."),
            "moving": _("One moment."),
            "done": "",
        },
        "hindrance": _hindrance(),
        "key_list": [
            [_("Space"), _("record, stop")],
            ["N", _("next question")],
            ["R", _("record the answer again")],
            ["M", _("read questions aloud, or not")],
            ["L", _("hints while you speak, or not")],
            ["?", _("show or hide these keys")],
        ],
        "key_list_writing": [
            [_("Space"), _("begin to write")],
            [_("Ctrl Enter"), _("next question")],
            [_("Esc"), _("leave the field, so that keys work")],
            ["N", _("next question")],
            ["M", _("read questions aloud, or not")],
            ["?", _("show or hide these keys")],
        ],
    }


def sending_texts() -> dict[str, Any]:
    """Of the sender on every other page."""
    return {
        "sending": _("What you recorded is going up: {sent} of {total} MB"),
        "hindrance": _hindrance(),
        **_refused(),
    }


def _refused() -> dict[str, str]:
    """Of a recording that the server will not take."""
    return {
        "refused": _("This recording could not be stored."),
        "save_copy": _("Save it on this computer"),
        "discard": _("Discard it"),
    }


def _hindrance() -> dict[str, str]:
    """Why nothing goes up at the moment."""
    return {
        "lost": _("Connection lost. Your answer is kept here and goes up when it is back."),
        "server": _("The server cannot take your answer now. It is kept here and goes up when it can."),
        "signed-out": _("You are signed out. Your answer is kept here and goes up once you have signed in again."),
    }


def _controls() -> dict[str, str]:
    return {
        "level": _("Microphone level"),
        "own_picture": _("Your picture, mirrored"),
        "allow_devices": _("Your browser asks whether it may use your devices. Please allow it."),
        "waiting_for_devices": _("Waiting for your devices."),
        "voice_note": _("Only your voice is recorded."),
        "say_something": _("Say a few words, so that we know your microphone works."),
        "we_hear_you": _("We hear you."),
        "camera": _("Camera"),
        "microphone": _("Microphone"),
        "retry": _("Try again"),
        "voice_only": _("Go on with voice only"),
        "in_writing": _("Answer in writing"),
        "cut_short": _("A device went away, and the recording ended. What you said until then is kept."),
        "write_first": _("Write an answer first, or skip the question."),
        "record_first": _("Record an answer first, or skip the question."),
        "read_aloud_on": _("Read questions aloud (M)"),
        "read_aloud_off": _("Do not read questions aloud (M)"),
        "show_picture": _("Show your picture"),
        "hide_picture": _("Hide your picture"),
        "picture_hidden": _("Your picture is hidden. It is recorded as before."),
        "write_instead": _("Write instead of speaking"),
        "speak_instead": _("Speak instead of writing"),
        "keys": _("Keys (?)"),
        "end": _("End"),
        "end_title": _("End the interview"),
        "end_question": _("End the interview here? Your answers so far are analysed."),
        "end_now": _("End now"),
        "go_on": _("Go on"),
        "loading": _("The question is coming."),
        "your_answer": _("Your answer"),
        "write_here": _("Write your answer here."),
        "words": _("{count} words"),
        "redo": _("Record again"),
        "skip": _("Skip"),
        "next": _("Next"),
        "finish": _("Finish"),
        "record": _("Record your answer (Space)"),
        "stop": _("Stop recording (Space)"),
        "continue_recording": _("Add to your answer (Space)"),
        "play_back": _("Play your answer back"),
        "stop_playback": _("Close the playback"),
        "position": _("Question {position} of {planned}"),
        "done_title": _("That was the last question."),
        "time_up_title": _("Your time is up, and that is enough."),
        "time_up": _(
            "The interview has lasted as long as you chose. No answer is lost: your report is about all you have said."
        ),
        "done_uploading": _("Your last answers are going up. Keep a page of Intervi open until they have arrived."),
        "done_up": _("Everything has arrived. Your report is next."),
        "megabytes": _("{sent} of {total} MB"),
        "sign_in": _("Sign in again"),
        "to_report": _("Go to your report"),
    }


def _live() -> dict[str, str]:
    return {
        "live_on": _("Hints while you speak (L)"),
        "live_off": _("No hints while you speak (L)"),
        "live_figures": _("While you speak"),
        "pace": _("Pace"),
        "pace_slow": _("slow"),
        "pace_good": _("good to follow"),
        "pace_fast": _("fast"),
        "eye_contact": _("Eye contact"),
        "eyes_good": _("with the camera"),
        "eyes_away": _("away"),
        "posture": _("Posture"),
        "posture_good": _("upright"),
        "posture_low": _("leaning"),
        "not_yet": "–",
    }


def _trouble() -> dict[str, str]:
    """By what is wrong, and by browser where it matters. The first line is the title, each other line a paragraph."""
    return {
        "denied:chrome": _(
            "Your browser does not let us use your camera or microphone\n"
            "Click the symbol at the left of the address, open the settings for this site, and allow camera and microphone.\n"
            "Then press “Try again”."
        ),
        "denied:firefox": _(
            "Your browser does not let us use your camera or microphone\n"
            "Click the crossed-out camera or microphone at the left of the address, and remove the block.\n"
            "Then press “Try again” and choose “Allow”."
        ),
        "denied:safari": _(
            "Your browser does not let us use your camera or microphone\n"
            "Open the menu Safari, then Settings for this website, and allow camera and microphone.\n"
            "Then press “Try again”."
        ),
        "denied": _(
            "Your browser does not let us use your camera or microphone\n"
            "Allow both in your browser's settings for this page, then press “Try again”."
        ),
        "no-camera": _(
            "We find no camera\n"
            "Plug one in or switch it on. It is found by itself.\n"
            "Your voice alone is enough: everything but eye contact and posture is measured."
        ),
        "no-microphone": _(
            "We find no microphone\n"
            "Plug one in or switch it on. It is found by itself.\n"
            "Until then you can answer in writing."
        ),
        "busy": _(
            "Another program is using your camera or microphone\n"
            "Close what may hold it, such as a video call, then press “Try again”."
        ),
        "unplugged": _(
            "Your camera or microphone went away\n"
            "What you recorded is kept. Plug the device in again, or go on without it."
        ),
        "insecure": _(
            "Your browser gives out camera and microphone only on a secure page\n"
            "You opened http://{host}. On the machine where Intervi runs, open it as http://localhost instead.\n"
            "From another machine it must be served over HTTPS."
        ),
        "unsupported": _("This browser cannot record\nA current Chrome, Edge, Firefox or Safari can."),
        "unknown": _(
            "Your camera or microphone could not be opened\n"
            "Check that it is plugged in and switched on, then press “Try again”."
        ),
    }
