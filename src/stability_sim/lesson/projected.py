"""The questions for the projector: hands are counted first, then the answer is revealed; no script, no network."""

from __future__ import annotations

import html
from collections.abc import Mapping

from stability_sim.lesson.answers import Answer
from stability_sim.lesson.case import Lesson
from stability_sim.lesson.pages import document

STYLE = """
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


def _text(words: str) -> str:
    return html.escape(words, quote=True)


def _section(k: int, last: int, one: Answer, maps: str) -> str:
    hands = "".join(
        f'<li><input type="number" min="0" max="999" aria-label="Hands for: {_text(choice)}"> {_text(choice)}</li>'
        for choice in one.choices
    )
    best = "” or “".join(one.choices[place] for place in sorted({one.right, *one.also}))
    onward = f'<a href="#q{k + 1}">Next question</a>' if k < last else '<a href="#top">All questions</a>'
    see = (
        f'<a href="{_text(maps)}#present:contrasts" target="_blank" rel="noopener">See what differs between A and B</a>'
        if maps
        else ""
    )
    return (
        f'<section id="q{k}"><p class="quiet on"><span>Question {k} of {last}: hands up, then type how many</span>{onward}</p><h2>{_text(one.ask)}</h2><div class="ask"><ul class="choices">{hands}</ul>'
        f'<details><summary>Reveal</summary><div class="answer"><p><b>“{_text(best)}”</b></p><p>{_text(one.words)}</p></div>'
        f"{one.picture}<p>{_text(one.talk)}</p><p>{see}</p></details></div></section>"
    )


def questions_page(lesson: Lesson, question: str, answers: list[Answer], maps: Mapping[tuple[str, str], str], made: str) -> str:
    """Return the page: a screen for each question; ``maps`` names the page on which two variants can be seen."""
    parts = "".join(
        _section(k, len(answers), one, maps.get(one.sides, "") if one.sides else "") for k, one in enumerate(answers, 1)
    )
    links = "".join(f'<li><a href="#q{k}">{_text(one.ask)}</a></li>' for k, one in enumerate(answers, 1))
    body = (
        f'<section id="top"><p class="quiet">{_text(lesson.title)}</p><h1>{_text(question)}</h1><p>Say first what you expect. Then see what the model says. '
        f'A run is one way in which the months could go; the model made {lesson.replicates:,} of them.</p><ol class="links">{links}</ol>'
        f'<p class="quiet">“No difference to speak of” is a change of less than one in fifty, or one that luck alone can make. {_text(made)}</p></section>{parts}'
    )
    return document(f"{lesson.title}: questions", body, STYLE)
