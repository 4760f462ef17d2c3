"""A folder for each room of micrograd_es, a file for each room that is a file.

The tests of core and of calculus are in engine/. What concerns the whole house, is in promises/; the decks, the examples
and the notebooks, in lectures/; the pages and their site, in docs/; what test modules share, in support/. No test module
imports another.
"""
