"""The one React component of the practice room, and the device check that shares its parts.

It owns camera, microphone, recorder, level meter and upload, so that a lost connection of the page costs nothing. The page tells it what
is asked, and hears coarse events only. Every event may come twice (the component repeats one that shows no effect), so its handler must
take it once.

Modules: ``room.jsx`` (the room), ``check.jsx`` (the device check), ``parts.jsx`` (what both show), ``devices.js`` and ``useDevices.js``
(camera and microphone), ``level.js`` (the meter), ``segment.js`` (one recording), ``store.js`` (what is kept in the browser),
``outbox.js`` and ``useOutbox.js`` (the upload), ``sender.jsx`` (the upload, on every other page, of what a room left behind),
``refused.jsx`` (what the server will not take),
``drafts.js`` (typed answers), ``reader.js`` (reading aloud), ``useKeys.js``, ``amounts.js``.

While one speaks, beside all that and unable to disturb it: ``useLive.js``, with ``live-socket.js`` (the coach's socket), ``live-sound.js``
and ``capture.worklet.js`` (sound for it), ``landmarks.js`` and ``attention.js`` (what is seen), ``meters.jsx``. The landmarks' worker and
MediaPipe's files are put beside the built pages by ``intervi.frontend.Landmarks``.
"""

import reflex as rx
from reflex_base.components.component import field

from intervi.components.recorder.texts import sending_texts, texts

_MODULES = (
    "amounts.js",
    "attention.js",
    "check.jsx",
    "devices.js",
    "drafts.js",
    "landmarks.js",
    "level.js",
    "live-socket.js",
    "live-sound.js",
    "meters.jsx",
    "outbox.js",
    "parts.jsx",
    "reader.js",
    "recorder.css",
    "refused.jsx",
    "room.jsx",
    "segment.js",
    "store.js",
    "useDevices.js",
    "useKeys.js",
    "useLive.js",
    "useOutbox.js",
)
for _module in _MODULES:
    rx.asset(_module, shared=True)
_LIBRARY = rx.asset("recorder.jsx", shared=True).importable_path
_SENDER = rx.asset("sender.jsx", shared=True).importable_path
_WORKLET = rx.asset("capture.worklet.js", shared=True)
_SENDING = ["tus-js-client@4.3.1", "idb@8.0.4"]
"""What keeps and sends recordings."""


_ANSWER = rx.event.passthrough_event_spec(str, str, bool)
_EXCHANGE = rx.event.passthrough_event_spec(str)


class _Recorder(rx.NoSSRComponent):
    library = _LIBRARY
    lib_dependencies: list[str] = field(
        default_factory=lambda: [
            *_SENDING,
            "@mediapipe/face_mesh@0.4.1633559619",
            "@mediapipe/pose@0.5.1675469404",
        ]
    )

    texts: rx.Var[dict]
    """Every word it shows (see ``texts.py``)."""

    way: rx.Var[str]
    """``video``, ``audio`` or ``text``: how the candidate answers."""


class DeviceCheck(_Recorder):
    """Own picture, level meter, "We hear you" and device pickers; help and a way on where a device cannot be used."""

    tag = "DeviceCheck"

    on_ready: rx.EventHandler[rx.event.passthrough_event_spec(bool)]
    """The devices are open, or are not."""

    on_way: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    """Another way of answering was chosen: ``audio`` or ``text``."""


class PracticeRoom(_Recorder):
    """The room: one question at a time, until the interview is finished and everything recorded is up."""

    tag = "PracticeRoom"

    interview_id: rx.Var[str]
    exchange: rx.Var[dict | None]
    """``{id, position, question, kind}`` of the question to answer, or ``None`` while it is fetched."""
    owner: rx.Var[str]
    """Whose room it is: what is recorded here is taken from nobody else who uses this browser."""
    planned: rx.Var[int]
    """How many questions the interview will have."""
    suggested_seconds: rx.Var[int]
    """How long an answer may well be: the ring around the button is full then."""
    language: rx.Var[str]
    """Of the voice that reads aloud (BCP 47)."""
    finished: rx.Var[bool]
    time_is_up: rx.Var[bool]
    """It is finished before the last question: it says so, and waits until the candidate has read it."""
    notice: rx.Var[str]
    """What went wrong, in words for the candidate; empty otherwise."""
    worklet: rx.Var[str]
    """Address of ``capture.worklet.js``."""

    on_answer: rx.EventHandler[_ANSWER]
    """``(exchange_id, text, is_up)``: the answer is given; ``is_up`` if no recording of it is still on its way."""
    on_skip: rx.EventHandler[_EXCHANGE]
    on_uploaded: rx.EventHandler[_EXCHANGE]
    """All recordings of an answer are on the server, and takes that were recorded again are discarded."""
    on_end: rx.EventHandler[_ANSWER]
    """``(exchange_id, text, is_up)``: the interview is over; ``exchange_id`` is empty if the open question has no answer."""
    on_leave: rx.EventHandler[rx.event.no_args_event_spec]
    """Finished, and nothing is left to be sent."""


class Sender(rx.NoSSRComponent):
    """Sends on what a room left behind, and says so while it does."""

    library = _SENDER
    tag = "Sender"
    lib_dependencies: list[str] = field(default_factory=lambda: _SENDING)

    texts: rx.Var[dict]
    """Every word it shows (see ``texts.py``)."""


def sender() -> rx.Component:
    """For every page but the room: whichever is open, what was recorded goes up."""
    return Sender.create(texts=sending_texts())


def device_check(**props: object) -> rx.Component:
    """The device check of the set-up page."""
    return DeviceCheck.create(texts=texts(), **props)


def practice_room(**props: object) -> rx.Component:
    """The room of one interview, over the whole window."""
    return PracticeRoom.create(texts=texts(), worklet=_WORKLET, **props)
