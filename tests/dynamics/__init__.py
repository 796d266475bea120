"""Formulas of the processes against numbers worked out by hand, a file a mechanism.

Helpers of kernels are plain functions in Python, and a kernel that is not compiled is one as well.
"""
