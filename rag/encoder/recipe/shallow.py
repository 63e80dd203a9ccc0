"""Takes layers out of a student: a shallower one is quicker, and less good.

The layers kept are spread evenly and the last is among them, as when DistilBERT is made (Sanh et
al. 2019). Without any, a text's vector is the mean of its words' rows: static embeddings.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from safetensors.torch import load_file, save_file

from rag.encoder.recipe.files import write_atomically
from rag.errors import InvalidInput

_LAYER = re.compile(r"^(encoder\.layer\.)(\d+)(\..*)$")


def shallow(student: Path, out: Path, layers: int) -> Path:
    """Write the folder `out`: the student of folder `student` with `layers` of its layers.

    Returns `out`. Raises InvalidInput if the student has fewer.
    """
    config = json.loads((student / "config.json").read_text(encoding="utf-8"))
    has = config["num_hidden_layers"]
    if not 0 <= layers <= has:
        raise InvalidInput(f"--layers {layers}: the student has {has} layers.")
    kept = {round((place + 1) * has / layers) - 1: place for place in range(layers)}
    weights = {}
    for name, weight in load_file(student / "model.safetensors").items():
        found = _LAYER.match(name)
        if found is None:
            weights[name] = weight
        elif int(found[2]) in kept:
            weights[f"{found[1]}{kept[int(found[2])]}{found[3]}"] = weight
    out.mkdir(parents=True, exist_ok=True)
    with write_atomically(out / "model.safetensors") as part:
        save_file(weights, part)
    shutil.copyfile(student / "tokenizer.json", out / "tokenizer.json")
    with write_atomically(out / "config.json") as part:
        part.write_text(json.dumps({**config, "num_hidden_layers": layers}, indent=1))
    return out
