"""Lesson packs: offline pages for a lesson of fifty minutes about a scenario, reproducible from its seed."""

from stability_sim.lesson.case import Lesson, lessons, read_lesson
from stability_sim.lesson.lesson import pack, write_lesson

__all__ = ["Lesson", "lessons", "pack", "read_lesson", "write_lesson"]
