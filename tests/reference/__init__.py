"""The rules of the model as objects that act: slow, and written to be read beside docs/odd.md.

The same equations, the same keyed draws and the same order as the kernels, and nothing shared with them: no arrays, no
numba, no import from ``dynamics`` or ``engine``. What the two disagree on is a mistake of one of them.
"""
