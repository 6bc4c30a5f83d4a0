"""What the application is made of is looked through by no later collection."""

import gc

from intervi import collector


def test_what_is_there_is_out_of_the_collections_way_and_garbage_is_not_kept() -> None:
    class Node:
        def __init__(self) -> None:
            self.itself = self

    there = Node()
    del there
    there = Node()
    before = gc.get_threshold()
    try:
        collector.settle()
        assert not any(each is there for each in gc.get_objects())
        assert gc.get_freeze_count() > 10_000
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
    assert sum(isinstance(each, Node) for each in gc.get_objects()) == 1
