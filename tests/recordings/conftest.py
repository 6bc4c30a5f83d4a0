"""What the tests of recordings share."""

import pytest

from intervi.recordings.storage import storage


@pytest.fixture
def empty_store() -> None:
    for key, _changed in list(storage().list_keys()):
        storage().delete(key)
