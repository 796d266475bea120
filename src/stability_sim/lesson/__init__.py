"""Lesson packs: fifty minutes with a case, made by the engine, offline, the same for everybody."""

from stability_sim.lesson.case import Lesson, lessons, read_lesson
from stability_sim.lesson.lesson import pack, write_lesson

__all__ = ["Lesson", "lessons", "pack", "read_lesson", "write_lesson"]
