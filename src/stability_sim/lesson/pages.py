"""The sheets of a lesson: where to begin, the instructor's plan with answers, and the hand-out for students."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stability_sim.lesson.answers import Answer
from stability_sim.lesson.case import Lesson
from stability_sim.report.figures.canvas import BLOC, EDGE, INK, LAND, SEA
from stability_sim.report.page.html import policy

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


# The map of a case as a still picture inside an HTML page.


def _paths(drawing: dict[str, Any], layer: str) -> list[str]:
    arcs = []
    for arc in drawing["topology"]["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append(f"{x},{y}")
        arcs.append(points)
    found = []
    for shape in drawing["topology"]["objects"][layer]["geometries"]:
        closed = shape["type"] == "MultiPolygon"
        lines = [ring for polygon in shape["arcs"] for ring in polygon] if closed else shape["arcs"]
        parts = [" ".join(point for k in line for point in (arcs[k] if k >= 0 else arcs[~k][::-1])) for line in lines]
        found.append("".join(f"M{part}{'Z' if closed else ''}" for part in parts))
    return found


def picture(drawing: dict[str, Any], names: Mapping[str, str], title: str) -> str:
    """Return a drawing as SVG: states, outlines of blocs, names; or the network of borders."""
    width, height = drawing["width"], drawing["height"]
    parts = [f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{html.escape(title, quote=True)}">']
    if drawing["kind"] == "map":
        parts.append(f'<rect width="{width}" height="{height}" fill="{SEA}"/>')
        for layer, fill, edge in (("others", LAND, EDGE), ("states", "#fffdf0", "#7d838c")):
            parts += [f'<path d="{path}" fill="{fill}" stroke="{edge}" stroke-width="2"/>' for path in _paths(drawing, layer)]
        parts += [f'<path d="{path}" fill="none" stroke="{BLOC}" stroke-width="7"/>' for path in _paths(drawing, "blocs")]
    else:
        at = [drawing["labels"][code] for code in drawing["states"]]
        for a, b in drawing["links"]:
            parts.append(f'<path d="M{at[a][0]},{at[a][1]}L{at[b][0]},{at[b][1]}" stroke="#9aa3ad" stroke-width="5"/>')
        parts += [f'<circle cx="{x}" cy="{y}" r="52" fill="#fffdf0" stroke="{INK}" stroke-width="4"/>' for x, y in at]
    down = 0 if drawing["kind"] == "map" else 100
    for code, (x, y) in drawing["labels"].items():
        text = html.escape(names.get(code, code)[:24])
        style = f'font-size="44" font-weight="700" fill="{INK}" stroke="#fff" stroke-width="9" paint-order="stroke" text-anchor="middle"'
        parts.append(f'<text x="{x}" y="{y + down}" {style}>{text}</text>')
    return "".join(parts) + "</svg>"


def caption(drawing: dict[str, Any], alliances: Sequence[str]) -> str:
    """Return what the lines of the picture mean."""
    if drawing["kind"] != "map":
        return "<figcaption>Circles are states, lines are borders between them.</figcaption>"
    names = html.escape(", ".join(alliances))
    return f"<figcaption>Bold outline: {names}.</figcaption>" if names else ""


# The questions for the projector: hands are counted first, then the answer is revealed; no script, no network.


STYLE_of_projected = """
html { font-size: clamp(17px, 1.5vw, 30px); }
body { font: 1rem/1.4 system-ui, "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1b1b2f; margin: 0; background: #f7f9fb; }
main { max-width: 62rem; margin: 0 auto; padding: 0 1rem; } h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .5rem; } h2 { font-size: 1.3rem; line-height: 1.3; margin: 0 0 .6rem; }
p { margin: .4rem 0; } .quiet { color: #5c6370; font-size: .8rem; } a { color: #00629b; }
* { box-sizing: border-box; } section { min-height: 100vh; padding: .8rem 0; border-bottom: 1px solid #d8dde3; } ol.links { padding-left: 1.6rem; } ol.links li { margin: .4rem 0; }
.choices { list-style: none; padding: 0; display: grid; gap: .35rem; } .choices li { display: flex; align-items: center; gap: .8rem; }
.choices input { font: inherit; width: 4.2rem; padding: .1rem .4rem; border: 1px solid #878f99; border-radius: .4rem; text-align: right; }
summary { display: inline-block; cursor: pointer; background: #00629b; color: #fff; font-weight: 700; border-radius: .45rem; padding: .35rem 1.2rem; margin: .7rem 0; list-style: none; }
summary::-webkit-details-marker { display: none; } details[open] > summary { background: #5c6370; }
summary:focus-visible, a:focus-visible, input:focus-visible { outline: 3px solid #1b1b2f; outline-offset: 2px; box-shadow: 0 0 0 6px #ffd54a; }
.answer { border-left: .3rem solid #00629b; padding-left: .8rem; } .answer b { font-size: 1.2rem; }
.answer-picture { display: block; width: 100%; max-width: 36rem; height: auto; margin: .6rem 0; font-family: inherit; }
.on { display: flex; gap: .3rem 1.5rem; justify-content: space-between; flex-wrap: wrap; }
@media (min-width: 1000px) { .ask { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); gap: 0 2.5rem; align-items: start; } }
"""


def _projected_text(words: str) -> str:
    return html.escape(words, quote=True)


def _section(k: int, last: int, one: Answer, maps: str) -> str:
    hands = "".join(
        f'<li><input type="number" min="0" max="999" aria-label="Hands for: {_projected_text(choice)}"> {_projected_text(choice)}</li>'
        for choice in one.choices
    )
    best = "” or “".join(one.choices[place] for place in sorted({one.right, *one.also}))
    onward = f'<a href="#q{k + 1}">Next question</a>' if k < last else '<a href="#top">All questions</a>'
    see = (
        f'<a href="{_projected_text(maps)}#present:contrasts" target="_blank" rel="noopener">See what differs between A and B</a>'
        if maps
        else ""
    )
    return (
        f'<section id="q{k}"><p class="quiet on"><span>Question {k} of {last}: hands up, then type how many</span>{onward}</p><h2>{_projected_text(one.ask)}</h2><div class="ask"><ul class="choices">{hands}</ul>'
        f'<details><summary>Reveal</summary><div class="answer"><p><b>“{_projected_text(best)}”</b></p><p>{_projected_text(one.words)}</p></div>'
        f"{one.picture}<p>{_projected_text(one.talk)}</p><p>{see}</p></details></div></section>"
    )


def questions_page(lesson: Lesson, question: str, answers: list[Answer], maps: Mapping[tuple[str, str], str], made: str) -> str:
    """Return the page: a screen for each question; ``maps`` names the page on which two variants can be seen."""
    parts = "".join(
        _section(k, len(answers), one, maps.get(one.sides, "") if one.sides else "") for k, one in enumerate(answers, 1)
    )
    links = "".join(f'<li><a href="#q{k}">{_projected_text(one.ask)}</a></li>' for k, one in enumerate(answers, 1))
    body = (
        f'<section id="top"><p class="quiet">{_projected_text(lesson.title)}</p><h1>{_projected_text(question)}</h1><p>Say first what you expect. Then see what the model says. '
        f'A run is one way in which the months could go; the model made {lesson.replicates:,} of them.</p><ol class="links">{links}</ol>'
        f'<p class="quiet">“No difference to speak of” is a change of less than one in fifty, or one that luck alone can make. {_projected_text(made)}</p></section>{parts}'
    )
    return document(f"{lesson.title}: questions", body, STYLE_of_projected)
