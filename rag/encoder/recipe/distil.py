"""Teaches the student to give a French text the vector of its English translation.

Multilingual distillation (Reimers and Gurevych 2020): the teacher reads the English side of each
pair, the student either side. Beside the cosine, the student's similarities to the other texts of
the batch must follow the teacher's. Headings and their sections, in any two languages, are trained
by contrast with the other sections of the batch; so are questions and the passages that answer
them, there by their vectors and by late interaction of their tokens (Khattab and Zaharia 2020).
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional

from rag.encoder.recipe.files import write_atomically
from rag.encoder.recipe.mixture import Batch, Texts
from rag.encoder.recipe.student import Read, SentenceEncoder

_SCALE = 20.0  # of cosines in a softmax: the teacher's own training used it

_LATE_SCALE = 30.0  # the mean of best cosines spreads less than a cosine

_AVERAGED = 10  # steps between two updates of the running mean of the weights, which is the result
_NEARER = 0.04


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how fast to learn: both learning rates rise over the first 3 % of the `steps`
    and fall to 0 at their end. A rate of 0 leaves the vocabulary's rows, or all the rest, as they
    are; so do the rows before `first_row` stay.

    A length in minutes would make the weights depend on the machine's speed."""

    steps: int
    rows_rate: float = 1e-3
    body_rate: float = 1e-4
    first_row: int = 0
    longest: int = 128
    save_every: float = 5.0  # minutes


@dataclass(slots=True)
class Position:
    """Where a run stands; saved with each checkpoint. A pool keeps the part it began in."""

    step: int = 0
    part: int = 0
    pool: int = 0
    batch: int = 0


def distil(
    teacher: Path,
    start: Path,
    mixture: Texts,
    work: Path,
    plan: Plan,
    *,
    weights: Path | None = None,
    report: Callable[[str], None] = print,
) -> Path:
    """Train the student of folder `start`, from `weights` if given; returns the weights' path.

    A checkpoint is kept in `work`; the next call goes on from it, over the same texts in the same
    order. A finished run is not trained again.
    """
    torch.manual_seed(0)
    guide = SentenceEncoder(teacher, longest=plan.longest).eval().requires_grad_(False)
    student = SentenceEncoder(start, longest=plan.longest, weights=weights).train()
    optimiser = _optimiser(student, plan)
    average = copy.deepcopy(student).requires_grad_(False)
    position = _resume(work / "checkpoint.pt", student, average, optimiser)
    result = work / "model.safetensors"
    saved = time.monotonic()
    shown = 0.0
    count = 0
    while position.step < plan.steps:
        if position.batch == 0:
            position.part = position.step * len(mixture.parts) // plan.steps
        for batch in mixture.batches(position.pool, position.batch, position.part):
            _set_rates(optimiser, position.step / plan.steps)
            loss, agreement = _loss(student, guide, batch)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
            optimiser.step()
            position.step += 1
            position.batch += 1
            if position.step % _AVERAGED == 0:
                _approach(average, student)
            shown, count = shown + agreement, count + 1
            if position.step % 50 == 0:
                at, mean = f"step {position.step} of {plan.steps}", shown / count
                report(f"{work.name}: {at}, part {position.part}, cosine {mean:.4f}")
                shown, count = 0.0, 0
            if time.monotonic() - saved > 60 * plan.save_every:
                _save(work / "checkpoint.pt", student, average, optimiser, position)
                average.save(result)
                saved = time.monotonic()
            if position.step == plan.steps:
                break
        else:
            position.pool, position.batch = position.pool + 1, 0
    _save(work / "checkpoint.pt", student, average, optimiser, position)
    average.save(result)
    return result


def _loss(student: SentenceEncoder, guide: SentenceEncoder, batch: Batch) -> tuple[Tensor, float]:
    if batch.kind == "contrast":
        return _contrast(student, guide, batch)
    with torch.no_grad():
        goal = guide([text for text in batch.english if text is not None])
    given = student(batch.texts)
    cosine = (given * goal).sum(1).mean()
    if batch.kind != "retrieval":
        return 2 * (1 - cosine) + _followed(given, goal, goal @ goal.T), float(cosine.detach())
    with torch.no_grad():
        passage_goal = guide([text for text in batch.english_passages if text is not None])
    passages = student(batch.passages)
    passage_cosine = (passages * passage_goal).sum(1).mean()
    # The section beside a heading is its answer; those of equal headings are not counted wrong.
    contrast = _told_apart(_SCALE * (given @ passages.T), goal @ goal.T > 0.98)
    loss = 0.3 * contrast + (1 - cosine) + (1 - passage_cosine)
    return loss, float(cosine.detach() + passage_cosine.detach()) / 2


def _contrast(
    student: SentenceEncoder, guide: SentenceEncoder, batch: Batch
) -> tuple[Tensor, float]:
    asked, answers = student.read(batch.texts), student.read(batch.passages)
    vectors = torch.cat([asked.vectors, answers.vectors])
    wordings = [*batch.english, *batch.english_passages]
    english = {at: text for at, text in enumerate(wordings) if text is not None}
    with torch.no_grad():
        goal = guide(list(english.values()))
    apart = 1 - (vectors[list(english)] * goal).sum(1)
    same = _equal(batch.texts) | _equal(batch.passages)
    contrast = _told_apart(_SCALE * (asked.vectors @ answers.vectors.T), same)
    late = _told_apart(_LATE_SCALE * _met(asked, answers), same)
    loss = 0.3 * contrast + 0.3 * late + apart.sum() / len(batch.texts)
    return loss, float(1 - apart.detach().mean())


def _equal(texts: Sequence[str]) -> Tensor:
    """(texts, texts): which are the same."""
    return torch.tensor([[one == other for other in texts] for one in texts])


def _told_apart(scores: Tensor, same: Tensor) -> Tensor:
    """Cross-entropy of each query's own passage and of each passage's own query; those that are
    the `same` are not counted wrong."""
    scores = scores.masked_fill(same & ~torch.eye(len(same), dtype=torch.bool), -1e4)
    own = torch.arange(len(scores))
    return functional.cross_entropy(scores, own) + functional.cross_entropy(scores.T, own)


def _met(asked: Read, answers: Read) -> Tensor:
    """(queries, passages): the mean over a query's tokens of the best cosine in the passage."""
    own = asked.mask.clone()
    # As in the index, without the marks that stand first and last in every text.
    own[:, 0] = False
    own.scatter_(1, asked.mask.sum(1, keepdim=True) - 1, False)
    queries = functional.normalize(asked.states.float(), dim=2)
    passages = functional.normalize(answers.states.float(), dim=2)
    with torch.autocast("cpu", torch.bfloat16, enabled=asked.states.dtype == torch.bfloat16):
        cosines = queries.flatten(0, 1) @ passages.flatten(0, 1).T
    cosines = cosines.view(*queries.shape[:2], *passages.shape[:2])
    best = cosines.masked_fill(~answers.mask, -1.0).amax(3).float()
    weight = own.float().unsqueeze(2)
    return (best * weight).sum(1) / weight.sum(1).clamp(min=1.0)


def _followed(given: Tensor, goal: Tensor, alike: Tensor) -> Tensor:
    target = functional.softmax(_SCALE * alike, dim=1)
    return 0.3 * functional.cross_entropy(_SCALE * (given @ goal.T), target)


@torch.no_grad()
def _approach(average: SentenceEncoder, student: SentenceEncoder) -> None:
    pairs = zip(average.parameters(), student.parameters(), strict=True)
    for mean, weight in pairs:
        mean.lerp_(weight, _NEARER)


def _optimiser(student: SentenceEncoder, plan: Plan) -> torch.optim.AdamW:
    rows = student.bert.embeddings.word_embeddings.weight
    body = [p for p in student.parameters() if p is not rows]
    groups = []
    for parameters, rate in (([rows], plan.rows_rate), (body, plan.body_rate)):
        if rate:
            groups.append({"params": parameters, "lr": rate, "peak": rate})
        for parameter in parameters:
            parameter.requires_grad_(rate > 0)
    if plan.rows_rate and plan.first_row:
        kept = (torch.arange(len(rows)) >= plan.first_row).unsqueeze(1)
        rows.register_hook(lambda gradient: gradient * kept)  # type: ignore[no-untyped-call]
    return torch.optim.AdamW(groups, weight_decay=0.0, fused=True)


def _set_rates(optimiser: torch.optim.AdamW, progress: float) -> None:
    factor = min(1.0, (progress + 1e-3) / 0.03) * (1 - progress)
    for group in optimiser.param_groups:
        group["lr"] = group["peak"] * factor


def _save(
    path: Path,
    student: SentenceEncoder,
    average: SentenceEncoder,
    optimiser: torch.optim.AdamW,
    position: Position,
) -> None:
    state = {
        "student": student.state_dict(),
        "average": average.state_dict(),
        "optimiser": optimiser.state_dict(),
        "position": asdict(position),
    }
    with write_atomically(path) as part:
        torch.save(state, part)


def _resume(
    path: Path,
    student: SentenceEncoder,
    average: SentenceEncoder,
    optimiser: torch.optim.AdamW,
) -> Position:
    if not path.is_file():
        return Position()
    state = torch.load(path, weights_only=True)
    student.load_state_dict(state["student"])
    average.load_state_dict(state["average"])
    optimiser.load_state_dict(state["optimiser"])
    return Position(**state["position"])
