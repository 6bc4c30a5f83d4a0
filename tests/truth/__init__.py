"""How far the figures lie from the truth, on material whose truth is known: the tests ask for the targets on a part of it,
``benchmarks/truth.py`` prints and writes down all of it.
"""
