"""Frequencies of the engine against closed forms.

Every check allows five standard errors: a right model fails one check in 1.7 million. The seeds are fixed, so a test
that passes goes on passing until the model changes; with some 80 checks the chance that a right model fails one of
them after a change of seed is about 1 in 20,000.
"""
