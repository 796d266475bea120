"""The effects of a variant in words: every sentence comes from a row of the log or of a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from stability_sim.analysis.contrasts import ContrastRow, clear_rows
from stability_sim.analysis.divergence import LOGGED, ONLY_BASE, ONLY_VARIANT, by_side, commonest
from stability_sim.analysis.outcomes import alliances_of, n_logged
from stability_sim.results.results import Results
from stability_sim.results.vocabulary import CHANNEL_NAMES, ENDING_NAMES, KIND_NAMES, LABELS, UNNAMED
from stability_sim.terminal import literal

if TYPE_CHECKING:
    import pandas as pd

_ACTIONS = {
    "engage": "engages", "recognise": "recognises", "sanction": "sanctions", "aid": "aids", "guard": "guards its border against",
    "summit": "hosts a summit on", "drill": "holds a drill against",
}  # fmt: skip
TINY = 0.02  # standard deviations of the base below which a clear difference is listed as small
MOST = 8  # sentences of a kind


class VariantTables(NamedTuple):
    """The tables of one variant that its narrative is written from, and its changes to the file."""

    variant: str
    changes: list[str]
    contrasts: pd.DataFrame
    pathways: pd.DataFrame
    divergence: pd.DataFrame
    wars: pd.DataFrame
    by_construction: tuple[str, ...] = ()  # outcomes that differ because the variant removes what they count


def sentence(event: dict[str, str], results: Results) -> str:
    """Return an event of the log as a sentence without its full stop."""
    names, groups = results.attributes["names"], results.attributes["group_names"]
    alliances = results.attributes["alliance_names"]
    kind, how = event["kind"], event["channel"]
    state, source = names.get(event["state"], event["state"]), names.get(event["source"], event["source"])
    group = groups.get(event["group"], event["group"])
    if kind in ("outbreak", "onset"):
        begins = KIND_NAMES[kind]
        way = CHANNEL_NAMES.get(how, how)
        file = "because the file says so" if source else "out of what was fought from the start"
        came = way if how == "domestic" else f"brought from {source} by {way}" if how else file
        return f"{begins} in {state}, {came} ({group or UNNAMED})"
    if kind == "ending":
        ends = f"{group} takes over" if how == "takeover" and group else ENDING_NAMES.get(how, how)
        return f"the conflict of {state} with {group or UNNAMED} ends: {ends}"
    if kind == "action":
        return f"{state} sends forces to {source}" if how == "deploy" else f"{state} {_ACTIONS.get(how, how)} {group}"
    return {
        "raid": f"{group} raids {state} from {source}",
        "attack": f"{source} attacks {state} openly",
        "call_honoured": f"{state} honours a call of {source} ({alliances.get(event['group'], event['group'])}; {how})",
        "call_abandoned": f"{state} abandons {source} ({alliances.get(event['group'], event['group'])}; {how})",
        "deployment": f"forces of {state} arrive in {source}",
        "summit_success": f"a summit held by {state} on {source} succeeds",
        "summit_failure": f"a summit held by {state} on {source} fails",
        "event": f"an event of the file is set off ({how})",
    }.get(kind, kind)


def number(value: float) -> str:
    """Return a number with three digits, or as a whole number with separators."""
    size = abs(value)
    if size >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if size else "0"


def _beside(values: tuple[float, float], difference: float) -> list[str]:
    """Return two numbers with enough digits to show their difference."""
    digits = max(0, min(6, 1 - math.floor(math.log10(abs(difference))))) if difference else 2
    return [f"{value:,.{digits}f}" for value in values]


def _times(count: int, differs: str = "") -> str:
    verb = f" differ{differs if count == 1 else ''}" if differs else ""
    return f"1 replicate{verb}" if count == 1 else f"{count:,} replicates{verb}"


def _rows(table: pd.DataFrame) -> list[ContrastRow]:
    return [ContrastRow(*row) for row in table[list(ContrastRow._fields)].itertuples(index=False)]


def _sentence_of(row: ContrastRow) -> str:
    """Return one contrast as a sentence."""
    times = f" (×{row.variant_mean / row.base_mean:.2f})" if row.base_mean > 0 and row.variant_mean > 0 else ""
    is_share = row.outcome == "ever_onset"
    unit = 100.0 if is_share else 1.0
    was, now = _beside((unit * row.base_mean, unit * row.variant_mean), unit * row.difference)
    ends = f"{number(unit * row.low)} to {number(unit * row.high)}{' points' if is_share else ''}"
    return (
        f"**{literal(row.label)}**: {was} → {now}{' %' if is_share else ' a run'}{times}, a difference of {number(unit * row.difference)}"
        f"{' points' if is_share else ''} (95 % interval {ends}; luck only). "
        f"{row.share_differs:.1%} of the replicates differ: {row.share_more:.1%} have more, {row.share_less:.1%} less."
    )


def _what_differs(tables: VariantTables) -> list[str]:
    table = tables.contrasts
    clear = clear_rows(table)
    clear = clear[~clear["outcome"].isin(tables.by_construction)]
    touched = int((table["share_differs"] > 0).sum())
    lines = [
        f"{len(table)} outcomes were compared; {touched} differ in at least one replicate. Clear of zero when all of them are "
        f"looked at together: {len(clear)}. Ranked by size, in standard deviations of the base:",
        "",
    ]
    tiny = clear["effect_in_sd"].abs() < TINY
    large = clear[~tiny]
    lines += [f"{k}. {_sentence_of(row)}" for k, row in enumerate(_rows(large.head(MOST)), start=1)] or ["Nothing."]
    if len(large) > MOST:
        lines.append(f"\n… and {len(large) - MOST} more in contrasts.csv.")
    if tiny.any():
        small = "; ".join(f"{literal(row.label)} ({number(row.difference)} a run)" for row in _rows(clear[tiny].head(MOST)))
        lines += ["", f"Clear, but smaller than {TINY:g} standard deviations of the base: {small}."]
    wars = table[(table["scope"] == "region") & table["outcome"].isin(["onsets", "cross_border_onsets", "deaths"])]
    unclear = _rows(wars[~wars.index.isin(clear.index)])
    if tables.by_construction:
        lines += [
            "",
            "Left out of the ranking, since the variant takes away what they count: "
            + ", ".join(LABELS.get(name, name) for name in tables.by_construction)
            + ".",
        ]
    if unclear:
        lines += ["", "Not clear of zero with these replicates when all outcomes are looked at together:", ""]
        lines += [
            f"- {literal(row.label)}: {number(row.difference)} a run ({number(row.low)} to {number(row.high)}), "
            + (f"{_times(round(row.share_differs * row.replicates), 's')}." if row.share_differs else "no replicate differs.")
            for row in unclear
        ]  # fmt: skip
    return lines


def _paths(tables: VariantTables) -> list[str]:
    table = tables.pathways
    by_border = table[table["cut"] == "border"]
    total, n = int(by_border["difference_count"].sum()), int(table["replicates"].max()) if len(table) else 0
    if not len(by_border) or not (table["difference_count"] != 0).any():
        return ["No conflict that was brought in from abroad travelled another way than in the base."]
    lines = [
        f"Conflicts brought in from another state: {int(by_border['base_count'].sum())} in the base, "
        f"{int(by_border['variant_count'].sum())} in the variant, a difference of {total:+d} in {n:,} replicates. It is made of:",
        "",
    ]
    for cut, title in (("border", "border"), ("channel", "channel"), ("step", "step of the chain")):
        rows = table[(table["cut"] == cut) & (table["difference_count"] != 0)]
        parts = list(zip(rows["part"], rows["difference_count"], rows["se_paired"], strict=True))
        text = "; ".join(f"{part} {difference:+d} (±{1.96 * error * n:.1f})" for part, difference, error in parts[:MOST])
        lines.append(f"- by {title}: {text or 'no part differs'}" + (" …" if len(parts) > MOST else "") + ".")
    return lines


def _when(tables: VariantTables, base: Results, other: Results) -> list[str]:
    first_differences, n = tables.divergence, n_logged(base, other)
    logged = first_differences[first_differences["basis"] == LOGGED]
    silent = len(first_differences) - len(logged)
    same = n - len(first_differences)
    lines = [f"Of {n:,} replicates {len(logged):,} part at an event of the log, {silent:,} differ only in what the log leaves "
             f"out (how many cross or flee, how bloody a war is), and {same:,} are the same throughout."]  # fmt: skip
    if len(logged):
        ordered = sorted(logged["month"].astype(int))
        half = base.coords["month"][ordered[(len(ordered) - 1) // 2]]
        lines.append(f"Half of those that part have done so by {half}.")
        sides = by_side(logged)
        texts = [
            "; ".join(f"{name} {count:,}" for name, count in sides[side][:5]) or "nothing" for side in (ONLY_BASE, ONLY_VARIANT)
        ]
        lines += [f"Where they part there is in the base: {texts[0]}; and in the variant: {texts[1]}. The first is most often:"]
        lines += ["", *(_often(count, event, base, other) for count, event in commonest(logged)), ""]
    wars = tables.wars
    lines.append(
        f"In {len(wars):,} replicates ({len(wars) / n:.1%}) the wars themselves differ: which begin, how they came, or how they end."
    )
    if len(wars):
        lines += ["The first war that differs is most often:", ""]
        lines += [_often(count, event, base, other) for count, event in commonest(wars)]
    return lines


def _often(count: int, event: dict[str, str], base: Results, other: Results) -> str:
    inside = event["side"] == ONLY_VARIANT
    side = "in the variant alone" if inside else "in the base alone"
    return f"- {_times(count)}: {literal(sentence(event, other if inside else base))} ({side})"


def _example(tables: VariantTables, base: Results, other: Results) -> list[str]:
    """Return one replicate in which the wars differ, described from its log."""
    if not len(tables.wars):
        return []
    replicate = int(tables.wars["replicate"].iloc[0])
    first = tables.divergence[tables.divergence["replicate"] == replicate].iloc[0]
    war = tables.wars.iloc[0]
    parts = []
    for row in (first, war):
        inside = row["side"] == ONLY_VARIANT
        text = sentence(
            {key: str(row[key]) for key in ("kind", "state", "source", "channel", "group")}, other if inside else base
        )
        parts.append(f"{row['date']}: {literal(text)} ({'variant' if inside else 'base'} alone)")
    chain = f"- {parts[0]}" + (f"\n- {parts[1]}" if parts[1] != parts[0] else "")
    return ["", f"For example replicate {replicate}, the same in both until {first['date']}:", "", chain]


def tell(tables: VariantTables, base: Results, other: Results) -> str:
    """Return what one variant changed, as Markdown: ranked differences, pathways, and where the logs first differ."""
    attributes = base.attributes
    lines = [f"## {tables.variant}", "", *(f"- {change}" for change in tables.changes), ""]
    lines += ["### What differs, and by how much", "", *_what_differs(tables), ""]
    if alliances_of(base) != alliances_of(other):
        lines += ["Attacks on members of an alliance are counted on the members that the base has, in both.", ""]
    lines += ["### Which way it travels", "", *_paths(tables), ""]
    lines += ["### Where the futures part", "", *_when(tables, base, other), *_example(tables, base, other), ""]
    lines.append(
        f"Conditional on the assumptions of {attributes['scenario']}; {attributes['replicates']:,} paired replicates, seed "
        f"{attributes['seed']}. Intervals (95 %, and ± half of one) show luck only, not parameters or structure. That one event comes first does not "
        "prove that it causes what follows; it is where the two logs part."
    )
    return "\n".join(lines) + "\n"
