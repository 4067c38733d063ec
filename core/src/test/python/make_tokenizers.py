#!/usr/bin/env python3
"""Small tokenizers of each kind, as tokenizer.json and as GGUF metadata, and what Hugging Face's library makes of a text that hurts: python3 make_tokenizers.py ../resources/org/emslens/tokenizers (needs: tokenizers gguf numpy)."""
import json, os, shutil, sys
import gguf, numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

out = sys.argv[1]; shutil.rmtree(out, ignore_errors=True); os.makedirs(out)
TEXT = """  Zwölf Boxkämpfer jagen Viktor 12345 × über den Deich… I'LL don't we've THEY'RE\r\n\tif (a[12] <= b) { return "ok"; } // 漢字かな交じり文 한국어 \U0001F600\U0001F468\u200d\U0001F469\u200d\U0001F467 العربية हिन्दी
\n\n\n   trailing   <|end|>mid<|end|> e\u0301 é ﬁ Ⅷ １２３ \u00a0\u3000x\u200b y_z snake_case camelCaseWORDS 3.14e-10 100,000 $5 #tag @me https://a.b/c?d=e&f=g {{x}} \\n ``` \x07 \ufffd  """
GPT2 = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
LLAMA3 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
TEKKEN = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
GPT4O = TEKKEN.replace(r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|").replace(r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|").replace(r"|\p{N}|", r"|\p{N}{1,3}|")
split = lambda regex: pre_tokenizers.Split(Regex(regex), "isolated")
level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
digits = pre_tokenizers.Digits(individual_digits=True)
whole = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
KINDS = {  # llama.cpp's name: pre-tokenizer, normaliser, whether whole words skip merges
    "gpt-2": ([whole], None, False), "olmo": ([whole], normalizers.NFC(), False), "smollm": ([digits, whole], None, False), "refact": ([digits, whole], None, False),
    "llama-bpe": ([split(LLAMA3), level], None, True), "dbrx": ([split(LLAMA3), level], None, False), "qwen2": ([split(LLAMA3.replace("{1,3}", "")), level], normalizers.NFC(), False), "tekken": ([split(TEKKEN), level], None, True), "gpt-4o": ([split(GPT4O), level], None, False)}
expected = dict(text=TEXT, kinds={})


def save(name, t, kind, types, scores=None):
    """The same as GGUF: metadata, and tensors of a model that is none."""
    vocab = sorted(t.get_vocab(with_added_tokens=True).items(), key=lambda e: e[1]); w = gguf.GGUFWriter(f"{out}/{name}.gguf", "llama"); n = len(vocab)
    w.add_block_count(1); w.add_context_length(64); w.add_embedding_length(4); w.add_feed_forward_length(4); w.add_head_count(1); w.add_head_count_kv(1); w.add_layer_norm_rms_eps(1e-5)
    w.add_tokenizer_model("gpt2"); w.add_tokenizer_pre(kind); w.add_token_list([k for k, _ in vocab]); w.add_token_types(types); w.add_token_merges([" ".join(m) for m in json.loads(t.to_str())["model"]["merges"]])
    for k, shape in {"token_embd": (n, 4), "output_norm": (4,), "blk.0.attn_norm": (4,), "blk.0.ffn_norm": (4,), **{f"blk.0.{p}": (4, 4) for p in "attn_q attn_k attn_v attn_output ffn_gate ffn_up ffn_down".split()}}.items():
        w.add_tensor(f"{k}.weight", np.zeros(shape, np.float32))
    w.write_header_to_file(); w.write_kv_data_to_file(); w.write_tensors_to_file(); w.close()


for name, (steps, normalizer, ignore) in KINDS.items():
    t = Tokenizer(models.BPE(ignore_merges=ignore)); t.pre_tokenizer = pre_tokenizers.Sequence(steps); t.decoder = decoders.ByteLevel()
    if normalizer: t.normalizer = normalizer
    t.train_from_iterator([TEXT * 2], trainers.BpeTrainer(vocab_size=420, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), special_tokens=["<|end|>"], show_progress=False))
    t.save(f"{out}/{name}.json"); ids = t.encode(TEXT, add_special_tokens=False).ids
    save(name, t, name, [3] + [1] * (t.get_vocab_size() - 1)); expected["kinds"][name] = dict(ids=ids, decoded=t.decode(ids, skip_special_tokens=False))
# Another kind of model.
u = Tokenizer(models.Unigram()); u.pre_tokenizer = pre_tokenizers.Metaspace(); u.decoder = decoders.Metaspace()
u.train_from_iterator([TEXT * 2], trainers.UnigramTrainer(vocab_size=300, special_tokens=["<unk>", "<|end|>"], unk_token="<unk>", show_progress=False)); u.save(f"{out}/unigram.json")
expected["kinds"]["unigram"] = dict(ids=u.encode(TEXT, add_special_tokens=False).ids)
# SentencePiece's merges with bytes for what is no token, as in the folders of Llama 2 (a space comes first) and Gemma (none does).
BYTES = [f"<0x{i:02X}>" for i in range(256)]
for name, first in (("llama-2", True), ("gemma", False)):
    t = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True, byte_fallback=True)); swap = normalizers.Replace(" ", "\u2581")
    t.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), swap]) if first else swap
    t.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()] + ([decoders.Strip(" ", 1, 0)] if first else []))
    t.train_from_iterator([TEXT * 2], trainers.BpeTrainer(vocab_size=440, limit_alphabet=70, special_tokens=["<unk>", "<s>", "<|end|>"] + BYTES, show_progress=False))
    j = json.loads(t.to_str()); j["added_tokens"] = [a for a in j["added_tokens"] if a["content"] not in BYTES]; json.dump(j, open(f"{out}/{name}.json", "w"))
    t = Tokenizer.from_file(f"{out}/{name}.json"); ids = t.encode(TEXT, add_special_tokens=False).ids; expected["kinds"][name] = dict(ids=ids, decoded=t.decode(ids, skip_special_tokens=False))
# What is no UTF-8: tokens in the wrong order, characters that are cut off.
for name, e in expected["kinds"].items():
    t = Tokenizer.from_file(f"{out}/{name}.json"); ids = e["ids"]; rng = np.random.default_rng(len(name))
    broken = [ids[::-1], ids[1::2], *[rng.integers(3, t.get_vocab_size(), 40).tolist() for _ in range(12)], *[ids[a : a + 9] for a in range(60, 120, 4)]]
    e["broken"] = [dict(ids=b, decoded=t.decode(b, skip_special_tokens=False)) for b in broken]
json.dump(expected, open(f"{out}/expected.json", "w"))
