"""Files damaged at random."""

import random


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The bytes with a few of them changed, removed, doubled or zeroed; the first ones more often than the others."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(min(len(damaged), 600) if chance.random() < 0.5 else len(damaged))
        length = chance.choice((1, 1, 2, 8, 64, 1000))
        match chance.randrange(4):
            case 0:
                damaged[at : at + length] = chance.randbytes(len(damaged[at : at + length]))
            case 1:
                del damaged[at : at + length]
            case 2:
                damaged[at:at] = damaged[at : at + length]
            case _:
                damaged[at : at + length] = bytes(len(damaged[at : at + length]))
        if not damaged:
            break
    return bytes(damaged)
