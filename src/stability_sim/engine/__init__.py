"""One run: the schedule, the recorder, and the same as a Mesa model."""
