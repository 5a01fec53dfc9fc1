"""What helps a learner on: hints, progress, a starting point, watching."""
