"""The sheets of a lesson: where to begin, the instructor's plan with answers, and the hand-out for students."""

from __future__ import annotations

import html
from collections.abc import Iterable

from stability_sim.lesson.answers import Answer
from stability_sim.lesson.case import Lesson
from stability_sim.report.page import policy

STYLE = """
@page { size: A4; margin: 13mm 14mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.42 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1b1b2f; max-width: 48rem; margin: 1.5rem auto; padding: 0 1rem; }
h1 { font-size: 17pt; line-height: 1.2; margin: 0 0 .2rem; } h2 { font-size: 12.5pt; margin: 1rem 0 .3rem; }
p, ul, ol { margin: .3rem 0; } li { margin: .15rem 0; } ul, ol { padding-left: 1.3rem; }
.quiet { color: #5c6370; font-size: 9pt; } .lead { font-size: 11.5pt; }
table { border-collapse: collapse; width: 100%; margin: .4rem 0; } th, td { border: 1px solid #9aa3ad; padding: .28rem .45rem; text-align: left; vertical-align: top; }
th { background: #f1f4f7; font-weight: 600; } td.number { text-align: right; white-space: nowrap; }
.question { break-inside: avoid; margin: .5rem 0; } .choices { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; }
.choices li::before { content: "\\25CB\\00A0"; font-size: 12pt; } .choices li.right { font-weight: 700; } .choices li.right::before { content: "\\25CF\\00A0"; } .choices li.also::before { content: "\\25D0\\00A0"; }
.answer { border-left: 3px solid #00629b; padding-left: .6rem; } .line { border-bottom: 1px solid #9aa3ad; height: 1.5rem; }
.warn { border: 1.5px solid #8a3b00; border-radius: .4rem; padding: .3rem .8rem; break-inside: avoid; }
figure { margin: .4rem 0; } figcaption { text-align: center; font-size: 9pt; color: #5c6370; } figure svg { height: 76mm; width: auto; max-width: 100%; display: block; margin: 0 auto; } dl { columns: 2; column-gap: 1.6rem; } dt { font-weight: 600; break-after: avoid; } dd { margin: 0 0 .2rem 1rem; break-inside: avoid; }
.page { break-before: page; }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 9.6pt; } a { color: inherit; } .sheet { font-size: 8.8pt; line-height: 1.32; } .sheet h2 { margin-top: .6rem; } .sheet .question { margin: .35rem 0; } }
@media (max-width: 600px) { dl { columns: 1; } }
"""


def _text(words: str) -> str:
    return html.escape(words, quote=True)


def _list(items: Iterable[str], tag: str = "ul") -> str:
    return f"<{tag}>{''.join(f'<li>{_text(item)}</li>' for item in items)}</{tag}>"


def document(title: str, body: str, style: str = STYLE) -> str:
    """Return an HTML page without scripts that loads nothing."""
    allowed = html.escape(policy(["no script runs here"], [style]), quote=True)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{allowed}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _mark(one: Answer, n: int) -> str:
    return ' class="right"' if n == one.right else ' class="also"' if n in one.also else ""


def _question(k: int, one: Answer, *, solved: bool) -> str:
    choices = "".join(f"<li{_mark(one, n) if solved else ''}>{_text(choice)}</li>" for n, choice in enumerate(one.choices))
    fine = f' <span class="quiet">{_text(one.fine)}</span>' if one.fine else ""
    told = f'<p class="answer">{_text(one.words)}{fine}</p><p>{_text(one.talk)}</p>' if solved else '<div class="line"></div>'
    return f'<div class="question"><p><b>{k}. {_text(one.ask)}</b></p><ul class="choices">{choices}</ul>{told}</div>'


def start_page(lesson: Lesson, maps: Iterable[tuple[str, str]]) -> str:
    """Return the page to open first: what each file of the folder is for."""

    def link(file: str, words: str) -> str:
        part = "#present:maps" if file.startswith("show") else ""
        return f'<li><a href="{_text(file)}{part}">{_text(file)}</a>: {_text(words)}</li>'

    shown = "".join(link(file, words) for file, words in maps)
    body = (
        f"<h1>{_text(lesson.title)}</h1><p>Everything for fifty minutes. It works without internet: copy the whole folder to a stick or a laptop and open this "
        "page in any browser. Nothing has to be installed.</p>"
        f"<h2>The day before</h2><ol>{link('plan.html', 'your sheet, with the minutes, what to click, and the answers. Print it or keep it on your own screen')}"
        f"{link('handout.html', 'for the class. Print it on both sides of one sheet (Ctrl+P)')}</ol>"
        f"<h2>On the projector</h2><ol>{link('questions.html', 'the questions, one on a screen. Count hands, then press Reveal')}"
        f"{link('show.html', 'the maps, in large letters. The words at the top are its parts; page down turns to the next one, Leave ends the large letters')}{shown}</ol>"
    )
    return document(f"{lesson.title}: start here", body)


def plan_page(lesson: Lesson, question: str, answers: list[Answer], made: str) -> str:
    """Return the instructor's sheet: goals, the fifty minutes, the answers, what not to conclude."""
    minute, rows = 0, []
    for step in lesson.plan:
        rows.append(
            f'<tr><td class="number">{minute}–{minute + step.minutes}</td><th>{_text(step.title)}</th><td>{_text(step.do)}</td></tr>'
        )
        minute += step.minutes
    told = "● the model’s answer, ◐ as good, because the number lies at the edge."
    edge = f'<p class="quiet">{told}</p>' if any(one.also for one in answers) else ""
    solved = "".join(_question(k, one, solved=True) for k, one in enumerate(answers, 1))
    body = (
        f'<div class="sheet"><p class="quiet">Instructor’s sheet · {_text(lesson.level)}</p><h1>{_text(lesson.title)}</h1><p class="lead">{_text(question)}</p>'
        f"<h2>Goals</h2>{_list(lesson.goals)}<h2>Before class</h2>{_list(lesson.prepare)}"
        f"<h2>Fifty minutes</h2><table><tr><th>minute</th><th>part</th><th>what to do</th></tr>{''.join(rows)}</table>"
        f'<div class="warn"><h2>What not to conclude</h2>{_list(lesson.not_to_conclude)}</div>'
        f"<h2>Questions and the model’s answers</h2>{edge}{solved}"
        f'<h2>To discuss</h2>{_list(lesson.discuss)}<p class="quiet">{_text(made)}</p></div>'
    )
    return document(f"{lesson.title}: plan", body)


def handout_page(lesson: Lesson, question: str, answers: list[Answer], figure: str, made: str) -> str:
    """Return the students' sheet: case, map, words on the first page; predictions and notes on the second."""
    words = "".join(f"<dt>{_text(word)}</dt><dd>{_text(meaning)}</dd>" for word, meaning in lesson.words.items())
    asked = "".join(_question(k, one, solved=False) for k, one in enumerate(answers, 1))
    body = (
        f'<h1>{_text(lesson.title)}</h1><p class="lead">{_text(question)}</p>'
        f"<figure>{figure}</figure><h2>The case</h2><p>{_text(lesson.case)}</p>"
        f"<h2>Words</h2><dl>{words}</dl>"
        f'<section class="page"><h2>Predict first</h2><p class="quiet">Mark one answer for each, and below it say why, before anything is shown. '
        f"A run is one way in which the months could go; the model makes {lesson.replicates:,} of them. A is the case as it is, B is what the question "
        f"supposes. “No difference to speak of” is a change of less than one in fifty, or one that luck alone can make.</p>{asked}"
        "<h2>Afterwards</h2><p>Where did the model surprise you? Which of its assumptions would you not sign?</p>"
        '<div class="line"></div><div class="line"></div>'
        f'<p class="quiet">{_text(made)}</p></section>'
    )
    return document(f"{lesson.title}: hand-out", body)
