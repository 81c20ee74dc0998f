#!/usr/bin/env python3
"""Measures ONNX Runtime over a file of texts, one a line, and prints JSON, as the example `throughput` of
groma-embedding does: embedding_onnxruntime.py FOLDER TEXTS [THREADS [ROUNDS]]

Same ONNX file, same tokenizer, same texts, padded to the longest of a batch. Batches are tried twice: all texts at
once, and sorted by length in parts of 32; the better of both counts.
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy
import onnxruntime
from tokenizers import Tokenizer

PART = 32


def main() -> None:
    folder, texts = Path(sys.argv[1]), Path(sys.argv[2]).read_text().splitlines()
    threads = int(sys.argv[3]) if len(sys.argv) > 3 else 2
    rounds = int(sys.argv[4]) if len(sys.argv) > 4 else 15
    begun = time.perf_counter()
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(
        str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    load = time.perf_counter() - begun

    def embed(texts: list[str]) -> numpy.ndarray:
        encoded = tokenizer.encode_batch(texts)
        ids = numpy.array([text.ids for text in encoded], dtype=numpy.int64)
        mask = numpy.array([text.attention_mask for text in encoded], dtype=numpy.int64)
        [hidden] = session.run(None, {"input_ids": ids, "attention_mask": mask})
        sums = (hidden * mask[:, :, None]).sum(axis=1)
        return sums / numpy.linalg.norm(sums, axis=1, keepdims=True)

    def sorted_parts(texts: list[str]) -> list[numpy.ndarray]:
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        vectors: list = [None] * len(texts)
        for begin in range(0, len(order), PART):
            places = order[begin : begin + PART]
            for at, vector in zip(places, embed([texts[at] for at in places])):
                vectors[at] = vector
        return vectors

    def timed(work) -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    embed(texts)
    tokens = [sum(text.attention_mask) for text in tokenizer.encode_batch(texts)]
    whole, parts, singles = [], [], []
    for _ in range(rounds):
        whole.append(timed(lambda: embed(texts)))
        parts.append(timed(lambda: sorted_parts(texts)))
        singles += [timed(lambda: embed([text])) * 1000 for text in texts[:10]]
    batches = sorted(min(whole, parts, key=min))
    singles.sort()
    figures = {
        "engine": f"onnxruntime {onnxruntime.__version__}",
        "texts": len(texts),
        "tokens_mean": sum(tokens) / len(texts),
        "threads": threads,
        "rounds": rounds,
        "load_ms": load * 1000,
        "batch_per_s_best": len(texts) / batches[0],
        "batch_per_s_median": len(texts) / batches[len(batches) // 2],
        "batch_per_s_unsorted_best": len(texts) / min(whole),
        "single_ms_best": singles[0],
        "single_ms_median": singles[len(singles) // 2],
        "peak_rss_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }
    print(json.dumps(figures))


main()
