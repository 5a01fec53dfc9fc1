"""The verdicts on the notebooks' tasks, a module for each notebook.

They hold no model answers: what can be tried on the step is tried.
"""
