"""The map in words: names of metrics, what is left out, and what a number on it means."""

from __future__ import annotations

from itertools import pairwise

from engine.errors import N_
from engine.layout.values import SpineReason
from engine.process_map.values import END, START, Coverage, Metric, Path, ProcessMap, Step
from engine.service.messages import MapAnswer
from engine.texts import Texts
from gui.map.scene import metric_value
from gui.store import PathSelected, Selected, StepSelected

METRIC_NAMES = {
    Metric.CASES: N_("Cases"),
    Metric.OCCURRENCES: N_("Transitions"),
    Metric.MAX_REPETITIONS: N_("Most repetitions in a case"),
    Metric.REWORK: N_("Rework"),
    Metric.MEDIAN: N_("Waiting time, median"),
    Metric.MEAN: N_("Waiting time, mean"),
    Metric.P90: N_("Waiting time, 90% are within"),
    Metric.MIN: N_("Waiting time, shortest"),
    Metric.MAX: N_("Waiting time, longest"),
    Metric.TOTAL: N_("Waiting time, in all"),
}
DEFINITIONS = {
    Metric.CASES: N_("Number of cases that have the path at least once."),
    Metric.OCCURRENCES: N_("How many times the next step follows directly after the step."),
    Metric.MAX_REPETITIONS: N_("The most times that one and the same case has the path."),
    Metric.REWORK: N_("How many transitions lead to a step that the case has had before."),
    Metric.MEDIAN: N_("Half of the transitions take at most this long."),
    Metric.MEAN: N_("The sum of all waiting times divided by their number."),
    Metric.P90: N_("Nine of ten transitions take at most this long."),
    Metric.MIN: N_("The shortest waiting time of a transition."),
    Metric.MAX: N_("The longest waiting time of a transition."),
    Metric.TOTAL: N_("The sum of all waiting times."),
}
GUARDED_NAMES = {
    Metric.REWORK: N_("Transitions taken again"),
    Metric.MIN: N_("Waiting time, 5% point"),
    Metric.MAX: N_("Waiting time, 95% point"),
}
GUARDED_DEFINITIONS = {
    Metric.REWORK: N_("How many transitions are not their case's first on the path: transitions minus cases."),
    Metric.MIN: N_("One of twenty transitions takes at most this long; the shortest waiting time itself is not given away."),
    Metric.MAX: N_("Nineteen of twenty transitions take at most this long; the longest waiting time itself is not given away."),
}
"""Under the guard the engine puts the 5% and 95% points in the place of the extremes, and in that of rework what is known anyway."""
FINE = 2
"""A count that is rounded to the nearest 5 is at most this far from it."""
REWORK = {
    "returns": N_("How many times the step comes back after other steps of the same case."),
    "loop_events": N_("Events that the cases would be without if they went on from the step as they do the last time."),
    "loop_times": N_("Time from the first to the last time of the step in each case that repeats it."),
    "net": N_("Net: a loop inside another loop counts once, with the outer one."),
    "back": N_("Transitions that lead to a step which the case has had before."),
    "turns": N_("How many times one of the two steps is followed by the other and then by itself again, directly."),
}
"""What the numbers of rework mean; engine/process_map/rework.py has the method and its source."""
CLOCK = N_("Clock: calendar time, day and night, all days of the week.")


def metric_name(metric: Metric, shown: ProcessMap, texts: Texts) -> str:
    """What a number on this map is called: under the guard the extremes are others."""
    return texts(GUARDED_NAMES.get(metric, METRIC_NAMES[metric]) if shown.k else METRIC_NAMES[metric])


def metric_definition(metric: Metric, shown: ProcessMap, texts: Texts) -> str:
    """What a number on this map means."""
    return texts(GUARDED_DEFINITIONS.get(metric, DEFINITIONS[metric]) if shown.k else DEFINITIONS[metric])


def hidden_words(shown: ProcessMap, texts: Texts) -> str:
    """Why a number is not there."""
    return texts("hidden: fewer than {k} cases", k=shown.k)


def is_hidden(path: Path, metric: Metric | None, shown: ProcessMap) -> bool:
    """Whether the guard hides this number of a path."""
    if path.times is not None and metric in path.times.hidden:
        return True
    return shown.k > 0 and metric == Metric.MAX_REPETITIONS and not path.max_repetitions


def value_text(value: float, metric: Metric, texts: Texts) -> str:
    """A metric's value: "6.383" or "2,9 d"."""
    return texts.duration(value) if metric.is_time else texts.number(value)


def loops_sentence(shown: ProcessMap, texts: Texts) -> str:
    """What the loops of the selection cost; "" where the map does not show rework."""
    loops = shown.loops
    if loops is None:
        return ""
    if not loops.events:
        return texts("No case does a step twice.")
    share = texts.percent(loops.events / shown.n_events) if shown.n_events else "–"
    events = texts.plural(
        "Without loops {n} case would have fewer events: {share} of all.",
        "Without loops {n} cases would have fewer events: {share} of all.",
        loops.cases,
        share=share,
    )
    time = "" if loops.seconds is None else texts("Their loops last {time}.", time=texts.long_duration(loops.seconds))
    return f"{events} {time}".rstrip()


def coverage_sentence(coverage: Coverage, texts: Texts) -> str:
    """How many of the transitions the map shows."""
    if not coverage.transitions_all:
        return texts("The map shows every step.")
    return texts("The map shows {share} of the transitions.", share=texts.percent(coverage.transitions_shown / coverage.transitions_all))


def left_out_sentence(coverage: Coverage, texts: Texts) -> str:
    """What the sliders leave out, in numbers that add up; "" when nothing is left out.

    A guarded map counts no path of few cases, and its sums are those of rounded numbers: the sentence counts no transitions there.
    """
    steps = coverage.steps_all - coverage.steps_shown
    parts = _left_out_paths(coverage, texts)
    if steps:
        parts.append(texts.plural("{n} step", "{n} steps", steps))
    if not parts:
        return ""
    *first, last = parts
    joined = N_("{first}, and {last}") if steps and coverage.transitions_all > coverage.transitions_shown else N_("{first} and {last}")
    left = texts(joined, first=", ".join(first), last=last) if first else last
    single = len(parts) == 1 and coverage.paths_all - coverage.paths_shown + steps == 1
    return texts.plural("{what} is not drawn.", "{what} are not drawn.", 1 if single else 2, what=left)


def _left_out_paths(coverage: Coverage, texts: Texts) -> list[str]:
    paths, transitions = coverage.paths_all - coverage.paths_shown, coverage.transitions_all - coverage.transitions_shown
    words = texts.plural("{n} path", "{n} paths", paths) if paths else ""
    if not transitions:
        return [words] if words else []
    if not coverage.k:
        with_all = texts.plural("with {n} transition", "with {n} transitions in all", transitions)
        return [f"{words} {with_all}"] if paths else []
    if not paths:
        return [texts("All paths with fewer than {k} cases", k=coverage.k)]
    return [words, texts("all paths with fewer than {k} cases", k=coverage.k)]


def first_view_sentence(answer: MapAnswer, texts: Texts) -> str:
    """Why fewer steps are shown than there are, when nobody has chosen how many; "" otherwise."""
    coverage = answer.map.coverage
    if answer.query.steps is not None or coverage.steps_shown == coverage.steps_all:
        return ""
    return texts("The first view has as many steps as the window has room for.")


def spine_sentence(answer: MapAnswer, texts: Texts) -> str:
    """Why the steps of the spine stand in one line, which a filter does not change."""
    is_variant, filtered = answer.layout.spine_reason == SpineReason.MAIN_VARIANT, bool(answer.query.selection.filters)
    if is_variant and filtered:
        why = texts("The straight line is the most frequent variant of the whole log.")
    elif is_variant:
        why = texts("The straight line is the most frequent variant.")
    elif filtered:
        why = texts("The straight line is the most travelled chain of steps in the whole log; no single variant says enough.")
    else:
        why = texts("The straight line is the most travelled chain of steps; no single variant says enough.")
    gap = texts("Between some of its steps no path is drawn.") if _has_spine_gap(answer) else ""
    return f"{why} {gap}".rstrip()


def spine_gap_sentence(answer: MapAnswer, texts: Texts) -> str:
    """That steps stand one below the other in the straight line without a path between them; "" when none do."""
    return texts("Between some steps of the straight line no path is drawn.") if _has_spine_gap(answer) else ""


def _has_spine_gap(answer: MapAnswer) -> bool:
    drawn = {(path.source, path.target) for path in answer.map.paths}
    return not drawn.issuperset(pairwise(answer.layout.spine))


def prefix_sentence(answer: MapAnswer, texts: Texts) -> str:
    """That a shared beginning of the names is left out; "" when none is."""
    prefix = answer.layout.dropped_prefix
    return texts("Left out at the beginning of the names: “{prefix}”", prefix=prefix.rstrip()) if prefix else ""


def step_name(answer: MapAnswer, step: int, texts: Texts) -> str:
    """A step's whole name; the marks are "Start" and "End"."""
    if step in (START, END):
        return texts("Start") if step == START else texts("End")
    return next((one.name for one in answer.map.steps if one.step == step), "")


def describe(answer: MapAnswer, what: Selected, texts: Texts) -> str:
    """The tool tip of a step or path: name, numbers, definition, clock; "" when it is not on the map."""
    if isinstance(what, StepSelected):
        step = next((one for one in answer.map.steps if one.step == what.step), None)
        return _step_tip(answer, step, texts) if step else ""
    if isinstance(what, PathSelected):
        path = next((one for one in answer.map.paths if (one.source, one.target) == (what.source, what.target)), None)
        return _path_tip(answer, path, texts) if path else ""
    return ""


def _step_tip(answer: MapAnswer, step: Step, texts: Texts) -> str:
    share = texts.percent(step.cases / answer.map.n_cases) if answer.map.n_cases else "–"
    all_cases = answer.map.n_cases
    numbers = texts("{cases} cases ({share} of {all}) · {n} events", cases=step.cases, share=share, all=all_cases, n=step.occurrences)
    lines = [step.name, numbers]
    if step.self_loops:
        lines.append(texts.plural("↻ {n} time directly again", "↻ {n} times directly again", step.self_loops))
    again = answer.map.repeats(step)
    if Metric.REWORK in answer.map.metrics and again:
        lines.append(texts.plural("↻ {n} event that is not its case's first", "↻ {n} events that are not their case's first", again))
    least = min((path.occurrences for path in answer.map.paths if path.source != START and path.target != END), default=1)
    if 0 < again < least:
        lines.append(texts("The card shows ↻ from {n} on, as the paths that are drawn.", n=least))
    lines.append(texts("The bar is the share of the cases that have the step."))
    return "\n".join(lines)


def _path_tip(answer: MapAnswer, path: Path, texts: Texts) -> str:
    lines = [f"{step_name(answer, path.source, texts)} → {step_name(answer, path.target, texts)}"]
    transitions = texts.plural("{n} transition", "{n} transitions", path.occurrences)
    lines.append(f"{transitions} · {texts.plural('{n} case', '{n} cases', path.cases)}")
    if path.source in (START, END) or path.target in (START, END):
        return "\n".join(lines)
    metrics = dict.fromkeys(metric for metric in (answer.map.colour, answer.map.label, answer.map.second) if metric)
    lines += [_metric_tip(answer.map, path, metric, texts) for metric in metrics if metric != Metric.OCCURRENCES]
    lines = [line for line in lines if line]
    if path.times is None:
        lines.append(texts("No times are known for this path."))
    else:
        untimed = path.occurrences - path.times.n
        if untimed > 0:
            lines.append(texts.plural("{n} transition without times is left out.", "{n} transitions without times are left out.", untimed))
        lines.append(texts(CLOCK))
    return "\n".join(lines)


def _metric_tip(shown: ProcessMap, path: Path, metric: Metric, texts: Texts) -> str:
    """A path's number under a metric with its meaning; "" when it has none."""
    name, meaning = metric_name(metric, shown, texts), metric_definition(metric, shown, texts)
    if is_hidden(path, metric, shown):
        return f"{name}: {hidden_words(shown, texts)}. {meaning}"
    value = metric_value(path, metric)
    return "" if value is None else f"{name}: {value_text(value, metric, texts)}. {meaning}"


def guard_changes(exact: ProcessMap, guarded: ProcessMap, texts: Texts) -> list[str]:
    """What leaving the screen does to the numbers: one plain sentence each."""
    few = texts("fewer than {k} cases", k=guarded.k)
    left_out = _left_out_by_guard(exact, guarded, few, texts)
    rounded = texts("Counts are rounded to the nearest 5.")
    if coarse := coarse_counts(exact, guarded):
        rounded = texts.plural(
            "Counts are rounded to the nearest 5, {n} of them to the nearest 10: a hidden number could be computed from it.",
            "Counts are rounded to the nearest 5, {n} of them to the nearest 10: hidden numbers could be computed from them.",
            coarse,
        )
    changes = [rounded, texts("Shares are computed from the rounded counts."), *left_out, *_hidden_values(exact, guarded, few, texts)]
    if not left_out:
        changes.append(texts("Every step and path that is drawn stays."))
    return [*changes, *_metric_changes(guarded, texts)]


def coarse_counts(exact: ProcessMap, guarded: ProcessMap) -> int:
    """How many counts of cases and transitions on the map and its page are rounded more coarsely than to the nearest 5."""
    steps, paths = {step.step: step for step in exact.steps}, {(path.source, path.target): path for path in exact.paths}
    pairs = [(steps[step.step].cases, step.cases) for step in guarded.steps]
    pairs += [(steps[step.step].self_loops, step.self_loops) for step in guarded.steps if step.self_loops]
    pairs += [(paths[path.source, path.target].occurrences, path.occurrences) for path in guarded.paths]
    if Metric.CASES in (guarded.colour, guarded.label, guarded.second):
        pairs += [(paths[path.source, path.target].cases, path.cases) for path in guarded.paths]
    pairs.append((exact.n_cases, guarded.n_cases))
    return sum(abs(full - told) > FINE for full, told in pairs)


def _metric_changes(guarded: ProcessMap, texts: Texts) -> list[str]:
    """What the guard does to the metrics that are on the map."""
    metrics = {metric for metric in (guarded.colour, guarded.label, guarded.second) if metric}
    changes = []
    if Metric.REWORK in metrics:
        changes.append(texts("Rework gives way to the transitions that a case makes again on the same path."))
    if metrics & {Metric.MIN, Metric.MAX}:
        changes.append(texts("Shortest and longest give way to the 5% and 95% points."))
    if any(metric.is_time for metric in metrics):
        changes.append(texts("Waiting times have at most three digits."))
    return changes


def _left_out_by_guard(exact: ProcessMap, guarded: ProcessMap, few: str, texts: Texts) -> list[str]:
    """Steps and paths that the guarded map lacks: those of few cases, and those that only such paths connect with start and end."""
    kept, drawn = {step.step for step in guarded.steps}, {(path.source, path.target) for path in guarded.paths}
    steps = [step for step in exact.steps if step.step not in kept]
    paths = [path for path in exact.paths if (path.source, path.target) not in drawn]
    loose_steps = sum(step.cases >= guarded.k for step in steps)
    loose_paths = sum(path.cases >= guarded.k and not {path.source, path.target} <= kept | {START, END} for path in paths)
    rare_steps, rare_paths = len(steps) - loose_steps, len(paths) - loose_paths
    lines = []
    if rare_steps:
        lines.append(texts.plural("{n} step is left out: {few}.", "{n} steps are left out: {few}.", rare_steps, few=few))
    if loose_steps:
        lines.append(
            texts.plural(
                "{n} step is left out: only paths with {few} connect it with the start and the end.",
                "{n} steps are left out: only paths with {few} connect them with the start and the end.",
                loose_steps,
                few=few,
            )
        )
    if rare_paths:
        lines.append(texts.plural("{n} path is left out: {few}.", "{n} paths are left out: {few}.", rare_paths, few=few))
    if loose_paths:
        lines.append(texts.plural("{n} path is left out with its step.", "{n} paths are left out with their steps.", loose_paths))
    return lines


def _hidden_values(exact: ProcessMap, guarded: ProcessMap, few: str, texts: Texts) -> list[str]:
    """Numbers that are left out on steps and paths that stay."""
    before = {(path.source, path.target): path for path in exact.paths}
    pairs = [(before[path.source, path.target], path) for path in guarded.paths]
    untimed = sum(full.times is not None and path.times is None for full, path in pairs)
    inner = [(full, path) for full, path in pairs if path.source != START and path.target != END]
    repeats = sum(full.max_repetitions > 0 and not path.max_repetitions for full, path in inner)
    lines = []
    if untimed:
        lines.append(texts.plural("{n} waiting time is left out: {few}.", "{n} waiting times are left out: {few}.", untimed, few=few))
    if repeats and Metric.MAX_REPETITIONS in {guarded.colour, guarded.label, guarded.second}:
        lines.append(
            texts.plural(
                "“Most repetitions in a case” is left out on {n} path: {few} reach it.",
                "“Most repetitions in a case” is left out on {n} paths: {few} reach it.",
                repeats,
                few=few,
            )
        )
    return [*lines, *_hidden_tails(guarded, few, texts)]


def _hidden_tails(guarded: ProcessMap, few: str, texts: Texts) -> list[str]:
    """The outermost waiting times that are left out on paths that have others."""
    lines = []
    for metric in dict.fromkeys((guarded.colour, guarded.label, guarded.second)):
        n = sum(path.times is not None and metric in path.times.hidden for path in guarded.paths)
        if metric is not None and n:
            words = texts.plural(
                "“{metric}” is left out on {n} path: {few} lie beyond it.",
                "“{metric}” is left out on {n} paths: {few} lie beyond it.",
                n,
                few=few,
                metric=metric_name(metric, guarded, texts),
            )
            lines.append(words)
    return lines
