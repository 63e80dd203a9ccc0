"""Trains the reranker: a cross-encoder that reads a text and a passage together.

It starts from the encoder's layers and keeps its vocabulary as it is (Nogueira and Cho 2019 give
the method), and learns two things. Whether a passage answers a question: each question is read
with the passage that answers it, with passages near to it that do not (mined with the encoder),
and the passage is read with a question that it does *not* answer though it speaks of the same
things (as in SQuAD 2.0, Rajpurkar et al. 2018). Whether a passage bears out a sentence: each
passage is read with one that it bears out, one that it contradicts, and one of which it bears out
a part (as in natural language inference, Bowman et al. 2015, in two classes).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import islice
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
from rag.encoder.recipe.pairs import Pairs, Read
from rag.encoder.recipe.stages import Draw
from rag.encoder.recipe.student import SentenceEncoder

HEAD = "head.weight"
ROWS = {"answers": 0, "bears out": 1}  # of the head
_LONGEST = 160  # tokens of both texts together
_PART = 24  # pairs read at once, of about one length


class PairReader(torch.nn.Module):
    """BERT over two texts, the mean of its token vectors, one number a task: the scores."""

    def __init__(self, folder: Path, weights: Path, own: Path | None = None) -> None:
        """`weights` are the encoder's; `own` those of an earlier training, to go on from."""
        super().__init__()
        config = BertConfig.from_json_file(folder / "config.json")
        config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
        config._attn_implementation = "eager"
        self.bert = BertModel(config, add_pooling_layer=False)
        state = load_file(weights) | (load_file(own) if own else {})
        wanted = self.bert.state_dict()
        self.bert.load_state_dict({k: v.float() for k, v in state.items() if k in wanted})
        self.head = torch.nn.Linear(config.hidden_size, len(ROWS), bias=False)
        torch.nn.init.zeros_(self.head.weight)
        if HEAD in state:
            self.head.weight.data[: len(state[HEAD])] = state[HEAD].float()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(_LONGEST, strategy="longest_first")
        self._tokenizer.enable_padding()
        self._low_precision = native_bfloat16()

    def forward(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Scores (pairs, tasks) float32."""
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
        scores: Tensor = self.head(mean)
        return scores

    def in_parts(self, pairs: Sequence[tuple[str, str]]) -> Tensor:
        """Scores (pairs, tasks), read in parts of about one length."""
        order = sorted(range(len(pairs)), key=lambda i: sum(map(len, pairs[i])))
        parts = [order[at : at + _PART] for at in range(0, len(order), _PART)]
        scores = torch.cat([self([pairs[i] for i in part]) for part in parts])
        return scores[torch.tensor(order).argsort()]


def rerank(
    start: Path,
    weights: Path,
    matches: Sequence[Match],
    work: Path,
    *,
    plan: Plan,
    draw: Draw,
    seed: int,
    own: Path | None = None,
    report: Callable[[str], None] = print,
) -> Path:
    """Train on `matches` from the encoder `weights`, going on from `own` if given; returns the
    path of the reranker's weights.

    A checkpoint is kept in `work`; the next call goes on from it. A finished run is not
    trained again.
    """
    checkpoint, result = work / "checkpoint.pt", work / "model.safetensors"
    state = torch.load(checkpoint, weights_only=True) if checkpoint.is_file() else None
    if state and state["step"] >= plan.steps:
        return result
    torch.manual_seed(0)
    reader = PairReader(start, weights, own).train()
    rows = reader.bert.embeddings.word_embeddings.weight.requires_grad_(False)
    learnt = [p for p in reader.parameters() if p is not rows]
    optimiser = torch.optim.AdamW(learnt, lr=plan.body_rate, weight_decay=0.01, fused=True)
    encoder = SentenceEncoder(start, longest=128, weights=weights).eval()
    pairs = Pairs(matches, encoder, draw, seed=seed)
    step = 0
    work.mkdir(parents=True, exist_ok=True)
    if state:
        reader.load_state_dict(state["reader"])
        optimiser.load_state_dict(state["optimiser"])
        step = state["step"]
    saved = time.monotonic()
    shown: list[tuple[float, ...]] = []

    def save() -> None:
        state = {
            "reader": reader.state_dict(),
            "optimiser": optimiser.state_dict(),
            "step": step,
        }
        with write_atomically(checkpoint) as part:
            torch.save(state, part)
        with write_atomically(result) as part:
            save_file(_own_weights(reader), part)

    for read in islice(pairs.steps(step), plan.steps - step):
        progress = step / plan.steps
        factor = min(1.0, (progress + 1e-3) / 0.05) * (1 - progress)
        for group in optimiser.param_groups:
            group["lr"] = plan.body_rate * factor
        shown.append(_learn(reader, read))
        torch.nn.utils.clip_grad_norm_(learnt, 1.0)
        optimiser.step()
        optimiser.zero_grad()
        step += 1
        if step % 50 == 0:
            loss, first, near, borne = (sum(few) / len(shown) for few in zip(*shown, strict=True))
            report(
                f"{work.name}: step {step} of {plan.steps}, loss {loss:.3f}, first {first:.3f}, "
                f"near {near:.3f}, borne {borne:.3f}"
            )
            shown = []
        if time.monotonic() - saved > 60 * plan.save_every:
            save()
            saved = time.monotonic()
    save()
    return result


def _learn(reader: PairReader, read: Read) -> tuple[float, float, float, float]:
    """Add the gradient of one step; returns the loss, the share of questions whose passage comes
    first, of unanswered questions that score below 0, and of claims where the borne one does."""
    pairs = [pair for group in read.groups for pair in group.pairs] + read.near
    scores = reader.in_parts(pairs)
    ranked, weights, truth, judged = list[Tensor](), list[float](), list[float](), list[Tensor]()
    first: dict[str, list[bool]] = {task: [] for task in ROWS}
    at = 0
    for group in read.groups:
        own = scores[at : at + len(group.pairs), ROWS[group.task]]
        at += len(group.pairs)
        ranked.append(functional.cross_entropy(own[None], torch.zeros(1, dtype=torch.long)))
        first[group.task].append(bool(own.argmax() == 0))
        judged.append(own)
        weights += group.weights
        truth += [1.0] + [0.0] * (len(own) - 1)
    absent = scores[at:, ROWS["answers"]]
    judged.append(absent)
    weights += [1.0] * len(absent)
    truth += [0.0] * len(absent)
    of = torch.tensor(weights)
    single = functional.binary_cross_entropy_with_logits(
        torch.cat(judged), torch.tensor(truth), of, reduction="sum"
    )
    loss = torch.stack(ranked).mean() + single / of.sum()
    torch.autograd.backward(loss)
    below = absent.detach() < 0
    return (
        float(loss.detach()),
        _share(first["answers"]),
        _share(below.tolist()),
        _share(first["bears out"]),
    )


def _share(outcomes: Sequence[bool]) -> float:
    return sum(outcomes) / max(1, len(outcomes))


def _own_weights(reader: PairReader) -> dict[str, Tensor]:
    """All but the vocabulary, which is the encoder's."""
    state = {k: v for k, v in reader.bert.state_dict().items() if "word_embeddings" not in k}
    return {k: v.contiguous() for k, v in {**state, HEAD: reader.head.weight.detach()}.items()}
