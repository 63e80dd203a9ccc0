"""Trains the reranker: a cross-encoder that reads a question and a passage together.

It starts from the encoder's layers and keeps its vocabulary as it is (Nogueira and Cho 2019 give
the method). Each question is read with the passage that answers it, with passages near to it that
do not (mined with the encoder), and the passage is read with a question that it does *not*
answer though it speaks of the same things (as in SQuAD 2.0, Rajpurkar et al. 2018): the score
tells an answer from the right subject.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional
from transformers import BertConfig, BertModel

from rag.encoder.precision import native_bfloat16
from rag.encoder.recipe.distil import Plan
from rag.encoder.recipe.files import write_atomically
from rag.encoder.recipe.matches import Match
from rag.encoder.recipe.student import SentenceEncoder

HEAD = "head.weight"
_NEAR = 24  # passages nearest to a question, from which the wrong ones are drawn
_WRONG = 4  # wrong passages read with each question
_QUESTIONS = 8  # of a step
_LONGEST = 160  # tokens of question and passage together
_PART = 24  # pairs read at once, of about one length


@dataclass(frozen=True, slots=True)
class Read:
    """One step's pairs: per question its passage, the wrong ones, and the unanswered question."""

    questions: list[str]
    passages: list[str]
    answered: list[bool]
    groups: int  # the first `groups` × (1 + wrong) pairs are groups, the right passage first


class PairReader(torch.nn.Module):
    """BERT over question and passage, the mean of its token vectors, one number: the score."""

    def __init__(self, folder: Path, weights: Path) -> None:
        super().__init__()
        config = BertConfig.from_json_file(folder / "config.json")
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        config._attn_implementation = "eager"
        self.bert = BertModel(config, add_pooling_layer=False)
        state = load_file(weights)
        wanted = self.bert.state_dict()
        self.bert.load_state_dict({k: v.float() for k, v in state.items() if k in wanted})
        self.head = torch.nn.Linear(config.hidden_size, 1, bias=False)
        torch.nn.init.zeros_(self.head.weight)
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST, strategy="longest_first")
        self._tokenizer.enable_padding()
        self._low_precision = native_bfloat16()

    def forward(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Scores (pairs,) float32."""
        encoded = self._tokenizer.encode_batch_fast(list(pairs))
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded])
        kinds = torch.tensor([e.type_ids for e in encoded])
        with torch.autocast("cpu", torch.bfloat16, enabled=self._low_precision):
            states = self.bert(
                input_ids=ids, attention_mask=mask, token_type_ids=kinds
            ).last_hidden_state
        weight = mask.unsqueeze(2).float()
        mean = (states.float() * weight).sum(1) / weight.sum(1)
        scores: Tensor = self.head(mean).squeeze(1)
        return scores


class Mined:
    """Endless steps of questions with right and wrong passages, in either language."""

    def __init__(self, matches: Sequence[Match], encoder: SentenceEncoder, *, seed: int) -> None:
        self._matches = list(matches)
        self._seed = seed
        with torch.no_grad():
            passages = _encoded(encoder, [match.en for match in matches])
            queries = [query.text for match in matches for query in match.queries]
            owners = [at for at, match in enumerate(matches) for _ in match.queries]
            vectors = _encoded(encoder, queries)
            self._near: list[list[list[int]]] = [[] for _ in matches]
            for start in range(0, len(queries), 512):
                scores = vectors[start : start + 512] @ passages.T
                best = scores.topk(min(_NEAR, len(matches)), dim=1).indices.tolist()
                for offset, found in enumerate(best):
                    own = owners[start + offset]
                    self._near[own].append([at for at in found if at != own])

    def steps(self, start: int) -> Iterator[Read]:
        """From step number `start` on."""
        turns = [
            (at, which)
            for at, match in enumerate(self._matches)
            for which in range(len(match.queries))
        ]
        per_round = max(1, len(turns) // _QUESTIONS)
        step = start
        while True:
            order = list(turns)
            random.Random(f"{self._seed} round {step // per_round}").shuffle(order)
            for place in range(step % per_round, per_round):
                yield self._step(order[place * _QUESTIONS : (place + 1) * _QUESTIONS], step)
                step += 1

    def _step(self, turns: Sequence[tuple[int, int]], step: int) -> Read:
        draw = random.Random(f"{self._seed} step {step}")
        questions: list[str] = []
        passages: list[str] = []
        answered: list[bool] = []
        for at, which in turns:
            match = self._matches[at]
            near = self._near[at][which]
            # The nearest are the hardest; those far down the list keep the scale.
            wrong = draw.sample(near, min(_WRONG, len(near)))
            for other in [at, *wrong]:
                questions.append(match.queries[which].text)
                passages.append(_worded(self._matches[other], draw))
                answered.append(other == at)
        groups = len(turns)
        for at, _ in turns:
            match = self._matches[at]
            if match.unanswered:
                questions.append(match.unanswered)
                passages.append(_worded(match, draw))
                answered.append(False)
        return Read(questions, passages, answered, groups)


def rerank(
    start: Path,
    weights: Path,
    matches: Sequence[Match],
    work: Path,
    plan: Plan,
    *,
    seed: int,
    report: Callable[[str], None] = print,
) -> Path:
    """Train on `matches` from the encoder `weights`; returns the path of the reranker's weights.

    A checkpoint is kept in `work`; the next call goes on from it.
    """
    torch.manual_seed(0)
    reader = PairReader(start, weights).train()
    rows = reader.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    learnt = [p for p in reader.parameters() if p is not rows]
    optimiser = torch.optim.AdamW(learnt, lr=plan.body_rate, weight_decay=0.01, fused=True)
    mined = Mined(matches, SentenceEncoder(start, longest=128, weights=weights).eval(), seed=seed)
    step, seconds = 0, 0.0
    checkpoint, result = work / "checkpoint.pt", work / "model.safetensors"
    work.mkdir(parents=True, exist_ok=True)
    if checkpoint.is_file():
        state = torch.load(checkpoint, weights_only=True)
        reader.load_state_dict(state["reader"])
        optimiser.load_state_dict(state["optimiser"])
        step, seconds = state["step"], state["seconds"]
    began = time.monotonic() - seconds
    saved = time.monotonic()
    shown: list[tuple[float, float, float]] = []

    def save() -> None:
        state = {
            "reader": reader.state_dict(),
            "optimiser": optimiser.state_dict(),
            "step": step,
            "seconds": seconds,
        }
        with write_atomically(checkpoint) as part:
            torch.save(state, part)
        with write_atomically(result) as part:
            save_file(_own_weights(reader), part)

    for read in mined.steps(step):
        progress = plan.progress(step, seconds)
        if progress >= 1:
            break
        factor = min(1.0, (progress + 1e-3) / 0.05) * (1 - progress)
        for group in optimiser.param_groups:
            group["lr"] = plan.body_rate * factor
        shown.append(_learn(reader, read))
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        seconds = time.monotonic() - began
        if step % 50 == 0:
            loss, first, absent = (sum(few) / len(shown) for few in zip(*shown, strict=True))
            report(
                f"step {step} {progress:.0%} loss {loss:.3f} first {first:.3f} near {absent:.3f}"
            )
            shown = []
        if time.monotonic() - saved > 60 * plan.save_every:
            save()
            saved = time.monotonic()
    save()
    return result


def _learn(reader: PairReader, read: Read) -> tuple[float, float, float]:
    """Add the gradient of one step; returns the loss, the share of questions whose passage comes
    first, and the share of unanswered questions that score below the answered one."""
    with torch.no_grad():
        lengths = [len(q) + len(p) for q, p in zip(read.questions, read.passages, strict=True)]
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    parts = [order[at : at + _PART] for at in range(0, len(order), _PART)]
    scores = torch.zeros(len(order))
    read_parts = []
    for part in parts:
        pairs = [(read.questions[i], read.passages[i]) for i in part]
        found = reader(pairs)
        read_parts.append(found)
    joined = torch.cat(read_parts)
    scores = joined[torch.tensor(order).argsort()]
    count = len(scores)
    per = 1 + _WRONG
    grouped = scores[: read.groups * per].view(read.groups, -1)
    own = torch.zeros(read.groups, dtype=torch.long)
    ranked = functional.cross_entropy(grouped, own)
    truth = torch.tensor(read.answered, dtype=torch.float32)
    # Answered and unanswered weigh the same; near misses as much as all the wrong passages.
    weight = torch.where(truth > 0, 1.0, 0.5 / _WRONG)
    weight[read.groups * per :] = 1.0
    judged = functional.binary_cross_entropy_with_logits(scores, truth, weight) * count
    absent = scores[read.groups * per :]
    loss = ranked + judged / weight.sum()
    torch.autograd.backward(loss)
    with torch.no_grad():
        first = (grouped.argmax(1) == 0).float().mean()
        below = (absent < grouped[: len(absent), 0]).float().mean() if len(absent) else first
    return float(loss.detach()), float(first), float(below)


def _own_weights(reader: PairReader) -> dict[str, Tensor]:
    """All but the vocabulary, which is the encoder's."""
    state = {k: v for k, v in reader.bert.state_dict().items() if "word_embeddings" not in k}
    return {k: v.contiguous() for k, v in {**state, HEAD: reader.head.weight.detach()}.items()}


def _worded(match: Match, draw: random.Random) -> str:
    if draw.random() < 0.5:
        return (
            f"{match.fr_title}. {match.fr}" if match.fr_title and draw.random() < 0.5 else match.fr
        )
    return f"{match.en_title}. {match.en}" if match.en_title and draw.random() < 0.5 else match.en


def _encoded(encoder: SentenceEncoder, texts: Sequence[str]) -> Tensor:
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    parts = [order[at : at + 32] for at in range(0, len(order), 32)]
    found = torch.cat([encoder([texts[i] for i in part]) for part in parts])
    return found[torch.tensor(order).argsort()]
